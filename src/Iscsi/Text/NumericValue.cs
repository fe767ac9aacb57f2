using System.Globalization;

namespace Lunette.Iscsi;

/// <summary>
/// Numbers in text: decimal without leading zeroes, or 0x with hexadecimal digits (RFC 7143 section 6.1,
/// decimal-constant
/// and hex-constant).
/// </summary>
public static class NumericValue
{
    /// <summary>Reads a number. False when the text is none, or does not fit.</summary>
    public static bool TryParse(string text, out ulong value)
    {
        value = 0;
        if (text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X')
        {
            return ulong.TryParse(
                text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }
        if (text.Length > 1 && text[0] == '0') return false;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Reads a number within bounds.</summary>
    public static bool TryParse(string text, int min, int max, out int value)
    {
        value = 0;
        if (!TryParse(text, out var wide) || wide < (ulong)min || wide > (ulong)max) return false;
        value = (int)wide;
        return true;
    }
}
