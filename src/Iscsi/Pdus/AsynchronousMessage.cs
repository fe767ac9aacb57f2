using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// Asynchronous Message (RFC 7143 section 11.9). An event the target reports without being asked.
/// <code>
/// byte  1  F=1
/// byte  8  LUN             byte 16  FFFFFFFFh
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 36  AsyncEvent      byte 37  AsyncVCode           byte 38  Parameter1
/// byte 40  Parameter2      byte 42  Parameter3
/// byte 48  SenseLength (2) and sense data, or vendor data
/// </code>
/// </summary>
public readonly ref struct AsynchronousMessage : IPdu<AsynchronousMessage>
{
    private readonly BasicHeaderSegment _bhs;

    private AsynchronousMessage(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.AsynchronousMessage;

    /// <inheritdoc/>
    public static AsynchronousMessage Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>AsyncEvent.</summary>
    public AsyncEvent AsyncEvent { get => (AsyncEvent)_bhs.GetByte(36); set => _bhs.SetByte(36, (byte)value); }

    /// <summary>AsyncVCode; vendor specific.</summary>
    public byte AsyncVCode { get => _bhs.GetByte(37); set => _bhs.SetByte(37, value); }

    /// <summary>Parameter1: the CID of a dropped connection.</summary>
    public ushort Parameter1 { get => _bhs.GetUInt16(38); set => _bhs.SetUInt16(38, value); }

    /// <summary>Parameter2: Time2Wait, in seconds.</summary>
    public ushort Parameter2 { get => _bhs.GetUInt16(40); set => _bhs.SetUInt16(40, value); }

    /// <summary>Parameter3: Time2Retain, or the time to log out or negotiate in, in seconds.</summary>
    public ushort Parameter3 { get => _bhs.GetUInt16(42); set => _bhs.SetUInt16(42, value); }
}
