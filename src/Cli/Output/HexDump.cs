using System.Globalization;
using System.Text;

namespace Lunette.Cli.Output;

/// <summary>Bytes for people: offset, sixteen bytes, and what of them can be shown.</summary>
internal static class HexDump
{
    private const int LineLength = 16;

    public static void Write(TextWriter to, ReadOnlySpan<byte> bytes)
    {
        var line = new StringBuilder();
        for (var at = 0; at < bytes.Length; at += LineLength)
        {
            var piece = bytes.Slice(at, Math.Min(LineLength, bytes.Length - at));
            line.Clear().Append(CultureInfo.InvariantCulture, $"{at:x8} ");
            foreach (var one in piece) line.Append(CultureInfo.InvariantCulture, $" {one:x2}");
            line.Append(' ', (LineLength - piece.Length) * 3).Append("  ");
            foreach (var one in piece) line.Append(one is >= 0x20 and < 0x7F ? (char)one : '.');
            to.WriteLine(line.ToString());
        }
    }

    /// <summary>Reads bytes written in hexadecimal, with or without spaces and commas between them.</summary>
    public static bool TryParse(IEnumerable<string> words, out byte[] bytes)
    {
        bytes = [];
        var digits = string.Concat(words.Select(word => word.Replace(",", "", StringComparison.Ordinal)
            .Replace(" ", "", StringComparison.Ordinal).Replace("0x", "", StringComparison.OrdinalIgnoreCase)));
        if (digits.Length % 2 != 0 || digits.Any(digit => !char.IsAsciiHexDigit(digit))) return false;
        bytes = Convert.FromHexString(digits);
        return true;
    }
}
