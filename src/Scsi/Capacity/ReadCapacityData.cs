namespace Lunette.Scsi;

/// <summary>What READ CAPACITY (10) and READ CAPACITY (16) tell of a medium (SBC-5).</summary>
public sealed record ReadCapacityData
{
    /// <summary>Length of READ CAPACITY (10) parameter data in bytes.</summary>
    public const int Length10 = 8;

    /// <summary>Length of READ CAPACITY (16) parameter data in bytes.</summary>
    public const int Length16 = 32;

    /// <summary>RETURNED LOGICAL BLOCK ADDRESS: that of the last block.</summary>
    public ulong LastLba { get; init; }

    /// <summary>LOGICAL BLOCK LENGTH IN BYTES.</summary>
    public uint BlockLength { get; init; }

    /// <summary>PROT_EN: protection information is enabled.</summary>
    public bool ProtectionEnabled { get; init; }

    /// <summary>P_TYPE: protection type less one.</summary>
    public byte ProtectionType { get; init; }

    /// <summary>P_I_EXPONENT.</summary>
    public byte ProtectionIntervalExponent { get; init; }

    /// <summary>LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT.</summary>
    public byte LogicalBlocksPerPhysicalBlockExponent { get; init; }

    /// <summary>LBPME: logical block provisioning management is enabled.</summary>
    public bool ProvisioningManagement { get; init; }

    /// <summary>LBPRZ: unmapped blocks read as zeros.</summary>
    public bool ReadZeros { get; init; }

    /// <summary>LOWEST ALIGNED LOGICAL BLOCK ADDRESS, 14 bits.</summary>
    public ushort LowestAlignedLba { get; init; }

    /// <summary>Writes READ CAPACITY (10) data; a last address that does not fit is FFFFFFFFh.</summary>
    public void Write10(ref ParameterDataWriter to)
    {
        to.WriteUInt32((uint)Math.Min(LastLba, uint.MaxValue));
        to.WriteUInt32(BlockLength);
    }

    /// <summary>Writes READ CAPACITY (16) data.</summary>
    public void Write16(ref ParameterDataWriter to)
    {
        var end = to.Length + Length16;
        to.WriteUInt64(LastLba);
        to.WriteUInt32(BlockLength);
        to.WriteByte((ProtectionType & 7) << 1 | VpdPage.Flag(ProtectionEnabled, 0));
        to.WriteByte((ProtectionIntervalExponent & 0x0F) << 4 | LogicalBlocksPerPhysicalBlockExponent & 0x0F);
        to.WriteUInt16(VpdPage.Flag(ProvisioningManagement, 15) | VpdPage.Flag(ReadZeros, 14)
            | LowestAlignedLba & 0x3FFF);
        to.PadTo(end);
    }

    /// <summary>Reads READ CAPACITY (10) data; null when it is cut. FFFFFFFFh: ask with READ CAPACITY (16).</summary>
    public static ReadCapacityData? Parse10(ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes);
        return view.Length < Length10 ? null : new() { LastLba = view.UInt32(0), BlockLength = view.UInt32(4) };
    }

    /// <summary>Reads READ CAPACITY (16) data; null when the first twelve bytes are not there.</summary>
    public static ReadCapacityData? Parse16(ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes);
        return view.Length < 12
            ? null
            : new ReadCapacityData
            {
                LastLba = view.UInt64(0),
                BlockLength = view.UInt32(8),
                ProtectionType = (byte)view.Bits(12, 1, 3),
                ProtectionEnabled = view.Bit(12, 0),
                ProtectionIntervalExponent = (byte)view.Bits(13, 4, 4),
                LogicalBlocksPerPhysicalBlockExponent = (byte)view.Bits(13, 0, 4),
                ProvisioningManagement = view.Bit(14, 7),
                ReadZeros = view.Bit(14, 6),
                LowestAlignedLba = (ushort)(view.UInt16(14) & 0x3FFF),
            };
    }
}
