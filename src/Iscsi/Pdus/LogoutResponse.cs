namespace Lunette.Iscsi;

/// <summary>
/// Logout Response (RFC 7143 section 11.15). Says how the logout went.
/// <code>
/// byte  1  F=1             byte  2  Response
/// byte 16  Initiator Task Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// byte 40  Time2Wait       byte 42  Time2Retain
/// </code>
/// </summary>
public readonly ref struct LogoutResponse : IPdu<LogoutResponse>
{
    private readonly BasicHeaderSegment _bhs;

    private LogoutResponse(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.LogoutResponse;

    /// <inheritdoc/>
    public static LogoutResponse Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>Response.</summary>
    public LogoutResponseCode Response
    {
        get => (LogoutResponseCode)_bhs.GetByte(2);
        set => _bhs.SetByte(2, (byte)value);
    }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>Seconds to wait before a reinstatement or reassignment.</summary>
    public ushort Time2Wait { get => _bhs.GetUInt16(40); set => _bhs.SetUInt16(40, value); }

    /// <summary>Seconds after that for which tasks are kept.</summary>
    public ushort Time2Retain { get => _bhs.GetUInt16(42); set => _bhs.SetUInt16(42, value); }
}
