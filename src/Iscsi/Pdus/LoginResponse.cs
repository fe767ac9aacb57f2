namespace Lunette.Iscsi;

/// <summary>
/// Login Response (RFC 7143 section 11.13). The target's part of a login.
/// <code>
/// byte  1  T C . . CSG NSG byte  2  Version-max          byte  3  Version-active
/// byte  8  ISID (6)        byte 14  TSIH                 byte 16  Initiator Task Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 36  Status-Class    byte 37  Status-Detail
/// byte 48  text
/// </code>
/// </summary>
public readonly ref struct LoginResponse : IPdu<LoginResponse>
{
    private readonly BasicHeaderSegment _bhs;

    private LoginResponse(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.LoginResponse;

    /// <inheritdoc/>
    public static LoginResponse Over(BasicHeaderSegment bhs) => new(bhs);

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

    /// <summary>The version in use.</summary>
    public byte VersionActive { get => _bhs.GetByte(3); set => _bhs.SetByte(3, value); }

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength { get => _bhs.DataSegmentLength; set => _bhs.SetDataSegmentLength(value); }

    /// <summary>ISID: the initiator's part of the session identifier.</summary>
    public Isid Isid { get => Isid.Parse(_bhs.GetSpan(8, 6)); set => value.Write(_bhs.SetSpan(8, 6)); }

    /// <summary>TSIH: the target's part of the session identifier; 0 asks for a new session.</summary>
    public Tsih Tsih { get => new(_bhs.GetUInt16(14)); set => _bhs.SetUInt16(14, value.Value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>Status-Class and Status-Detail.</summary>
    public LoginStatus Status { get => (LoginStatus)_bhs.GetUInt16(36); set => _bhs.SetUInt16(36, (ushort)value); }
}
