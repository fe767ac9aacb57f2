using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    private const uint LogoutTag = 0xC002;

    private readonly SessionTimer _drainDeadline;
    private readonly SessionTimer _logoutDeadline;
    private TimeSpan _drainTime;

    // What is on the wire may end; what is not waits for the session to come back, or is told that it has ended.
    private void BeginDrain()
    {
        Loop.Arm(_drainDeadline, _closing ? _options.LogoutTimeout : _drainTime);
        if (_closing) EndPending(CommandOutcome.SessionEnded, ClosedByCaller);
        NeedBatch();        // the end of the batch finds out that nothing is on the wire
    }

    private void DrainTookTooLong()
    {
        if (State == IscsiSessionState.Draining) Apply(SessionEvent.Drained);
    }

    // RFC 7143 section 11.14; a session with one connection is closed as a whole.
    private void LogOut()
    {
        Loop.Disarm(_drainDeadline);
        Loop.Arm(_logoutDeadline, _options.LogoutTimeout);
        var connection = _connection!;
        var header = connection.BeginHeader();
        var pdu = Pdu.Begin<LogoutRequest>(header);
        pdu.Immediate = true;
        pdu.Reason = LogoutReason.CloseSession;
        pdu.InitiatorTaskTag = new(LogoutTag);
        pdu.CmdSn = _cmdSn;
        pdu.ExpStatSn = _expStatSn;
        connection.EndHeader(header);
    }

    private IscsiFault? ReceiveLogout(LogoutResponse pdu)
    {
        if (State != IscsiSessionState.LoggingOut || pdu.InitiatorTaskTag.Value != LogoutTag)
            return UnknownTag("a Logout Response", pdu.InitiatorTaskTag);
        if (pdu.Response == LogoutResponseCode.Closed)
            _wantedPauseSeconds = Math.Min((int)pdu.Time2Wait, TimeToWaitMax);
        return _closing
            ? ClosedByCaller
            : new(IscsiFaultKind.EndedByTarget, "the target asked for a logout, and the session was logged out");
    }

    private void LogoutTookTooLong() =>
        _connection?.Drop(new(IscsiFaultKind.TimedOut, "the target did not answer the logout"));
}
