namespace Lunette.Iscsi;

/// <summary>
/// Login Request (RFC 7143 section 11.12). One step of a login.
/// <code>
/// byte  0  . 1 000011      byte  1  T C . . CSG NSG      byte  2  Version-max
/// byte  3  Version-min     byte  8  ISID (6)             byte 14  TSIH
/// byte 16  Initiator Task Tag                            byte 20  CID
/// byte 24  CmdSN           byte 28  ExpStatSN
/// byte 48  text
/// </code>
/// </summary>
public readonly ref struct LoginRequest : IPdu<LoginRequest>
{
    private readonly BasicHeaderSegment _bhs;

    private LoginRequest(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.LoginRequest;

    /// <inheritdoc/>
    public static LoginRequest Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>T bit: ready to leave the current stage for the next.</summary>
    public bool Transit { get => _bhs.GetBit(1, 0x80); set => _bhs.SetBit(1, 0x80, value); }

    /// <summary>C bit: the text goes on in the next PDU.</summary>
    public bool Continue { get => _bhs.GetBit(1, 0x40); set => _bhs.SetBit(1, 0x40, value); }

    /// <summary>CSG.</summary>
    public LoginStage CurrentStage
    {
        get => (LoginStage)(_bhs.GetBits(1, 0x0C) >> 2);
        set => _bhs.SetBits(1, 0x0C, (byte)((int)value << 2));
    }

    /// <summary>NSG; meaningful with T.</summary>
    public LoginStage NextStage
    {
        get => (LoginStage)_bhs.GetBits(1, 0x03);
        set => _bhs.SetBits(1, 0x03, (byte)value);
    }

    /// <summary>Highest version supported.</summary>
    public byte VersionMax { get => _bhs.GetByte(2); set => _bhs.SetByte(2, value); }

    /// <summary>Lowest version supported.</summary>
    public byte VersionMin { get => _bhs.GetByte(3); set => _bhs.SetByte(3, value); }

    /// <summary>Length of all additional header segments, in bytes; zero in a lawful login.</summary>
    public int TotalAhsLength { get => _bhs.TotalAhsLength; set => _bhs.SetTotalAhsLength(value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>ISID: the initiator's part of the session identifier.</summary>
    public Isid Isid { get => Isid.Parse(_bhs.GetSpan(8, 6)); set => value.Write(_bhs.SetSpan(8, 6)); }

    /// <summary>TSIH: the target's part of the session identifier; 0 asks for a new session.</summary>
    public Tsih Tsih { get => new(_bhs.GetUInt16(14)); set => _bhs.SetUInt16(14, value.Value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>CID: the connection, by the initiator's number.</summary>
    public Cid Cid { get => new(_bhs.GetUInt16(20)); set => _bhs.SetUInt16(20, value.Value); }

    /// <summary>CmdSN: the first of the session; the same in every request of a leading login.</summary>
    public CmdSn CmdSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpStatSN; of the first request, what a connection to be reinstated expects.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }
}
