namespace Lunette.Iscsi;

/// <summary>
/// Reject (RFC 7143 section 11.17). Says that a PDU was not carried out; its header stands in the data segment.
/// <code>
/// byte  1  F=1             byte  2  Reason               byte 16  FFFFFFFFh
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 36  DataSN or R2TSN
/// byte 48  header of the PDU that was rejected
/// </code>
/// </summary>
public readonly ref struct Reject : IPdu<Reject>
{
    private readonly BasicHeaderSegment _bhs;

    private Reject(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.Reject;

    /// <inheritdoc/>
    public static Reject Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>Reason.</summary>
    public RejectReason Reason { get => (RejectReason)_bhs.GetByte(2); set => _bhs.SetByte(2, (byte)value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>DataSN or R2TSN: the next one of the task; meaningful for a rejected Data or R2T SNACK.</summary>
    public DataSn DataSn { get => new(_bhs.GetUInt32(36)); set => _bhs.SetUInt32(36, value.Value); }
}
