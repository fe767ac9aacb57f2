using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Backing.Ram;
using Lunette.Lu.Disk;
using Lunette.Scsi;

namespace Lunette.Daemon.Starting;

/// <summary>What kind of disk the RAM disk is: words after its size, set apart by commas.</summary>
public sealed record RamDiskShape
{
    /// <summary>The least it can have.</summary>
    public const long BytesMin = DiskOptions.LengthMin;

    /// <summary>The most it can have: its store holds protection information, too.</summary>
    public const long BytesMax = RamStore.LengthMax / 2;

    /// <summary>Length of a logical block in bytes: <c>blk=4096</c>.</summary>
    public int BlockLengthBytes { get; init; } = 512;

    /// <summary>Thin provisioned; <c>full</c> makes it resource provisioned.</summary>
    public bool Thin { get; init; } = true;

    /// <summary>The medium counts as removable: <c>removable</c>.</summary>
    public bool Removable { get; init; }

    /// <summary>Nobody may write it: <c>wp</c>.</summary>
    public bool WriteProtected { get; init; }

    /// <summary>Protection information of a type: <c>prot=1</c>; null: none.</summary>
    public ProtectionType? Protection { get; init; }

    /// <summary>Reads a size and the words behind it, such as <c>1g,blk=4096,full</c>.</summary>
    public static bool TryParse(string text, out long bytes, out RamDiskShape shape)
    {
        shape = new();
        var words = text.Split(',');
        if (!SizeText.TryParse(words[0], out bytes)) return false;
        foreach (var word in words[1..])
        {
            if (word == "full") shape = shape with { Thin = false };
            else if (word == "removable") shape = shape with { Removable = true };
            else if (word == "wp") shape = shape with { WriteProtected = true };
            else if (word is ['p', 'r', 'o', 't', '=', >= '0' and <= '3' and var type])
                shape = shape with { Protection = (ProtectionType)(type - '0') };
            else if (TryParseBlock(word, out var block)) shape = shape with { BlockLengthBytes = block };
            else return false;
        }
        return bytes is >= BytesMin and <= BytesMax && bytes % shape.BlockLengthBytes == 0;
    }

    private static bool TryParseBlock(string word, out int block)
    {
        block = 0;
        return word.StartsWith("blk=", StringComparison.Ordinal)
            && int.TryParse(word.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out block)
            && block is >= 512 and <= 32768 && int.IsPow2(block);
    }
}
