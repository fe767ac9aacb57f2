using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>PAGE CODE of a vital product data page.</summary>
public enum VpdPageCode : byte
{
#pragma warning disable CS1591 // The member's name is the page's.
    SupportedVpdPages = 0x00,
    UnitSerialNumber = 0x80,
    DeviceIdentification = 0x83,
    SoftwareInterfaceIdentification = 0x84,
    ManagementNetworkAddresses = 0x85,
    ExtendedInquiryData = 0x86,
    ModePagePolicy = 0x87,
    ScsiPorts = 0x88,
    AtaInformation = 0x89,
    PowerCondition = 0x8A,
    DeviceConstituents = 0x8B,
    CfaProfileInformation = 0x8C,
    PowerConsumption = 0x8D,
    ThirdPartyCopy = 0x8F,
    ProtocolSpecificLogicalUnitInformation = 0x90,
    ProtocolSpecificPortInformation = 0x91,
    ScsiFeatureSets = 0x92,
    BlockLimits = 0xB0,
    BlockDeviceCharacteristics = 0xB1,
    LogicalBlockProvisioning = 0xB2,
    Referrals = 0xB3,
    SupportedBlockLengthsAndProtectionTypes = 0xB4,
    BlockDeviceCharacteristicsExtension = 0xB5,
    ZonedBlockDeviceCharacteristics = 0xB6,
    BlockLimitsExtension = 0xB7,
    FormatPresets = 0xB8,
    ConcurrentPositioningRanges = 0xB9,
#pragma warning restore CS1591
}

/// <summary>What all VPD pages have in common: a header of four bytes (SPC-6, VPD page format).</summary>
public static class VpdPage
{
    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderLength = 4;

    /// <summary>Writes the header, and returns where its length field stands; <see cref="End"/> fills it.</summary>
    public static int Begin(ref ParameterDataWriter to, Peripheral peripheral, VpdPageCode page)
    {
        to.WriteByte(peripheral.Wire);
        to.WriteByte((byte)page);
        return to.ReserveUInt16();
    }

    /// <summary>Fills PAGE LENGTH with what has been written since.</summary>
    public static void End(ref ParameterDataWriter to, int lengthAt) => to.CloseUInt16(lengthAt);

    /// <summary>Checks the header of an untrusted page and views what there is of it.</summary>
    /// <param name="bytes">The page as received.</param>
    /// <param name="page">The page that was asked for.</param>
    /// <param name="view">The page, header included, cut at the length it states.</param>
    /// <returns>False when the header is cut off, or is that of another page.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, VpdPageCode page, out ParameterDataView view)
    {
        view = default;
        if (bytes.Length < HeaderLength || bytes[1] != (byte)page) return false;
        view = new ParameterDataView(bytes).CutAt(HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        return true;
    }

    /// <summary>How long the page says it is, header included: what a second INQUIRY should allow for.</summary>
    public static int FullLength(ReadOnlySpan<byte> header) =>
        header.Length < HeaderLength ? HeaderLength : HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[2..]);

    internal static int Flag(bool set, int bit) => set ? 1 << bit : 0;
}
