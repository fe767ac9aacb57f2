using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Tasks;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Iscsi.Sessions;

/// <summary>
/// One iSCSI session (RFC 7143 section 4.4.3): its command window, its tasks and its connection. It lives on its loop;
/// what others may do from elsewhere is said at each member. It outlives its connection until the framework has let go
/// of everything it had in progress.
/// </summary>
internal sealed class TargetSession
{
    private readonly IscsiPortProvider _provider;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closing;
    private Action? _whenClosed;
    private LogoutDeadline? _logoutAsked;       // before the connection was here to say it
    private int _closesWithoutLoop;

    public TargetSession(
        IscsiPortProvider provider, IscsiTargetPort? port, SessionKey key, Tsih tsih, Loop loop, ItNexus? nexus,
        LoginIdentity identity)
    {
        _provider = provider;
        Port = port;
        Key = key;
        Tsih = tsih;
        Loop = loop;
        Nexus = nexus;
        Identity = identity;
        ExpCmdSn = identity.CmdSn;
        var options = provider.Options;
        Tasks = new TaskSlots(this, options);
        Held = new HeldRequests(options.WidestWindow);
    }

    public IscsiTargetPort? Port { get; }

    public SessionKey Key { get; }

    public Tsih Tsih { get; }

    public Loop Loop { get; }

    /// <summary>Null in a discovery session.</summary>
    public ItNexus? Nexus { get; }

    public LoginIdentity Identity { get; }

    public TaskSlots Tasks { get; }

    /// <summary>Requests that came before their turn.</summary>
    public HeldRequests Held { get; }

    /// <summary>Large transfers that wait for their logical unit's turn; none until there is one.</summary>
    public UnitTurns? Turns { get; private set; }

    public IscsiPortProvider Provider => _provider;

    public BufferPool Buffers => _provider.Buffers;

    /// <summary>The next command expected.</summary>
    public CmdSn ExpCmdSn { get; set; }

    /// <summary>The last command accepted: as many as there are free places.</summary>
    public CmdSn MaxCmdSn => ExpCmdSn.Advance((uint)(Tasks.Free - 1));

    public CommandWindow Window => new(ExpCmdSn, MaxCmdSn);

    /// <summary>Null when there is none any more, or not yet.</summary>
    public TargetConnection? Connection { get; private set; }

    public bool IsClosing => _closing;

    /// <summary>Why the session was ended first; <see cref="DropReason.None"/> while it is not.</summary>
    public DropReason EndedBecause { get; private set; }

    /// <summary>Done when nothing of the session is left; any thread.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Ends the session: the connection goes, tasks are aborted. Any thread; where its loop has ended nobody
    /// else is with it any more, and it ends here.</summary>
    public void RequestClose(DropReason reason) => Loop.Post(new CloseWork(this, reason));

    /// <summary>Asks the initiator to log out, and ends the session at the deadline. Any thread.</summary>
    public void RequestLogout(TimeSpan within) => Loop.Post(new LogoutWork(this, within));

    /// <summary>Ends the session; on its loop.</summary>
    /// <param name="reason">Why the connection goes, when it is still there.</param>
    /// <param name="whenClosed">Runs on the loop when nothing of it is left.</param>
    public void Close(DropReason reason, Action? whenClosed = null)
    {
        _whenClosed += whenClosed;
        if (_closing) return;
        _closing = true;
        EndedBecause = reason == DropReason.None ? DropReason.Ended : reason;
        if (whenClosed is null) Connection?.Drop(reason);
        Held.Release();
        if (Nexus is null) Finish();
        else _provider.Framework.CloseSession(Nexus, new ClosedWork(this));
    }

    /// <summary>
    /// The connection has come to the session's loop. What was wished of the session while it was on its way, after the
    /// login was answered, happens now: the initiator cannot tell the difference.
    /// </summary>
    public void ConnectionCame(TargetConnection connection)
    {
        if (_closing)
        {
            connection.Drop(EndedBecause);
            return;
        }
        Connection = connection;
        if (_logoutAsked is not { } asked) return;
        Loop.Disarm(asked);
        connection.AskForLogout(TimeSpan.FromTicks((asked.By - Loop.NowNanoseconds) / 100));
    }

    /// <summary>The connection has ended; so does the session, since there is no recovery above level 0.</summary>
    public void ConnectionClosed()
    {
        Connection = null;
        // What was held for data that will not come any more is over.
        foreach (var task in Tasks.ToArray())
            if (task.EndHeld) Finish(task, answered: false);
        Close(DropReason.None);
    }

    public void Faulted() => Connection?.Drop(DropReason.Fault);

    public DataOutResult RequestDataOut(IscsiTask task, int length) =>
        Connection is { } connection ? connection.RequestDataOut(task, length) : NeverArrives(task);

    /// <summary>Whether a transfer may begin; where it may not, it stands among <see cref="Turns"/>.</summary>
    public bool TryTakeTurn(IscsiTask task, int length)
    {
        if (Connection is not { } connection || connection.MayBeginTransfer) return true;
        (Turns ??= new UnitTurns()).Add(task, length);
        return false;
    }

    public void TaskEnded(IscsiTask task, bool answered)
    {
        if (task.AwaitedTurn > 0) Turns!.Remove(task);
        if (Connection is { } connection) connection.TaskEnded(task, answered);
        else Finish(task, answered: false);
    }

    /// <summary>Releases what a task still holds and makes its place free.</summary>
    public void Finish(IscsiTask task, bool answered)
    {
        task.Account(IscsiPortProvider.ClockOf(Loop), answered);
        if (task.DataIn.Count > 0) task.DataIn.Release();
        if (task.DataOut.Count > 0) task.DataOut.Release();
        if (task.Stash.Count > 0) task.Stash.Release();
        Tasks.Leave(task);
    }

    // The nexus is lost and its tasks are being aborted: the wait ends with that.
    private static DataOutResult NeverArrives(IscsiTask task)
    {
        task.Wanted = 0;
        return DataOutResult.Pending;
    }

    private void ExpectLogout(TimeSpan within)
    {
        if (_logoutAsked is not null) return;
        _logoutAsked = new LogoutDeadline(this, Loop.NowNanoseconds + (long)within.TotalNanoseconds);
        Loop.Arm(_logoutAsked, within);
    }

    private void Finish()
    {
        Port?.SessionClosed(this);
        _provider.SessionClosed(this);
        _whenClosed?.Invoke();
        _closed.SetResult();
    }

    private void CloseWithoutLoop(DropReason reason)
    {
        if (Interlocked.Exchange(ref _closesWithoutLoop, 1) == 0) Close(reason);
    }

    private sealed class ClosedWork(TargetSession session) : LoopWork
    {
        public override void Run() => session.Finish();

        public override void Refused() => session.Finish();
    }

    private sealed class CloseWork(TargetSession session, DropReason reason) : LoopWork
    {
        public override void Run() => session.Close(reason);

        public override void Refused() => session.CloseWithoutLoop(reason);
    }

    private sealed class LogoutWork(TargetSession session, TimeSpan within) : LoopWork
    {
        public override void Run()
        {
            if (session.IsClosing) return;
            if (session.Connection is { } connection) connection.AskForLogout(within);
            else session.ExpectLogout(within);
        }
    }

    private sealed class LogoutDeadline(TargetSession session, long by) : LoopTimer
    {
        /// <summary>On the loop's clock, in nanoseconds.</summary>
        public long By => by;

        public override void Fire() => session.Close(DropReason.LogoutTimedOut);
    }
}
