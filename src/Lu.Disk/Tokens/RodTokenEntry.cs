using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tokens;

/// <summary>
/// One ROD token of a disk: the blocks it stands for, and whether it is still good. Changed under its table's lock;
/// <see cref="EndedBy"/> may be read without.
/// </summary>
internal sealed class RodTokenEntry
{
    private int _endedBy;

    /// <summary>Makes a good one.</summary>
    public RodTokenEntry(DiskUnit unit, byte[] bytes, BlockRange[] ranges)
    {
        Unit = unit;
        Bytes = bytes;
        Ranges = ranges;
        First = long.MaxValue;
        foreach (var range in ranges)
        {
            if (range.IsEmpty) continue;
            First = Math.Min(First, (long)range.Lba << unit.BlockShift);
            End = Math.Max(End, (long)(range.Lba + range.Count) << unit.BlockShift);
            LengthBytes += (long)range.Count << unit.BlockShift;
        }
    }

    /// <summary>The disk whose blocks it stands for.</summary>
    public DiskUnit Unit { get; }

    /// <summary>The token.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The blocks, in the order of the data.</summary>
    public BlockRange[] Ranges { get; }

    /// <summary>How much data that is, in bytes.</summary>
    public long LengthBytes { get; }

    /// <summary>Where the first of the blocks begins on the medium, in bytes.</summary>
    public long First { get; }

    /// <summary>Where the last of them ends.</summary>
    public long End { get; }

    /// <summary>When it was made, by the disk's clock.</summary>
    public long MadeAt { get; init; }

    /// <summary>When it was last used.</summary>
    public long UsedAt { get; set; }

    /// <summary>How long it may be unused.</summary>
    public TimeSpan Inactivity { get; init; }

    /// <summary>Copies that use it now.</summary>
    public int Users { get; set; }

    /// <summary>Why it is good no more: an INVALID TOKEN OPERATION code; none while it is good.</summary>
    public AdditionalSense EndedBy
    {
        get => (AdditionalSense)Volatile.Read(ref _endedBy);
        set => Volatile.Write(ref _endedBy, (int)value);
    }

    /// <summary>Whether it can be used.</summary>
    public bool IsGood => EndedBy == AdditionalSense.NoAdditionalSenseInformation;

    /// <summary>Whether it stands for some byte of a place on the medium.</summary>
    public bool Touches(long offset, long length)
    {
        if (offset >= End || offset + length <= First) return false;
        foreach (var range in Ranges)
        {
            var first = (long)range.Lba << Unit.BlockShift;
            if (offset < first + ((long)range.Count << Unit.BlockShift) && first < offset + length) return true;
        }
        return false;
    }
}
