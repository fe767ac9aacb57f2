using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// SCSI Response (RFC 7143 section 11.4). Status, residuals, and behind it sense data and response data.
/// <code>
/// byte  1  1 . . o u O U . byte  2  Response             byte  3  Status
/// byte  8  Status Qualifier (2)
/// byte 16  Initiator Task Tag                            byte 20  SNACK Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 36  ExpDataSN       byte 40  Bidirectional Read Residual Count
/// byte 44  Residual Count
/// byte 48  SenseLength (2), sense data, response data
/// </code>
/// </summary>
public readonly ref struct ScsiResponse : IPdu<ScsiResponse>
{
    private readonly BasicHeaderSegment _bhs;

    private ScsiResponse(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.ScsiResponse;

    /// <inheritdoc/>
    public static ScsiResponse Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>o bit: the read part of a bidirectional command had more to give.</summary>
    public bool BidirectionalReadOverflow { get => _bhs.GetBit(1, 0x10); set => _bhs.SetBit(1, 0x10, value); }

    /// <summary>u bit: the read part of a bidirectional command gave less.</summary>
    public bool BidirectionalReadUnderflow { get => _bhs.GetBit(1, 0x08); set => _bhs.SetBit(1, 0x08, value); }

    /// <summary>O bit: more data than expected would have been transferred.</summary>
    public bool ResidualOverflow { get => _bhs.GetBit(1, 0x04); set => _bhs.SetBit(1, 0x04, value); }

    /// <summary>U bit: less data than expected was transferred.</summary>
    public bool ResidualUnderflow { get => _bhs.GetBit(1, 0x02); set => _bhs.SetBit(1, 0x02, value); }

    /// <summary>iSCSI service response.</summary>
    public ScsiResponseCode Response { get => (ScsiResponseCode)_bhs.GetByte(2); set => _bhs.SetByte(2, (byte)value); }

    /// <summary>SCSI status; meaningful when the command completed at the target.</summary>
    public ScsiStatus Status { get => (ScsiStatus)_bhs.GetByte(3); set => _bhs.SetByte(3, (byte)value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Status qualifier (RFC 7144, from iSCSIProtocolLevel 2 on).</summary>
    public ushort StatusQualifier { get => _bhs.GetUInt16(8); set => _bhs.SetUInt16(8, value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>SNACK Tag: copied from the R-Data SNACK that brought this response about.</summary>
    public uint SnackTag { get => _bhs.GetUInt32(20); set => _bhs.SetUInt32(20, value); }

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>ExpDataSN: number of Data-In PDUs the target sent for the command; RFC 3720 counted R2Ts
    /// too.</summary>
    public DataSn ExpDataSn { get => new(_bhs.GetUInt32(36)); set => _bhs.SetUInt32(36, value.Value); }

    /// <summary>Residual of the read part of a bidirectional command, in bytes.</summary>
    public uint BidirectionalReadResidualCount { get => _bhs.GetUInt32(40); set => _bhs.SetUInt32(40, value); }

    /// <summary>Residual, in bytes.</summary>
    public uint ResidualCount { get => _bhs.GetUInt32(44); set => _bhs.SetUInt32(44, value); }
}
