namespace Lunette.Scsi;

/// <summary>Block Limits VPD page, B0h.</summary>
public sealed record BlockLimits
{
    /// <summary>WSNZ: WRITE SAME with zero blocks is refused.</summary>
    public bool WriteSameNonZero { get; init; }

    /// <summary>MAXIMUM COMPARE AND WRITE LENGTH in blocks; zero: the command is not supported.</summary>
    public byte MaximumCompareAndWriteLength { get; init; }

    /// <summary>OPTIMAL TRANSFER LENGTH GRANULARITY in blocks.</summary>
    public ushort OptimalTransferLengthGranularity { get; init; }

    /// <summary>MAXIMUM TRANSFER LENGTH in blocks; zero is no limit.</summary>
    public uint MaximumTransferLength { get; init; }

    /// <summary>OPTIMAL TRANSFER LENGTH in blocks.</summary>
    public uint OptimalTransferLength { get; init; }

    /// <summary>MAXIMUM PREFETCH LENGTH in blocks.</summary>
    public uint MaximumPrefetchLength { get; init; }

    /// <summary>MAXIMUM UNMAP LBA COUNT; zero: UNMAP is not supported.</summary>
    public uint MaximumUnmapLbaCount { get; init; }

    /// <summary>MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT.</summary>
    public uint MaximumUnmapBlockDescriptorCount { get; init; }

    /// <summary>OPTIMAL UNMAP GRANULARITY in blocks.</summary>
    public uint OptimalUnmapGranularity { get; init; }

    /// <summary>UGAVALID in bit 31 and UNMAP GRANULARITY ALIGNMENT below.</summary>
    private uint UnmapGranularityAlignmentField { get; init; }

    /// <summary>MAXIMUM WRITE SAME LENGTH in blocks; zero is no limit.</summary>
    public ulong MaximumWriteSameLength { get; init; }

    /// <summary>MAXIMUM ATOMIC TRANSFER LENGTH in blocks.</summary>
    public uint MaximumAtomicTransferLength { get; init; }

    /// <summary>ATOMIC ALIGNMENT in blocks.</summary>
    public uint AtomicAlignment { get; init; }

    /// <summary>ATOMIC TRANSFER LENGTH GRANULARITY in blocks.</summary>
    public uint AtomicTransferLengthGranularity { get; init; }

    /// <summary>MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY in blocks.</summary>
    public uint MaximumAtomicTransferLengthWithBoundary { get; init; }

    /// <summary>MAXIMUM ATOMIC BOUNDARY SIZE in blocks.</summary>
    public uint MaximumAtomicBoundarySize { get; init; }

    /// <summary>UNMAP GRANULARITY ALIGNMENT in blocks, or null where UGAVALID is zero.</summary>
    public uint? UnmapGranularityAlignment
    {
        get => (UnmapGranularityAlignmentField >> 31) == 0 ? null : UnmapGranularityAlignmentField & 0x7FFF_FFFF;
        init => UnmapGranularityAlignmentField = value is { } blocks ? 0x8000_0000 | blocks : 0;
    }

    /// <summary>Writes the page, 64 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.BlockLimits);
        to.WriteByte(VpdPage.Flag(WriteSameNonZero, 0));
        to.WriteByte(MaximumCompareAndWriteLength);
        to.WriteUInt16(OptimalTransferLengthGranularity);
        to.WriteUInt32(MaximumTransferLength);
        to.WriteUInt32(OptimalTransferLength);
        to.WriteUInt32(MaximumPrefetchLength);
        to.WriteUInt32(MaximumUnmapLbaCount);
        to.WriteUInt32(MaximumUnmapBlockDescriptorCount);
        to.WriteUInt32(OptimalUnmapGranularity);
        to.WriteUInt32(UnmapGranularityAlignmentField);
        to.WriteUInt64(MaximumWriteSameLength);
        to.WriteUInt32(MaximumAtomicTransferLength);
        to.WriteUInt32(AtomicAlignment);
        to.WriteUInt32(AtomicTransferLengthGranularity);
        to.WriteUInt32(MaximumAtomicTransferLengthWithBoundary);
        to.WriteUInt32(MaximumAtomicBoundarySize);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static BlockLimits? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.BlockLimits, out var view)
            ? null
            : new BlockLimits
            {
                WriteSameNonZero = view.Bit(4, 0),
                MaximumCompareAndWriteLength = view[5],
                OptimalTransferLengthGranularity = view.UInt16(6),
                MaximumTransferLength = view.UInt32(8),
                OptimalTransferLength = view.UInt32(12),
                MaximumPrefetchLength = view.UInt32(16),
                MaximumUnmapLbaCount = view.UInt32(20),
                MaximumUnmapBlockDescriptorCount = view.UInt32(24),
                OptimalUnmapGranularity = view.UInt32(28),
                UnmapGranularityAlignmentField = view.UInt32(32),
                MaximumWriteSameLength = view.UInt64(36),
                MaximumAtomicTransferLength = view.UInt32(44),
                AtomicAlignment = view.UInt32(48),
                AtomicTransferLengthGranularity = view.UInt32(52),
                MaximumAtomicTransferLengthWithBoundary = view.UInt32(56),
                MaximumAtomicBoundarySize = view.UInt32(60),
            };
}
