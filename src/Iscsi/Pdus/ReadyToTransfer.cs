using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// Ready To Transfer (RFC 7143 section 11.8). The target asks for one burst of Data-Out.
/// <code>
/// byte  1  F=1
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 36  R2TSN           byte 40  Buffer Offset        byte 44  Desired Data Transfer Length
/// </code>
/// </summary>
public readonly ref struct ReadyToTransfer : IPdu<ReadyToTransfer>
{
    private readonly BasicHeaderSegment _bhs;

    private ReadyToTransfer(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.ReadyToTransfer;

    /// <inheritdoc/>
    public static ReadyToTransfer Over(BasicHeaderSegment bhs) => new(bhs);

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

    /// <summary>The next StatSN; an R2T does not use it up.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>R2TSN.</summary>
    public R2TSn R2TSn { get => new(_bhs.GetUInt32(36)); set => _bhs.SetUInt32(36, value.Value); }

    /// <summary>Where the burst begins in the Data-Out Buffer, in bytes.</summary>
    public uint BufferOffset { get => _bhs.GetUInt32(40); set => _bhs.SetUInt32(40, value); }

    /// <summary>Length of the burst, in bytes; not zero.</summary>
    public uint DesiredDataTransferLength { get => _bhs.GetUInt32(44); set => _bhs.SetUInt32(44, value); }
}
