using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// One step: what is read and where it is written; of no length, a TEST UNIT READY of the destination.
/// </summary>
/// <param name="Source">The disk that is read; null for zeros.</param>
/// <param name="Destination">The disk that is written.</param>
/// <param name="SourceOffset">Where, in bytes.</param>
/// <param name="DestinationOffset">Where, in bytes.</param>
/// <param name="Length">How much, in bytes.</param>
internal readonly record struct CopyPlan(
    DiskUnit? Source, DiskUnit Destination, long SourceOffset, long DestinationOffset, int Length)
{
    /// <summary>The blocks that have what is read.</summary>
    public BlockRange SourceRange => Covering(Source!, SourceOffset, Length);

    /// <summary>How far into the first of them it begins.</summary>
    public int SourceSkip => (int)(SourceOffset & (Source!.BlockLengthBytes - 1));

    /// <summary>The blocks that are written, or of which a part is.</summary>
    public BlockRange DestinationRange => Covering(Destination, DestinationOffset, Length);

    /// <summary>How far into the first of them it begins.</summary>
    public int DestinationSkip => (int)(DestinationOffset & (Destination.BlockLengthBytes - 1));

    /// <summary>Whether nothing of what is in the destination's blocks stays.</summary>
    public bool WritesWholeBlocks =>
        ((DestinationOffset | (uint)Length) & (uint)(Destination.BlockLengthBytes - 1)) == 0;

    /// <summary>Whether it begins and ends between blocks on both sides.</summary>
    public bool IsWhole =>
        WritesWholeBlocks && ((SourceOffset | (uint)Length) & (uint)(Source!.BlockLengthBytes - 1)) == 0;

    /// <summary>As much of it as one step can do: whole blocks of the destination, or a part of one.</summary>
    public CopyPlan Cut()
    {
        var block = Destination.BlockLengthBytes;
        var skip = DestinationSkip;
        return this with
        {
            Length = skip != 0 || Length < block ? Math.Min(Length, block - skip) : Length & -block,
        };
    }

    private static BlockRange Covering(DiskUnit unit, long offset, int length)
    {
        var first = offset >> unit.BlockShift;
        var last = (offset + length - 1) >> unit.BlockShift;
        return new((ulong)first, (uint)(last - first + 1));
    }
}
