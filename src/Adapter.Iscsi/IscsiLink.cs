using Lunette.Adapter.Transports;
using Lunette.Initiator.Iscsi;
using Lunette.Scsi;

namespace Lunette.Adapter.Iscsi;

/// <summary>
/// The session with one target. Requests come on the adapter's loop, notices and answers on the session's, so what they
/// share changes under a leaf lock. Requests that arrive while the session is being made wait for it.
/// </summary>
#pragma warning disable CA1001 // CloseAsync disposes of it.
internal sealed class IscsiLink
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly Stack<IscsiCommandSlot> _idle = [];
    private readonly Queue<TransportRequest> _waiting = [];
    private readonly IscsiTransport _transport;
    private readonly IscsiInitiator _initiator;
    private readonly IscsiSessionOptions _options;
    private readonly CancellationTokenSource _closing = new();
    private Task _connecting = Task.CompletedTask;
    private IscsiSession? _session;
    private readonly List<TransportManagement> _resets = [];        // all are answered by the one that runs
    private bool _isConnecting;
    private bool _closed;

    public IscsiLink(IscsiTransport transport, IscsiInitiator initiator, IscsiBinding binding)
    {
        _transport = transport;
        _initiator = initiator;
        ScsiId = binding.ScsiId;
        var told = binding.Session.Observer;
        _options = binding.Session with
        {
            Replay = ReplayPolicy.Never,
            InlineContinuations = true,
            Observer = notice =>
            {
                Noticed(notice);
                told?.Invoke(notice);
            },
        };
    }

    public ulong ScsiId { get; }

    public string TargetName => _options.TargetName.ToString();

    public IscsiSessionSettings? Settings
    {
        get
        {
            lock (_gate) return _session is { State: not IscsiSessionState.Ended } session ? session.Settings : null;
        }
    }

    /// <summary>Whether a bus reset runs: what it ends was ended by us.</summary>
    public bool IsResetting
    {
        get
        {
            lock (_gate) return _resets.Count > 0;
        }
    }

    public void Enter(TransportRequest request)
    {
        IscsiSession? session;
        TaskCompletionSource? connected = null;
        lock (_gate)
        {
            session = _session is { State: not IscsiSessionState.Ended } alive ? alive : null;
            if (session is null && !_closed)
            {
                _waiting.Enqueue(request);
                if (_isConnecting) return;
                _isConnecting = true;
                _session = null;
                connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _connecting = connected.Task;
            }
        }
        // The owner's observer may be told from within that it has failed: no lock is held.
        if (connected is not null) _ = ConnectAsync(connected);
        else if (session is null) request.Complete(TransportOutcome.NoDevice);
        else Go(session, request);
    }

    public async Task CloseAsync()
    {
        Task connecting;
        lock (_gate)
        {
            _closed = true;
            connecting = _connecting;
        }
        await _closing.CancelAsync().ConfigureAwait(false);
        await connecting.ConfigureAwait(false);
        if (_session is { } session) await session.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task ConnectAsync(TaskCompletionSource connected)
    {
        IscsiSession? session = null;
        var outcome = TransportOutcome.Answered;
        try
        {
            session = await IscsiSession.ConnectAsync(_initiator, _options, _closing.Token).ConfigureAwait(false);
        }
        catch (IscsiException failed)
        {
            outcome = OutcomeOf(failed.Fault);
        }
        catch (Exception refused)
            when (refused is OperationCanceledException or ObjectDisposedException or ArgumentException)
        {
            // Closed meanwhile, or the initiator is gone; or the session cannot be made as it is described.
            outcome = TransportOutcome.NoDevice;
        }
        TransportRequest[] waited;
        lock (_gate)
        {
            _session = session;
            _isConnecting = false;
            waited = [.. _waiting];
            _waiting.Clear();
        }
        foreach (var request in waited)
        {
            if (session is null) request.Complete(outcome);
            else Go(session, request);
        }
        connected.SetResult();
    }

    // Who refuses, or is not there, does not answer to selection; who goes silent is a fault of the bus.
    private static TransportOutcome OutcomeOf(IscsiFault fault) => fault.Kind switch
    {
        IscsiFaultKind.ConnectFailed or IscsiFaultKind.LoginRefused or IscsiFaultKind.LoginFailed
            or IscsiFaultKind.RedirectedTooOften or IscsiFaultKind.Closed => TransportOutcome.NoDevice,
        _ => TransportOutcome.ConnectionLost,
    };

    private void Go(IscsiSession session, TransportRequest request)
    {
        switch (request)
        {
            case TransportCommand command:
                IscsiCommandSlot? slot;
                lock (_gate) slot = _idle.TryPop(out var idle) ? idle : null;
                (slot ?? new IscsiCommandSlot(this)).Start(session, command);
                break;
            case TransportManagement { Function: TaskManagementFunction.ItNexusReset } reset:
                Reset(session, reset);
                break;
            case TransportManagement { Function: TaskManagementFunction.AbortTask } abort:
                Abort(abort);
                break;
            case TransportManagement management:
                _ = ManageAsync(session, management);
                break;
            default:
                request.Complete(TransportOutcome.Answered);
                break;
        }
    }

    public void Recycle(IscsiCommandSlot slot)
    {
        lock (_gate) _idle.Push(slot);
    }

    // The command's own end answers the abort; to abort what has ended succeeds.
    private static void Abort(TransportManagement abort)
    {
        abort.Response = ServiceResponse.FunctionComplete;
        if (abort.Command?.TransportState is IscsiCommandSlot slot) slot.Abort(abort);
        else abort.Complete(TransportOutcome.Answered);
    }

    private static async Task ManageAsync(IscsiSession session, TransportManagement management)
    {
        var result = await session.ManageAsync(management.Function, management.Lun).ConfigureAwait(false);
        management.Response = result.Response;
        management.Complete(result.Fault is null ? TransportOutcome.Answered : TransportOutcome.ConnectionLost);
    }

    // AIX's bus reset: the connection is dropped, the target ends every task, the session is made again.
    private void Reset(IscsiSession session, TransportManagement reset)
    {
        lock (_gate)
        {
            _resets.Add(reset);
            if (_resets.Count > 1) return;
        }
        session.Reinstate("a bus reset was asked for");
        // One that has ended meanwhile may have told so before it was asked, and says nothing more.
        if (session.State == IscsiSessionState.Ended) Noticed(new(IscsiSessionNoticeKind.Ended));
    }

    private void Noticed(in IscsiSessionNotice notice)
    {
        if (notice.Kind is not (IscsiSessionNoticeKind.LoggedIn or IscsiSessionNoticeKind.ConnectionLost
            or IscsiSessionNoticeKind.Ended))
            return;
        TransportManagement[] resets;
        lock (_gate)
        {
            resets = [.. _resets];
            if (resets.Length > 0 && notice.Kind == IscsiSessionNoticeKind.ConnectionLost) return;
            _resets.Clear();
        }
        if (resets.Length == 0 && notice.Kind == IscsiSessionNoticeKind.ConnectionLost)
            _transport.Observer?.TargetReset(ScsiId);
        foreach (var reset in resets)
        {
            reset.Response = ServiceResponse.FunctionComplete;
            reset.Complete(notice.Kind == IscsiSessionNoticeKind.LoggedIn
                ? TransportOutcome.Answered
                : TransportOutcome.NoDevice);
        }
    }
}
