using System.Runtime.InteropServices;
using Lunette.Backing;
using Lunette.Runtime.Buffers;

namespace Lunette.Lu.Disk.Medium;

/// <summary>One pass over the whole medium: giving it back, zeroing it, or writing a pattern.</summary>
internal sealed class MediumPass
{
    private const int PatternBytes = 1 << 20;

    private readonly byte[] _pattern;

    private MediumPass(StoreOperation operation, byte[] pattern)
    {
        Operation = operation;
        _pattern = pattern;
    }

    public StoreOperation Operation { get; }

    /// <summary>How much one step writes; zero where the operation needs no data.</summary>
    public int PatternLength => _pattern.Length;

    /// <summary>What is written, again and again; it lives as long as the pass.</summary>
    public Lease Pattern => new(Marshal.UnsafeAddrOfPinnedArrayElement(_pattern, 0), _pattern.Length, null, 0);

    /// <summary>Whether it goes over the protection information, and not over the blocks.</summary>
    public bool OnTags { get; private init; }

    /// <summary>Reads as zeros afterwards, and takes no space.</summary>
    public static MediumPass Unmap() => new(StoreOperation.Unmap, []);

    /// <summary>Leaves every block without protection information of its own.</summary>
    public static MediumPass ClearTags(bool thin) =>
        new(thin ? StoreOperation.Unmap : StoreOperation.WriteZeroes, []) { OnTags = true };

    /// <summary>Reads as zeros afterwards, and keeps its space.</summary>
    public static MediumPass Zero() => new(StoreOperation.WriteZeroes, []);

    /// <summary>Every block begins with the pattern, repeated to the block's end.</summary>
    public static MediumPass Write(ReadOnlySpan<byte> pattern, int blockLength, bool inverted)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(PatternBytes, pinned: true);
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = pattern[i % blockLength % pattern.Length];
            bytes[i] = inverted ? (byte)~value : value;
        }
        return new(StoreOperation.Write, bytes);
    }
}
