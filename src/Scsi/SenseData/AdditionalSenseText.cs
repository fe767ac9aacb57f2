using System.Collections.Frozen;
using System.Globalization;

namespace Lunette.Scsi;

/// <summary>The standard's words for each additional sense code and qualifier, and how they read in a log.</summary>
public static partial class AdditionalSenseText
{
    private static readonly FrozenDictionary<ushort, string> s_texts = Parse(Below20, From20To3F, From40);

    /// <summary>All codes with a text, in no order.</summary>
    public static IReadOnlyDictionary<ushort, string> All => s_texts;

    /// <summary>
    /// The standard's text, as in <c>INVALID FIELD IN CDB</c>; a qualifier that is itself a number is named with it; a
    /// code that is not assigned reads as its two numbers.
    /// </summary>
    public static string Describe(this AdditionalSense code)
    {
        var value = (ushort)code;
        if (s_texts.TryGetValue(value, out var text)) return text;
        var (additional, qualifier) = (value >> 8, value & 0xFF);
        var family = additional switch
        {
            0x40 when qualifier >= 0x80 => "DIAGNOSTIC FAILURE ON COMPONENT",
            0x4D => "TAGGED OVERLAPPED COMMANDS, TASK TAG",
            0x70 => "DECOMPRESSION EXCEPTION SHORT ALGORITHM ID",
            >= 0x80 => "VENDOR SPECIFIC",
            _ when qualifier >= 0x80 => "VENDOR SPECIFIC QUALIFIER",
            _ => "NOT ASSIGNED",
        };
        return additional is 0x40 or 0x4D or 0x70 && family != "NOT ASSIGNED"
            ? string.Create(CultureInfo.InvariantCulture, $"{family} {qualifier:X2}h")
            : string.Create(CultureInfo.InvariantCulture, $"{family} {additional:X2}h,{qualifier:X2}h");
    }

    // Each line: four digits of code and qualifier, a space, the text.
    private static FrozenDictionary<ushort, string> Parse(params ReadOnlySpan<string> tables)
    {
        Dictionary<ushort, string> texts = [];
        foreach (var table in tables)
        {
            foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var code = ushort.Parse(line.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                texts.Add(code, line[5..]);
            }
        }

        return texts.ToFrozenDictionary();
    }
}
