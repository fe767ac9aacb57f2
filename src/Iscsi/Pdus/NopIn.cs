using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// NOP-In (RFC 7143 section 11.19). A target's answer to a ping, or its own.
/// <code>
/// byte  1  F=1
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 48  ping data
/// </code>
/// </summary>
public readonly ref struct NopIn : IPdu<NopIn>
{
    private readonly BasicHeaderSegment _bhs;

    private NopIn(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.NopIn;

    /// <inheritdoc/>
    public static NopIn Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>Target Transfer Tag.</summary>
    public TargetTransferTag TargetTransferTag
    {
        get => new(_bhs.GetUInt32(20));
        set => _bhs.SetUInt32(20, value.Value);
    }

    /// <summary>Whether a NOP-Out has to answer: the target gave the ping a transfer tag.</summary>
    public bool WantsAnswer => !TargetTransferTag.IsReserved;

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }
}
