using System.Globalization;

namespace Lunette.Backing;

/// <summary>
/// A store in words: a kind, where it is, and options behind commas: <c>file:/var/disks/a.img,size=10g</c>,
/// <c>ram:1g</c>, <c>block:/dev/sdb,direct</c>. Sizes are numbers with B K M G T P or E, fractions allowed.
/// </summary>
public sealed record StoreSpec
{
    /// <summary>What is behind it.</summary>
    public required StoreKind Kind { get; init; }

    /// <summary>The file or device; empty for RAM.</summary>
    public string Path { get; init; } = "";

    /// <summary>How long it is made, in bytes; 0: as it is.</summary>
    public long LengthBytes { get; init; }

    /// <summary>How much a RAM store keeps at most, in bytes; 0: all of its length.</summary>
    public long DataBytesMax { get; init; }

    /// <summary>Past the page cache.</summary>
    public bool Direct { get; init; }

    /// <summary>Only reads.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Reads a store's words; false with the reason where they are none.</summary>
    public static bool TryParse(string text, out StoreSpec spec, out string reason)
    {
        spec = new() { Kind = StoreKind.Ram };
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? "" : text[..colon];
        var parts = text[(colon + 1)..].Split(',');
        reason = kind switch
        {
            "file" => "",
            "block" => "",
            "ram" => "",
            _ => $"'{text}' is no store; write file:PATH, block:DEVICE or ram:SIZE",
        };
        if (reason.Length > 0) return false;
        spec = kind switch
        {
            "file" => spec with { Kind = StoreKind.File, Path = parts[0] },
            "block" => spec with { Kind = StoreKind.BlockDevice, Path = parts[0] },
            _ => spec,
        };
        var options = kind == "ram" ? parts.Prepend("size=" + parts[0]).Where((_, i) => i != 1) : parts.Skip(1);
        foreach (var option in options)
        {
            if (TryApply(option, ref spec)) continue;
            reason = $"'{option}' in '{text}' is no option of a store; there are size=, data=, direct and readonly";
            return false;
        }
        if (kind != "ram" && spec.Path.Length == 0) reason = $"'{text}' names no path";
        if (kind == "ram" && spec.LengthBytes == 0) reason = $"'{text}' needs a size, such as ram:1g";
        return reason.Length == 0;
    }

    /// <summary>A store over a path: a block device where it is one, else a file, be it there or not.</summary>
    public static StoreSpec ForPath(string path) => new()
    {
        Kind = Files.LinuxFile.IsBlockDeviceAt(path) ? StoreKind.BlockDevice : StoreKind.File,
        Path = path,
    };

    /// <summary>Reads a size such as <c>512</c>, <c>1.5g</c>; false where it is none, negative or too large.</summary>
    public static bool TryParseSize(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        if (text.IsEmpty) return false;
        var unit = "bkmgtpe".IndexOf(char.ToLowerInvariant(text[^1]), StringComparison.Ordinal);
        var digits = unit < 0 ? text : text[..^1];
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var scale = 1L << (10 * Math.Max(0, unit));
        if (number > long.MaxValue / (decimal)scale) return false;
        bytes = (long)(number * scale);
        return true;
    }

    /// <summary>The words, in the form they are read.</summary>
    public override string ToString()
    {
        var inv = CultureInfo.InvariantCulture;
        List<string> words = [];
        if (Kind != StoreKind.Ram) words.Add(Path);
        if (LengthBytes > 0) words.Add((Kind == StoreKind.Ram ? "" : "size=") + LengthBytes.ToString(inv));
        if (DataBytesMax > 0) words.Add("data=" + DataBytesMax.ToString(inv));
        if (Direct) words.Add("direct");
        if (ReadOnly) words.Add("readonly");
        var kind = Kind switch { StoreKind.File => "file:", StoreKind.BlockDevice => "block:", _ => "ram:" };
        return kind + string.Join(',', words);
    }

    private static bool TryApply(string option, ref StoreSpec spec)
    {
        var at = option.IndexOf('=', StringComparison.Ordinal);
        var value = at < 0 ? "" : option[(at + 1)..];
        var bytes = 0L;
        if (at >= 0 && !TryParseSize(value, out bytes)) return false;
        switch (at < 0 ? option : option[..at])
        {
            case "size" when at >= 0:
                spec = spec with { LengthBytes = bytes };
                return true;
            case "data" when at >= 0 && spec.Kind == StoreKind.Ram:
                spec = spec with { DataBytesMax = bytes };
                return true;
            case "direct" when at < 0 && spec.Kind != StoreKind.Ram:
                spec = spec with { Direct = true };
                return true;
            case "readonly" when at < 0 && spec.Kind != StoreKind.Ram:
                spec = spec with { ReadOnly = true };
                return true;
            default:
                return false;
        }
    }
}

/// <summary>What is behind a store.</summary>
public enum StoreKind
{
    /// <summary>Memory; gone with the process.</summary>
    Ram,

    /// <summary>A file.</summary>
    File,

    /// <summary>A block device.</summary>
    BlockDevice,
}
