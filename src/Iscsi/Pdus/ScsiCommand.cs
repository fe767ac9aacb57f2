using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// SCSI Command (RFC 7143 section 11.3). Carries a CDB, and immediate data behind it.
/// <code>
/// byte  1  F R W . . ATTR  byte  2  . . . . PRI
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Expected Data Transfer Length
/// byte 24  CmdSN           byte 28  ExpStatSN            byte 32  CDB (16)
/// byte 48  AHS             then     immediate data
/// </code>
/// </summary>
public readonly ref struct ScsiCommand : IPdu<ScsiCommand>
{
    private readonly BasicHeaderSegment _bhs;

    private ScsiCommand(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.ScsiCommand;

    /// <inheritdoc/>
    public static ScsiCommand Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>I bit: delivered at once, outside the command order.</summary>
    public bool Immediate { get => _bhs.GetBit(0, 0x40); set => _bhs.SetBit(0, 0x40, value); }

    /// <summary>F bit: no unsolicited Data-Out follows.</summary>
    public bool Final { get => _bhs.GetBit(1, 0x80); set => _bhs.SetBit(1, 0x80, value); }

    /// <summary>R bit: data is expected to flow in.</summary>
    public bool Read { get => _bhs.GetBit(1, 0x40); set => _bhs.SetBit(1, 0x40, value); }

    /// <summary>W bit: data is expected to flow out.</summary>
    public bool Write { get => _bhs.GetBit(1, 0x20); set => _bhs.SetBit(1, 0x20, value); }

    /// <summary>ATTR field.</summary>
    public TaskAttributeCode Attribute
    {
        get => (TaskAttributeCode)_bhs.GetBits(1, 0x07);
        set => _bhs.SetBits(1, 0x07, (byte)value);
    }

    /// <summary>Task priority, 0 to 15; 0 is none given (RFC 7144, from iSCSIProtocolLevel 2 on).</summary>
    public byte Priority { get => _bhs.GetBits(2, 0x0F); set => _bhs.SetBits(2, 0x0F, value); }

    /// <summary>Length of all additional header segments, in bytes.</summary>
    public int TotalAhsLength { get => _bhs.TotalAhsLength; set => _bhs.SetTotalAhsLength(value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>Bytes to transfer; of a bidirectional command, bytes to write.</summary>
    public uint ExpectedDataTransferLength { get => _bhs.GetUInt32(20); set => _bhs.SetUInt32(20, value); }

    /// <summary>CmdSN.</summary>
    public CmdSn CmdSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpStatSN: every status before it has arrived.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>The first 16 bytes of the CDB, padded with zeroes.</summary>
    public ReadOnlySpan<byte> Cdb { get => _bhs.GetSpan(32, 16); set => value.CopyTo(_bhs.SetSpan(32, 16)); }
}
