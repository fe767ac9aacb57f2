using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Lunette.Libstmf.Structures;

/// <summary>Text in the caller's memory: NUL-terminated UTF-8, read with a bound and never past its end.</summary>
internal static unsafe class CText
{
    /// <summary>Bytes of a group's or provider's name with its NUL.</summary>
    public const int NameBytes = 256;

    /// <summary>Bytes any other text may have with its NUL: the longest property, path or address fits.</summary>
    public const int TextBytes = 4096;

    private static readonly UTF8Encoding s_strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads text whose NUL lies within a bound; false for NULL, no NUL there, or bytes that are no UTF-8.
    /// </summary>
    public static bool TryRead(byte* text, int bytesMax, [NotNullWhen(true)] out string? read)
    {
        read = null;
        if (text is null) return false;
        var length = 0;
        while (length < bytesMax && text[length] != 0) length++;
        return length < bytesMax && TryDecode(new(text, length), out read);
    }

    /// <summary>Reads a name of 1 to 255 bytes.</summary>
    public static bool TryReadName(byte* text, [NotNullWhen(true)] out string? name) =>
        TryRead(text, NameBytes, out name) && name.Length > 0;

    /// <summary>Decodes bytes; false where they are no UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = s_strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }

    /// <summary>Fills a field with text, zeros behind it; what does not fit is cut between characters.</summary>
    public static void Write(string text, Span<byte> field)
    {
        field.Clear();
        Encoding.UTF8.GetEncoder().Convert(text, field[..^1], flush: true, out _, out _, out _);
    }

    /// <summary>
    /// The rule of the functions that answer with text: where the buffer is too small, its length becomes the bytes
    /// that are needed with the NUL, and the answer is INVALID_ARG.
    /// </summary>
    public static bool TryAnswer(string text, byte* buffer, nuint* length)
    {
        var needed = (nuint)Encoding.UTF8.GetByteCount(text) + 1;
        if (*length < needed)
        {
            *length = needed;
            return false;
        }
        var written = Encoding.UTF8.GetBytes(text, new Span<byte>(buffer, (int)needed));
        buffer[written] = 0;
        return true;
    }
}
