using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// SCSI Data-In (RFC 7143 section 11.7). Data to the initiator, with the status folded in where S is 1.
/// <code>
/// byte  1  F A . . . O U S byte  3  Status
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 36  DataSN          byte 40  Buffer Offset        byte 44  Residual Count
/// byte 48  data
/// </code>
/// </summary>
public readonly ref struct DataIn : IPdu<DataIn>
{
    private readonly BasicHeaderSegment _bhs;

    private DataIn(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.DataIn;

    /// <inheritdoc/>
    public static DataIn Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>F bit: the last PDU of its sequence.</summary>
    public bool Final { get => _bhs.GetBit(1, 0x80); set => _bhs.SetBit(1, 0x80, value); }

    /// <summary>A bit: the initiator is to acknowledge with a DataACK SNACK (error recovery level above 0).</summary>
    public bool Acknowledge { get => _bhs.GetBit(1, 0x40); set => _bhs.SetBit(1, 0x40, value); }

    /// <summary>O bit; meaningful with S.</summary>
    public bool ResidualOverflow { get => _bhs.GetBit(1, 0x04); set => _bhs.SetBit(1, 0x04, value); }

    /// <summary>U bit; meaningful with S.</summary>
    public bool ResidualUnderflow { get => _bhs.GetBit(1, 0x02); set => _bhs.SetBit(1, 0x02, value); }

    /// <summary>S bit: Status, StatSN and the residual mean something.</summary>
    public bool HasStatus { get => _bhs.GetBit(1, 0x01); set => _bhs.SetBit(1, 0x01, value); }

    /// <summary>SCSI status; meaningful with S.</summary>
    public ScsiStatus Status { get => (ScsiStatus)_bhs.GetByte(3); set => _bhs.SetByte(3, (byte)value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>Target Transfer Tag, wanted with A; else FFFFFFFFh.</summary>
    public TargetTransferTag TargetTransferTag
    {
        get => new(_bhs.GetUInt32(20));
        set => _bhs.SetUInt32(20, value.Value);
    }

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>DataSN within the task.</summary>
    public DataSn DataSn { get => new(_bhs.GetUInt32(36)); set => _bhs.SetUInt32(36, value.Value); }

    /// <summary>Where the data belongs in the Data-In Buffer, in bytes.</summary>
    public uint BufferOffset { get => _bhs.GetUInt32(40); set => _bhs.SetUInt32(40, value); }

    /// <summary>Residual, in bytes; meaningful with O or U.</summary>
    public uint ResidualCount { get => _bhs.GetUInt32(44); set => _bhs.SetUInt32(44, value); }
}
