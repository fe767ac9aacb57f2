namespace Lunette.Scsi;

/// <summary>Block Limits Extension VPD page, B7h.</summary>
public sealed record BlockLimitsExtension
{
    /// <summary>MAXIMUM NUMBER OF STREAMS; zero: stream control is not supported.</summary>
    public ushort MaximumNumberOfStreams { get; init; }

    /// <summary>OPTIMAL STREAM WRITE SIZE in blocks.</summary>
    public ushort OptimalStreamWriteSize { get; init; }

    /// <summary>STREAM GRANULARITY SIZE in optimal stream write sizes.</summary>
    public uint StreamGranularitySize { get; init; }

    /// <summary>MAXIMUM SCATTERED LBA RANGE TRANSFER LENGTH in blocks; zero is no limit.</summary>
    public uint MaximumScatteredLbaRangeTransferLength { get; init; }

    /// <summary>MAXIMUM SCATTERED LBA RANGE DESCRIPTOR COUNT; zero is no limit.</summary>
    public ushort MaximumScatteredLbaRangeDescriptorCount { get; init; }

    /// <summary>MAXIMUM SCATTERED TRANSFER LENGTH in blocks; zero is no limit.</summary>
    public uint MaximumScatteredTransferLength { get; init; }

    /// <summary>Writes the page, 64 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var begin = to.Length;
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.BlockLimitsExtension);
        to.WriteZeros(2);
        to.WriteUInt16(MaximumNumberOfStreams);
        to.WriteUInt16(OptimalStreamWriteSize);
        to.WriteUInt32(StreamGranularitySize);
        to.WriteZeros(2);
        to.WriteUInt32(MaximumScatteredLbaRangeTransferLength);
        to.WriteZeros(2);
        to.WriteUInt16(MaximumScatteredLbaRangeDescriptorCount);
        to.WriteUInt32(MaximumScatteredTransferLength);
        to.PadTo(begin + 64);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static BlockLimitsExtension? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.BlockLimitsExtension, out var view)
            ? null
            : new BlockLimitsExtension
            {
                MaximumNumberOfStreams = view.UInt16(6),
                OptimalStreamWriteSize = view.UInt16(8),
                StreamGranularitySize = view.UInt32(10),
                MaximumScatteredLbaRangeTransferLength = view.UInt32(16),
                MaximumScatteredLbaRangeDescriptorCount = view.UInt16(22),
                MaximumScatteredTransferLength = view.UInt32(24),
            };
}
