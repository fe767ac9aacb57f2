using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Lu.Disk.Medium;
using Lunette.Runtime;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <summary>What the administrator says of a disk.</summary>
public sealed record DiskOptions
{
    /// <summary>Block lengths a disk may have, in bytes: powers of two from the first to the last.</summary>
    public const int BlockLengthMin = 512;

    /// <inheritdoc cref="BlockLengthMin"/>
    public const int BlockLengthMax = 32768;

    /// <summary>The smallest disk, in bytes.</summary>
    public const long LengthMin = 1 << 20;

    /// <summary>Who it is.</summary>
    public required UnitOptions Unit { get; init; }

    /// <summary>Length of a logical block in bytes.</summary>
    public int BlockLengthBytes { get; init; } = 512;

    /// <summary>Length of the medium in bytes; a multiple of the block length.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>Thin provisioned: space is taken when written, and given back by UNMAP. Else resource provisioned: the
    /// space for all its blocks is its own, and UNMAP anchors them.</summary>
    public bool Thin { get; init; } = true;

    /// <summary>Nobody may write it.</summary>
    public bool WriteProtected { get; init; }

    /// <summary>Every write is durable before it is answered, until MODE SELECT says otherwise.</summary>
    public bool WriteCacheDisabled { get; init; }

    /// <summary>The medium counts as removable (RMB, PREVENT ALLOW MEDIUM REMOVAL).</summary>
    public bool Removable { get; init; }

    /// <summary>
    /// How it is formatted with protection information; null: it does not support any. What supports it keeps its size.
    /// </summary>
    public ProtectionType? Protection { get; init; }

    /// <summary>
    /// Thin provisioning soft threshold: initiators are told once less than this many bytes are left; 0: never.
    /// </summary>
    public long ThresholdBytes { get; init; }

    /// <summary>What makes its ROD tokens impossible to guess.</summary>
    public IEntropy Entropy { get; init; } = SystemEntropy.Instance;

    /// <summary>What it remembers across restarts; null: nothing.</summary>
    public IDiskMarks? Marks { get; init; }

    /// <summary>Where work on the whole medium runs; null: on a thread of its own while there is some.</summary>
    public IJobQueue? Jobs { get; init; }

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    public string? FindMistake()
    {
        var isPowerOfTwo = (BlockLengthBytes & (BlockLengthBytes - 1)) == 0;
        if (BlockLengthBytes is < BlockLengthMin or > BlockLengthMax || !isPowerOfTwo)
            return $"a block length of {BlockLengthBytes} bytes is none of 512, 1024, ... 32768";
        if (LengthBytes < LengthMin) return $"a size of {LengthBytes} bytes is less than {LengthMin}";
        return LengthBytes % BlockLengthBytes == 0
            ? null
            : $"a size of {LengthBytes} bytes is no multiple of the block length of {BlockLengthBytes}";
    }
}
