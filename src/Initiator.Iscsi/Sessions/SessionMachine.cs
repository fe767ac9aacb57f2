using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// One session as its initiator sees it (RFC 7143 sections 4.2 and 6): command order, window, tasks, recovery. It lives
/// on one loop, has one connection at a time (error recovery level 0: a lost connection is a lost session, which is
/// then reinstated), and does no I/O of its own: connections append and frame, loops keep time.
/// </summary>
internal sealed partial class SessionMachine : ConnectionClient
{
    private const int HistoryLength = 64;

    private readonly IscsiInitiatorOptions _node;
    private readonly IscsiSessionOptions _options;
    private readonly IStreamDialer _dialer;
    private readonly SessionBatch _batch;
    private readonly IscsiSessionStep[] _history = new IscsiSessionStep[HistoryLength];
    private readonly TaskCompletionSource _established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SessionTimer[] _connectionTimers;
    private Action<IscsiSessionNotice>? _observer;
    private InitiatorConnection? _connection;
    private volatile IscsiSessionSettings? _settings;
    private volatile IscsiFault? _fault;
    private int _state = (int)IscsiSessionState.Connecting;
    private long _steps;
    private bool _closing;
    private bool _everLoggedIn;

    public SessionMachine(IscsiInitiator initiator, IscsiSessionOptions options)
        : this(initiator, options, initiator.NextDialer())
    {
    }

    private SessionMachine(IscsiInitiator initiator, IscsiSessionOptions options, IStreamDialer dialer)
        : base(initiator, dialer.Loop)
    {
        var node = initiator.Options;
        _node = node;
        _options = options;
        _dialer = dialer;
        _batch = new SessionBatch(this);
        _observer = options.Observer;
        _portals = [.. options.Portals];
        _isid = node.MakeIsid();
        _retry = new SessionTimer(this, static machine => machine.Apply(SessionEvent.RetryDue));
        _connectDeadline = new SessionTimer(this, static machine => machine.ConnectTookTooLong());
        _drainDeadline = new SessionTimer(this, static machine => machine.DrainTookTooLong());
        _logoutDeadline = new SessionTimer(this, static machine => machine.LogoutTookTooLong());
        _ping = new SessionTimer(this, static machine => machine.LookForLife());
        _abortDeadline = new SessionTimer(this, static machine => machine.LookForOverdueAborts());
        _verifyDeadline = new SessionTimer(this, static machine => machine.VerifyTookTooLong());
        _windowDeadline = new SessionTimer(this, static machine => machine.WindowStayedClosed());
        _connectionTimers =
            [_ping, _abortDeadline, _drainDeadline, _logoutDeadline, _verifyDeadline, _windowDeadline];
        _continuations = options.InlineContinuations
            ? null
            : new ContinuationQueue(dialer.Loop, options.QueueDepth + options.PendingMax, node.Time);
        Tasks = new TaskPool(this, options.QueueDepth + options.PendingMax, _continuations);
        _identityTask = new IdentityTask(this, options.QueueDepth + options.PendingMax);
        _tasks = new SessionTask[_identityTask.Index + 1];
        foreach (var task in Tasks.All) _tasks[task.Index] = task;
        _tasks[_identityTask.Index] = _identityTask;
    }

    /// <summary>Tasks for callers.</summary>
    public TaskPool Tasks { get; }

    /// <summary>Ends when the session is established for the first time, or never will be.</summary>
    public Task Established => _established.Task;

    // What any thread may look at.
    public IscsiSessionState State => (IscsiSessionState)Volatile.Read(ref _state);

    public IscsiFault? EndFault => _fault;

    public IscsiSessionSettings? Settings => _settings;

    /// <summary>The last transitions, oldest first; on the loop only.</summary>
    public IReadOnlyList<IscsiSessionStep> History
    {
        get
        {
            var count = (int)Math.Min(_steps, HistoryLength);
            var steps = new IscsiSessionStep[count];
            for (var i = 0; i < count; i++) steps[i] = _history[(_steps - count + i) % HistoryLength];
            return steps;
        }
    }

    /// <summary>Nobody wants it any more. Any thread.</summary>
    public void AskForClose()
    {
        if (State != IscsiSessionState.Ended) Post(Call(Close));
    }

    public override void Close()
    {
        if (_closing) return;
        _closing = true;
        Apply(SessionEvent.CloseAsked);
    }

    /// <summary>Drops the connection, for whatever reason; the session comes back if it may.</summary>
    public void DropConnection(IscsiFault fault) => _connection?.Drop(fault);

    public override void Fault(IscsiFault fault)
    {
        _closing = true;
        if (_connection is { } connection) connection.Drop(fault);
        else if (State != IscsiSessionState.Ended) Finish(fault);
        // What has ended before is told, whatever the fault kept from running.
        if (IsBegun) NeedBatch();
    }

    protected override void Begin() => Dial();

    private void Apply(SessionEvent happened)
    {
        var row = SessionTransitions.Find(State, happened);
        _history[_steps++ % HistoryLength] = new(Loop.NowNanoseconds, row.From, happened.ToString(), row.To);
        Volatile.Write(ref _state, (int)row.To);
        switch (row.Action)
        {
            case SessionAction.Dial: Dial(); break;
            case SessionAction.Verify: Verify(); break;
            case SessionAction.Resume: Resume(); break;
            case SessionAction.Drain: BeginDrain(); break;
            case SessionAction.LogOut: LogOut(); break;
            case SessionAction.Drop: _connection?.Drop(ClosedByCaller); break;
            case SessionAction.AwaitRetry: AwaitRetry(); break;
            case SessionAction.End: End(); break;
            default: break;
        }
    }

    private static IscsiFault ClosedByCaller { get; } = new(IscsiFaultKind.Closed, "the session was closed");

    private void Finish(IscsiFault fault)
    {
        _fault ??= fault;
        Apply(SessionEvent.Finished);
    }

    private void End()
    {
        var fault = _fault ??= ClosedByCaller;
        _dial?.Abandon();
        Loop.Disarm(_retry);
        Loop.Disarm(_connectDeadline);
        DisarmOfConnection();
        EndEveryTask(CommandOutcome.SessionEnded, fault);
        if (!_everLoggedIn) _established.TrySetException(new IscsiException(fault));
        Tell(new(IscsiSessionNoticeKind.Ended, fault));
        _continuations?.Over();
        HasEnded();
    }

    private void DisarmOfConnection()
    {
        foreach (var timer in _connectionTimers) Loop.Disarm(timer);
    }

    // An observer that throws has broken its promise: the session says so and ends, and nobody is left waiting.
    private void Tell(in IscsiSessionNotice notice)
    {
        try
        {
            _observer?.Invoke(notice);
        }
        catch (Exception thrown)
        {
            _observer = null;
            Loop.Post(Call(() => Fault(
                new IscsiFault(IscsiFaultKind.Internal, $"the observer of the session threw: {thrown.Message}"))));
        }
    }

    private sealed class SessionTimer(SessionMachine machine, Action<SessionMachine> fire) : LoopTimer
    {
        public override void Fire() => fire(machine);

        public override void Faulted(Exception fault) => machine.Fault(fault);
    }

    private sealed class SessionBatch(SessionMachine machine) : BatchWork
    {
        public override void RunAtBatchEnd() => machine.BatchEnding();

        public override void Faulted(Exception fault) => machine.Fault(fault);
    }
}
