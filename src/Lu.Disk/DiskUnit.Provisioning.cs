using System.Numerics;
using Lunette.Backing;
using Lunette.Lu.Disk.Provisioning;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>Space and cache as commands see them.</content>
public sealed partial class DiskUnit
{
    private readonly SpaceWatch _space = new();

    /// <summary>LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT: how many blocks the store handles best at once.</summary>
    internal int PhysicalBlockExponent =>
        Math.Clamp(BitOperations.Log2((uint)Volatile.Read(ref _preferredBytes)) - _blockShift, 0, 15);

    /// <summary>What READ CAPACITY tells.</summary>
    internal ReadCapacityData Capacity => new()
    {
        LastLba = CapacityBlocks - 1,
        BlockLength = (uint)BlockLengthBytes,
        ProtectionEnabled = ProtectionType != ProtectionType.Type0,
        ProtectionType = (byte)Math.Max(0, (int)ProtectionType - 1),
        LogicalBlocksPerPhysicalBlockExponent = (byte)PhysicalBlockExponent,
        // LBPME and LBPRZ: unmapped blocks read as zeros.
        ProvisioningManagement = true,
        ReadZeros = true,
    };

    /// <summary>Whether what is written may be lost until it is flushed.</summary>
    internal bool HasVolatileCache => (Store.Features & StoreFeatures.VolatileCache) != 0;

    /// <summary>What is unmapped, where the store does not tell it.</summary>
    internal UnmappedRanges Unmapped { get; } = new();

    /// <summary>Whether <see cref="Unmapped"/> is kept: whoever unmaps then holds the blocks alone.</summary>
    internal bool TracksUnmapped { get; private set; }

    /// <summary>Bytes of the medium are about to change: tokens for them end, and they are mapped.</summary>
    internal void Changing(long offset, long length)
    {
        Tokens.Changing(offset, length);
        Unmapped.Remove(offset, length);
    }

    /// <summary>Bytes of the medium were unmapped.</summary>
    internal void NoteUnmapped(long offset, long length)
    {
        if (TracksUnmapped) Unmapped.Add(offset, length);
    }

    /// <summary>What unmapping is to the store: blocks of a disk that is not thin keep their space.</summary>
    internal StoreOperation UnmapOperation => Disk.Thin ? StoreOperation.Unmap : StoreOperation.WriteZeroes;

    /// <summary>A write has ended: where space runs low, every initiator is told once.</summary>
    internal void NoteWritten(DiskTask task, StoreResult result)
    {
        var threshold = Volatile.Read(ref _thresholdBytes);
        if (threshold == 0) return;
        var now = task.Task.Nexus.Loop.NowNanoseconds;
        if (_space.HasJustBecomeLow(Store, threshold, now, full: result == StoreResult.NoSpace))
            EstablishAttention(AdditionalSense.ThinProvisioningSoftThresholdReached);
    }
}
