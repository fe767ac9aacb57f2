namespace Lunette.Scsi;

/// <summary>The first byte of INQUIRY data: qualifier and device type.</summary>
/// <param name="Qualifier">PERIPHERAL QUALIFIER.</param>
/// <param name="DeviceType">PERIPHERAL DEVICE TYPE.</param>
public readonly record struct Peripheral(PeripheralQualifier Qualifier, PeripheralDeviceType DeviceType)
{
    /// <summary>7Fh: there is and can be no logical unit at this number.</summary>
    public static Peripheral NoLogicalUnit => new(PeripheralQualifier.NotCapable, PeripheralDeviceType.Unknown);

    /// <summary>00h: a disk.</summary>
    public static Peripheral Disk => default;

    /// <summary>The byte.</summary>
    public byte Wire => (byte)((byte)Qualifier << 5 | (byte)DeviceType & 0x1F);

    /// <summary>Reads the byte.</summary>
    public static Peripheral FromWire(byte wire) =>
        new((PeripheralQualifier)(wire >> 5), (PeripheralDeviceType)(wire & 0x1F));
}
