namespace Lunette.Scsi;

/// <summary>The header of mode parameter data and lists, in both lengths (SPC-6, Mode parameter header).</summary>
public readonly record struct ModeParameterHeader
{
    /// <summary>Length of the header of the 6-byte commands in bytes.</summary>
    public const int Length6 = 4;

    /// <summary>Length of the header of the 10-byte commands in bytes.</summary>
    public const int Length10 = 8;

    /// <summary>MODE DATA LENGTH: bytes that follow it; reserved in MODE SELECT.</summary>
    public ushort ModeDataLength { get; init; }

    /// <summary>MEDIUM TYPE.</summary>
    public byte MediumType { get; init; }

    /// <summary>DEVICE-SPECIFIC PARAMETER.</summary>
    public byte DeviceSpecificParameter { get; init; }

    /// <summary>LONGLBA: block descriptors have 16 bytes; only in the 10-byte commands.</summary>
    public bool LongLba { get; init; }

    /// <summary>BLOCK DESCRIPTOR LENGTH in bytes.</summary>
    public ushort BlockDescriptorLength { get; init; }

    /// <summary>WP of a direct access device: the medium is write protected.</summary>
    public bool WriteProtected => (DeviceSpecificParameter & 0x80) != 0;

    /// <summary>DPOFUA of a direct access device: DPO and FUA are supported.</summary>
    public bool DpoAndFua => (DeviceSpecificParameter & 0x10) != 0;

    /// <summary>DEVICE-SPECIFIC PARAMETER of a direct access device.</summary>
    public static byte DirectAccess(bool writeProtected, bool dpoAndFua) =>
        (byte)(VpdPage.Flag(writeProtected, 7) | VpdPage.Flag(dpoAndFua, 4));

    /// <summary>Begins data of the 6-byte commands; <see cref="End6"/> fills its length.</summary>
    public void Begin6(ref ParameterDataWriter to)
    {
        to.WriteByte(0);
        to.WriteByte(MediumType);
        to.WriteByte(DeviceSpecificParameter);
        to.WriteByte(BlockDescriptorLength);
    }

    /// <summary>Begins data of the 10-byte commands; <see cref="End10"/> fills its length.</summary>
    public void Begin10(ref ParameterDataWriter to)
    {
        to.WriteUInt16(0);
        to.WriteByte(MediumType);
        to.WriteByte(DeviceSpecificParameter);
        to.WriteByte(LongLba ? 1 : 0);
        to.WriteByte(0);
        to.WriteUInt16(BlockDescriptorLength);
    }

    /// <summary>Fills MODE DATA LENGTH of data that began at byte 0.</summary>
    /// <returns>False when the data is too long for the 6-byte commands' field.</returns>
    public static bool End6(ref ParameterDataWriter to)
    {
        to.CloseByte(0);
        return to.Length <= 256;
    }

    /// <summary>Fills MODE DATA LENGTH of data that began at byte 0.</summary>
    public static void End10(ref ParameterDataWriter to) => to.CloseUInt16(0);

    /// <summary>Reads the header of a MODE SELECT parameter list or of MODE SENSE data.</summary>
    /// <param name="list">Failure is kept in it.</param>
    /// <param name="ten">Whether the command is a 10-byte one.</param>
    public static ModeParameterHeader Read(ref ParameterListReader list, bool ten)
    {
        if (!ten)
        {
            return new ModeParameterHeader
            {
                ModeDataLength = list.ReadByte(),
                MediumType = list.ReadByte(),
                DeviceSpecificParameter = list.ReadByte(),
                BlockDescriptorLength = list.ReadByte(),
            };
        }

        var header = new ModeParameterHeader
        {
            ModeDataLength = list.ReadUInt16(),
            MediumType = list.ReadByte(),
            DeviceSpecificParameter = list.ReadByte(),
            LongLba = (list.ReadByte() & 1) != 0,
        };
        list.Skip(1);
        return header with { BlockDescriptorLength = list.ReadUInt16() };
    }
}
