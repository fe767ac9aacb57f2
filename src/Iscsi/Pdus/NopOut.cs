using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// NOP-Out (RFC 7143 section 11.18). An initiator's ping, or its answer to one.
/// <code>
/// byte  1  F=1
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag
/// byte 24  CmdSN           byte 28  ExpStatSN
/// byte 48  ping data
/// </code>
/// </summary>
public readonly ref struct NopOut : IPdu<NopOut>
{
    private readonly BasicHeaderSegment _bhs;

    private NopOut(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.NopOut;

    /// <inheritdoc/>
    public static NopOut Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>I bit: delivered at once, outside the command order.</summary>
    public bool Immediate { get => _bhs.GetBit(0, 0x40); set => _bhs.SetBit(0, 0x40, value); }

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

    /// <summary>Whether a NOP-In has to answer: the initiator gave the ping a task tag.</summary>
    public bool WantsAnswer => !InitiatorTaskTag.IsReserved;

    /// <summary>CmdSN.</summary>
    public CmdSn CmdSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpStatSN: every status before it has arrived.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }
}
