using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// Text Request (RFC 7143 section 11.10). Text of the initiator: keys, or SendTargets.
/// <code>
/// byte  1  F C
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag
/// byte 24  CmdSN           byte 28  ExpStatSN
/// byte 48  text
/// </code>
/// </summary>
public readonly ref struct TextRequest : IPdu<TextRequest>
{
    private readonly BasicHeaderSegment _bhs;

    private TextRequest(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.TextRequest;

    /// <inheritdoc/>
    public static TextRequest Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>I bit: delivered at once, outside the command order.</summary>
    public bool Immediate { get => _bhs.GetBit(0, 0x40); set => _bhs.SetBit(0, 0x40, value); }

    /// <summary>F bit: the initiator has said everything it wants to say.</summary>
    public bool Final { get => _bhs.GetBit(1, 0x80); set => _bhs.SetBit(1, 0x80, value); }

    /// <summary>C bit: the text goes on in the next PDU.</summary>
    public bool Continue { get => _bhs.GetBit(1, 0x40); set => _bhs.SetBit(1, 0x40, value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>Target Transfer Tag of the response that is being answered; else FFFFFFFFh.</summary>
    public TargetTransferTag TargetTransferTag
    {
        get => new(_bhs.GetUInt32(20));
        set => _bhs.SetUInt32(20, value.Value);
    }

    /// <summary>CmdSN.</summary>
    public CmdSn CmdSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpStatSN: every status before it has arrived.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }
}
