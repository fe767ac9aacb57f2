using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>
/// Where a disk's protection information lies in its store: behind the blocks, eight bytes for each in their order, so
/// that the blocks stay a raw image. It is kept complemented: what was never written, or was given back, is zeros, and
/// reads as <see cref="ProtectionInformation.Default"/>.
/// </summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">How long it is, in bytes.</param>
internal readonly record struct ProtectionArea(long Offset, long Length)
{
    // A multiple of what any store needs requests aligned to.
    private const long Alignment = 4096;

    /// <summary>The area of a disk of a length, both in bytes.</summary>
    public static ProtectionArea For(long diskBytes, int blockBytes) =>
        new(Align(diskBytes), Align(diskBytes / blockBytes * ProtectionInformation.Length));

    /// <summary>How long the store of a disk must be, in bytes.</summary>
    public static long StoreBytes(long diskBytes, int blockBytes)
    {
        var area = For(diskBytes, blockBytes);
        return area.Offset + area.Length;
    }

    /// <summary>The longest disk that fits in a store, in bytes; zero where none does.</summary>
    public static long DiskBytes(long storeBytes, int blockBytes)
    {
        var blocks = Math.Max(0, storeBytes - (2 * Alignment)) / (blockBytes + ProtectionInformation.Length);
        return blocks * blockBytes;
    }

    /// <summary>The whole sectors of the store with the protection information of blocks.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="count">How many.</param>
    /// <param name="sectorBytes">Alignment of the store's requests.</param>
    public (long Offset, int Length) SectorsOf(ulong lba, uint count, int sectorBytes)
    {
        var first = (long)lba * ProtectionInformation.Length & -sectorBytes;
        var end = (long)(lba + count) * ProtectionInformation.Length + sectorBytes - 1 & -sectorBytes;
        return (Offset + first, (int)(end - first));
    }

    /// <summary>The blocks that share sectors with a range: whoever writes one needs them all alone.</summary>
    public static BlockRange GroupsOf(BlockRange range, int sectorBytes)
    {
        var group = (ulong)(sectorBytes / ProtectionInformation.Length);
        var first = range.Lba & ~(group - 1);
        var end = range.Lba + range.Count + group - 1 & ~(group - 1);
        return new(first, (uint)Math.Min(end - first, uint.MaxValue));
    }

    private static long Align(long bytes) => bytes + Alignment - 1 & -Alignment;
}
