using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>Logout (RFC 7143 sections 11.14 and 11.15), and the target's wish for one (section 11.9).</content>
internal sealed partial class TargetConnection
{
    private long _logoutBy;             // 0: nobody was asked to log out

    private void ReceiveLogout(in LogoutRequest request)
    {
        Advance(request.Immediate);
        var code = request.Reason switch
        {
            LogoutReason.CloseSession => LogoutResponseCode.Closed,
            LogoutReason.CloseConnection => request.Cid == _login.Identity.Cid
                ? LogoutResponseCode.Closed
                : LogoutResponseCode.CidNotFound,
            _ => LogoutResponseCode.ConnectionRecoveryNotSupported,
        };
        var tag = request.InitiatorTaskTag;
        if (code != LogoutResponseCode.Closed)
        {
            SendLogoutResponse(tag, code);
            return;
        }
        // One connection a session: with either reason the session ends. The answer goes out when nothing of it is
        // left, so that what the initiator does next meets no task of before.
        _leaving = true;
        _dropped = DropReason.LoggedOut;
        _session.Close(DropReason.LoggedOut, () =>
        {
            SendLogoutResponse(tag, LogoutResponseCode.Closed);
            _stream.CloseWhenSent();
        });
    }

    private void SendLogoutResponse(InitiatorTaskTag tag, LogoutResponseCode code)
    {
        var header = BeginHeader();
        var response = Pdu.Begin<LogoutResponse>(header);
        response.Response = code;
        response.InitiatorTaskTag = tag;
        response.StatSn = TakeStatSn();
        response.ExpCmdSn = _session.ExpCmdSn;
        response.MaxCmdSn = _session.MaxCmdSn;
        response.Time2Wait = (ushort)_login.Session.DefaultTime2Wait;
        response.Time2Retain = (ushort)_login.Session.DefaultTime2Retain;
        Seal(header);
    }

    /// <summary>Asks the initiator to log out; whoever has not by the deadline is dropped.</summary>
    public void AskForLogout(TimeSpan within)
    {
        if (_logoutBy != 0 || _leaving) return;
        _logoutBy = Loop.NowNanoseconds + Math.Max(1, (long)within.TotalNanoseconds);
        SendAsynchronousMessage(AsyncEvent.LogoutRequest, (ushort)Math.Clamp(within.TotalSeconds, 0, ushort.MaxValue));
        ArmTimer();
    }

    private void SendAsynchronousMessage(AsyncEvent @event, ushort parameter3)
    {
        var header = BeginHeader();
        var message = Pdu.Begin<AsynchronousMessage>(header);
        message.AsyncEvent = @event;
        message.Parameter3 = parameter3;
        message.StatSn = TakeStatSn();
        message.ExpCmdSn = _session.ExpCmdSn;
        message.MaxCmdSn = _session.MaxCmdSn;
        Seal(header);
    }
}
