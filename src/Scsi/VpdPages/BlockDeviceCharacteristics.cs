namespace Lunette.Scsi;

/// <summary>Block Device Characteristics VPD page, B1h.</summary>
public sealed record BlockDeviceCharacteristics
{
    /// <summary>MEDIUM ROTATION RATE per minute; 0 not reported, 1 does not rotate.</summary>
    public ushort MediumRotationRate { get; init; }

    /// <summary>PRODUCT TYPE.</summary>
    public byte ProductType { get; init; }

    /// <summary>WABEREQ.</summary>
    public byte WriteAfterBlockEraseRequired { get; init; }

    /// <summary>WACEREQ.</summary>
    public byte WriteAfterCryptographicEraseRequired { get; init; }

    /// <summary>NOMINAL FORM FACTOR.</summary>
    public byte NominalFormFactor { get; init; }

    /// <summary>ZONED.</summary>
    public byte Zoned { get; init; }

    /// <summary>BOCS: BACKGROUND CONTROL is supported.</summary>
    public bool BackgroundOperationControl { get; init; }

    /// <summary>FUAB: FUA and SYNCHRONIZE CACHE behave as SBC-3 and later say.</summary>
    public bool ForceUnitAccessBehavior { get; init; }

    /// <summary>VBULS: VERIFY of unmapped blocks is supported.</summary>
    public bool VerifyByteCheckUnmapped { get; init; }

    /// <summary>DEPOPULATION TIME.</summary>
    public uint DepopulationTimeSeconds { get; init; }

    /// <summary>Writes the page, 64 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var begin = to.Length;
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.BlockDeviceCharacteristics);
        to.WriteUInt16(MediumRotationRate);
        to.WriteByte(ProductType);
        to.WriteByte((WriteAfterBlockEraseRequired & 3) << 6 | (WriteAfterCryptographicEraseRequired & 3) << 4
            | NominalFormFactor & 15);
        to.WriteByte((Zoned & 3) << 4 | VpdPage.Flag(BackgroundOperationControl, 2)
            | VpdPage.Flag(ForceUnitAccessBehavior, 1) | VpdPage.Flag(VerifyByteCheckUnmapped, 0));
        to.WriteZeros(3);
        to.WriteUInt32(DepopulationTimeSeconds);
        to.PadTo(begin + 64);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static BlockDeviceCharacteristics? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.BlockDeviceCharacteristics, out var view)
            ? null
            : new BlockDeviceCharacteristics
            {
                MediumRotationRate = view.UInt16(4),
                ProductType = view[6],
                WriteAfterBlockEraseRequired = (byte)view.Bits(7, 6, 2),
                WriteAfterCryptographicEraseRequired = (byte)view.Bits(7, 4, 2),
                NominalFormFactor = (byte)view.Bits(7, 0, 4),
                Zoned = (byte)view.Bits(8, 4, 2),
                BackgroundOperationControl = view.Bit(8, 2),
                ForceUnitAccessBehavior = view.Bit(8, 1),
                VerifyByteCheckUnmapped = view.Bit(8, 0),
                DepopulationTimeSeconds = view.UInt32(12),
            };
}
