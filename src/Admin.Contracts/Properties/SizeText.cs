using System.Globalization;

namespace Lunette.Admin.Contracts;

/// <summary>Sizes as the commands take them: a number, fractions allowed, and a suffix B K M G T P E of either
/// case.</summary>
public static class SizeText
{
    /// <summary>
    /// Reads a size in bytes; false where it is not one, is not positive, or does not fit in 63 bits.
    /// </summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (string.IsNullOrEmpty(text)) return false;
        var shift = char.ToLowerInvariant(text[^1]) switch
        {
            'b' => 0,
            'k' => 10,
            'm' => 20,
            'g' => 30,
            't' => 40,
            'p' => 50,
            'e' => 60,
            _ => -1,
        };
        var number = shift < 0 ? text : text[..^1];
        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(number, Style, CultureInfo.InvariantCulture, out var value) || value <= 0) return false;
        var unit = (decimal)(1L << Math.Max(shift, 0));
        if (value > long.MaxValue / unit) return false;
        bytes = (long)(value * unit);
        return bytes > 0;
    }

    /// <summary>A size for people: the largest unit that leaves at least 1, with at most two decimals.</summary>
    public static string Describe(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var value = (decimal)bytes;
        var unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return value.ToString("0.##", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
