using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// Text Response (RFC 7143 section 11.11). Text of the target.
/// <code>
/// byte  1  F C
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 48  text
/// </code>
/// </summary>
public readonly ref struct TextResponse : IPdu<TextResponse>
{
    private readonly BasicHeaderSegment _bhs;

    private TextResponse(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.TextResponse;

    /// <inheritdoc/>
    public static TextResponse Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>F bit: the exchange is over.</summary>
    public bool Final { get => _bhs.GetBit(1, 0x80); set => _bhs.SetBit(1, 0x80, value); }

    /// <summary>C bit: the text goes on in the next PDU.</summary>
    public bool Continue { get => _bhs.GetBit(1, 0x40); set => _bhs.SetBit(1, 0x40, value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>Target Transfer Tag, wanted when F is 0; else FFFFFFFFh.</summary>
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
}
