using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// SNACK Request (RFC 7143 section 11.16). Asks for PDUs again, or acknowledges Data-In.
/// <code>
/// byte  1  F=1 . . . Type
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag or SNACK Tag
/// byte 28  ExpStatSN       byte 40  BegRun               byte 44  RunLength
/// </code>
/// </summary>
public readonly ref struct SnackRequest : IPdu<SnackRequest>
{
    private readonly BasicHeaderSegment _bhs;

    private SnackRequest(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.SnackRequest;

    /// <inheritdoc/>
    public static SnackRequest Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>Type.</summary>
    public SnackType Type
    {
        get => (SnackType)_bhs.GetBits(1, 0x0F);
        set => _bhs.SetBits(1, 0x0F, (byte)value);
    }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>Target Transfer Tag of a DataACK, or the SNACK Tag of an R-Data; else FFFFFFFFh.</summary>
    public TargetTransferTag TargetTransferTag
    {
        get => new(_bhs.GetUInt32(20));
        set => _bhs.SetUInt32(20, value.Value);
    }

    /// <summary>ExpStatSN: every status before it has arrived.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>First DataSN, R2TSN or StatSN wanted; of a DataACK, the next one expected.</summary>
    public uint BegRun { get => _bhs.GetUInt32(40); set => _bhs.SetUInt32(40, value); }

    /// <summary>How many; 0 is all from BegRun on.</summary>
    public uint RunLength { get => _bhs.GetUInt32(44); set => _bhs.SetUInt32(44, value); }
}
