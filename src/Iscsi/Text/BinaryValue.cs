using System.Buffers;

namespace Lunette.Iscsi;

/// <summary>
/// Binary values in text: 0x with hexadecimal digits or 0b with base64 (RFC 7143 section 6.1). An odd number of
/// hexadecimal digits is refused, since it leaves open where the half byte belongs.
/// </summary>
public static class BinaryValue
{
    /// <summary>The longest binary item taken, in bytes (RFC 7143 section 12.1.3: CHAP items).</summary>
    public const int LengthMax = 1024;

    /// <summary>Writes hexadecimal, the form that every peer reads.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Reads either form. False when the text is neither, or holds more than is taken.</summary>
    /// <param name="text">The value.</param>
    /// <param name="lengthMax">The most bytes taken.</param>
    /// <param name="bytes">The bytes; may be empty.</param>
    public static bool TryDecode(string text, int lengthMax, out byte[] bytes)
    {
        bytes = [];
        if (text.Length < 2 || text[0] != '0') return false;
        return text[1] switch
        {
            'x' or 'X' => TryHexadecimal(text.AsSpan(2), lengthMax, out bytes),
            'b' or 'B' => TryBase64(text.AsSpan(2), lengthMax, out bytes),
            _ => false,
        };
    }

    private static bool TryHexadecimal(ReadOnlySpan<char> digits, int lengthMax, out byte[] bytes)
    {
        bytes = [];
        if (digits.Length % 2 != 0 || digits.Length / 2 > lengthMax) return false;
        var found = new byte[digits.Length / 2];
        if (Convert.FromHexString(digits, found, out _, out _) != OperationStatus.Done) return false;
        bytes = found;
        return true;
    }

    private static bool TryBase64(ReadOnlySpan<char> digits, int lengthMax, out byte[] bytes)
    {
        bytes = [];
        if (digits.Length % 4 != 0 || digits.Length / 4 * 3 > lengthMax + 2) return false;
        if (digits.ContainsAny(" \t\r\n")) return false;
        var found = new byte[digits.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(digits, found, out var length) || length > lengthMax) return false;
        bytes = found[..length];
        return true;
    }
}
