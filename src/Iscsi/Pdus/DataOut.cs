using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// SCSI Data-Out (RFC 7143 section 11.7). Data from the initiator, solicited by an R2T or not.
/// <code>
/// byte  1  F
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Target Transfer Tag
/// byte 28  ExpStatSN       byte 36  DataSN               byte 40  Buffer Offset
/// byte 48  data
/// </code>
/// </summary>
public readonly ref struct DataOut : IPdu<DataOut>
{
    private readonly BasicHeaderSegment _bhs;

    private DataOut(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.DataOut;

    /// <inheritdoc/>
    public static DataOut Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>F bit: the last PDU of its sequence.</summary>
    public bool Final { get => _bhs.GetBit(1, 0x80); set => _bhs.SetBit(1, 0x80, value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>Target Transfer Tag of the R2T; FFFFFFFFh when unsolicited.</summary>
    public TargetTransferTag TargetTransferTag
    {
        get => new(_bhs.GetUInt32(20));
        set => _bhs.SetUInt32(20, value.Value);
    }

    /// <summary>ExpStatSN: every status before it has arrived.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>DataSN within the sequence.</summary>
    public DataSn DataSn { get => new(_bhs.GetUInt32(36)); set => _bhs.SetUInt32(36, value.Value); }

    /// <summary>Where the data belongs in the Data-Out Buffer, in bytes.</summary>
    public uint BufferOffset { get => _bhs.GetUInt32(40); set => _bhs.SetUInt32(40, value); }
}
