namespace Lunette.Iscsi;

/// <summary>
/// Logout Request (RFC 7143 section 11.14). Ends a session or a connection.
/// <code>
/// byte  1  F=1 Reason
/// byte 16  Initiator Task Tag                            byte 20  CID
/// byte 24  CmdSN           byte 28  ExpStatSN
/// </code>
/// </summary>
public readonly ref struct LogoutRequest : IPdu<LogoutRequest>
{
    private readonly BasicHeaderSegment _bhs;

    private LogoutRequest(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.LogoutRequest;

    /// <inheritdoc/>
    public static LogoutRequest Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>I bit: delivered at once, outside the command order.</summary>
    public bool Immediate { get => _bhs.GetBit(0, 0x40); set => _bhs.SetBit(0, 0x40, value); }

    /// <summary>Reason.</summary>
    public LogoutReason Reason
    {
        get => (LogoutReason)_bhs.GetBits(1, 0x7F);
        set => _bhs.SetBits(1, 0x7F, (byte)value);
    }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>The connection to close; meaningless when the session is closed.</summary>
    public Cid Cid { get => new(_bhs.GetUInt16(20)); set => _bhs.SetUInt16(20, value.Value); }

    /// <summary>CmdSN.</summary>
    public CmdSn CmdSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpStatSN: every status before it has arrived.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }
}
