namespace Lunette.Scsi;

/// <summary>Block Device Characteristics Extension VPD page, B5h.</summary>
public sealed record BlockDeviceCharacteristicsExtension
{
    /// <summary>UTILIZATION TYPE.</summary>
    public byte UtilizationType { get; init; }

    /// <summary>UTILIZATION UNITS.</summary>
    public byte UtilizationUnits { get; init; }

    /// <summary>UTILIZATION INTERVAL.</summary>
    public byte UtilizationInterval { get; init; }

    /// <summary>UTILIZATION B.</summary>
    public uint UtilizationB { get; init; }

    /// <summary>UTILIZATION A.</summary>
    public uint UtilizationA { get; init; }

    /// <summary>Writes the page, 128 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var begin = to.Length;
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.BlockDeviceCharacteristicsExtension);
        to.WriteZeros(1);
        to.WriteByte(UtilizationType);
        to.WriteByte(UtilizationUnits);
        to.WriteByte(UtilizationInterval);
        to.WriteUInt32(UtilizationB);
        to.WriteUInt32(UtilizationA);
        to.PadTo(begin + 128);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static BlockDeviceCharacteristicsExtension? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.BlockDeviceCharacteristicsExtension, out var view)
            ? null
            : new BlockDeviceCharacteristicsExtension
            {
                UtilizationType = view[5],
                UtilizationUnits = view[6],
                UtilizationInterval = view[7],
                UtilizationB = view.UInt32(8),
                UtilizationA = view.UInt32(12),
            };
}
