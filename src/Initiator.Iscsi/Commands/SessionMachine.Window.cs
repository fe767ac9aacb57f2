using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

/// <content>
/// A window that stays closed. A target that has no command of ours and takes none has nothing left to answer that
/// could open it again; it may be short of something for a while, but not for ever.
/// </content>
internal sealed partial class SessionMachine
{
    private readonly SessionTimer _windowDeadline;
    private CmdSn _closedAt;

    // At the end of a batch in which nothing went, and nothing is under way.
    private void WatchWindow()
    {
        if (State != IscsiSessionState.LoggedIn || _windowDeadline.Armed && _closedAt == _cmdSn) return;
        _closedAt = _cmdSn;
        Loop.Arm(_windowDeadline, _options.WindowTimeout);
    }

    private void WindowStayedClosed()
    {
        if (State != IscsiSessionState.LoggedIn || _pending.Count == 0 || _closedAt != _cmdSn) return;
        _isOfNoUse = true;
        _connection?.Drop(new(
            IscsiFaultKind.TimedOut,
            $"the target took no command for {_options.WindowTimeout} and had none to answer"));
    }
}
