using Lunette.Runtime;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Objects;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

/// <content>Online and offline of target ports and logical units: requests, and waiting for their outcome.</content>
public sealed partial class StmfFramework
{
    /// <summary>
    /// Asks a target port to come online. Accepted when this returns; <see cref="WaitForTargetAsync"/> awaits it.
    /// Already online, or on its way, is success. NotFound, Busy.
    /// </summary>
    public StmfResult OnlineTarget(string name, string cause = "administrator")
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(name, out var port)) return NoTarget(name);
            port.Flaps.Reset();
            return Request(port, ObjectEvent.OnlineRequested, cause);
        }
    }

    /// <summary>
    /// Asks a target port to go offline: no new login, each initiator with a session is asked to log out, what has not
    /// gone by the deadline is dropped. Accepted when this returns; <see cref="WaitForTargetAsync"/> awaits it. Already
    /// offline, or on its way, is success. NotFound, Busy.
    /// </summary>
    /// <param name="name">The target port.</param>
    /// <param name="deadline">How long initiators have; null for the configured time.</param>
    /// <param name="cause">Why, for people.</param>
    public StmfResult OfflineTarget(string name, TimeSpan? deadline = null, string cause = "administrator")
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(name, out var port)) return NoTarget(name);
            if (deadline < TimeSpan.Zero)
                return StmfResult.Refused(Refusal.InvalidArgument, "a deadline is not in the past");
            if (port.State == ObjectState.Online) port.Deadline = deadline ?? _options.TargetOfflineDeadline;
            return Request(port, ObjectEvent.OfflineRequested, cause);
        }
    }

    /// <summary>
    /// Asks a logical unit to come online; then it appears wherever a view entry has it. Accepted when this returns.
    /// NotFound, Busy.
    /// </summary>
    public StmfResult OnlineLogicalUnit(LogicalUnitId id, string cause = "administrator")
    {
        lock (_gate)
        {
            return _units.TryGetValue(id, out var unit)
                ? Request(unit, ObjectEvent.OnlineRequested, cause)
                : NoUnit(id);
        }
    }

    /// <summary>
    /// Asks a logical unit to go offline: it vanishes from every nexus, its tasks are aborted, its store is closed. Its
    /// view entries stay. Accepted when this returns. NotFound, Busy.
    /// </summary>
    public StmfResult OfflineLogicalUnit(LogicalUnitId id, string cause = "administrator")
    {
        lock (_gate)
        {
            return _units.TryGetValue(id, out var unit)
                ? Request(unit, ObjectEvent.OfflineRequested, cause)
                : NoUnit(id);
        }
    }

    /// <summary>
    /// A target port is in trouble (an involuntary offline): it is taken offline and, when wished, brought back, unless
    /// that happens too often.
    /// </summary>
    public StmfResult FaultTarget(string name, string cause, bool recover)
    {
        lock (_gate) return _ports.TryGetValue(name, out var port) ? Fault(port, cause, recover) : NoTarget(name);
    }

    /// <summary>A logical unit is in trouble, such as a task that does not let go: it is taken offline and, when
    /// wished, brought back.</summary>
    public StmfResult FaultLogicalUnit(LogicalUnitId id, string cause, bool recover)
    {
        lock (_gate) return _units.TryGetValue(id, out var unit) ? Fault(unit, cause, recover) : NoUnit(id);
    }

    /// <summary>
    /// Waits until a target port has ended the transition it is in, acknowledgement included, and says whether it is
    /// where it is wished: NotFound, TransitionFailed with the reason.
    /// </summary>
    /// <param name="name">The target port.</param>
    /// <param name="online">Whether it is wished online, or offline.</param>
    /// <param name="stop">Gives up waiting; the transition goes on.</param>
    public ValueTask<StmfResult> WaitForTargetAsync(string name, bool online, CancellationToken stop = default)
    {
        ManagedPort? port;
        lock (_gate) port = _ports.GetValueOrDefault(name);
        return port is null ? new(NoTarget(name)) : WaitForAsync(port, online, stop);
    }

    /// <summary>As <see cref="WaitForTargetAsync"/>, for a logical unit.</summary>
    public ValueTask<StmfResult> WaitForLogicalUnitAsync(
        LogicalUnitId id, bool online, CancellationToken stop = default)
    {
        ManagedUnit? unit;
        lock (_gate) unit = _units.GetValueOrDefault(id);
        return unit is null ? new(NoUnit(id)) : WaitForAsync(unit, online, stop);
    }

    private async ValueTask<StmfResult> WaitForAsync(ManagedObject managed, bool online, CancellationToken stop)
    {
        Task settled;
        lock (_gate) settled = managed.Settled;
        if (!await settled.CompletesAsync(stop)) throw new OperationCanceledException(stop);
        await settled;
        lock (_gate)
        {
            var reached = online
                ? managed.State == ObjectState.Online
                : managed.State is ObjectState.Offline or ObjectState.ForcedOffline;
            return reached
                ? StmfResult.Success
                : StmfResult.Refused(
                    Refusal.TransitionFailed,
                    $"{managed.Name} is {managed.State}" + (managed.LastFailure is { } why ? ": " + why : ""));
        }
    }

    /// <summary>Under the lock: fires a request and queues what it asks for.</summary>
    private StmfResult Request(ManagedObject managed, ObjectEvent request, string cause)
    {
        if (_loading.State == ConfigurationState.Init)
            return StmfResult.Refused(Refusal.Busy, "the configuration is being loaded");
        switch (Fire(managed, request, cause))
        {
            case ObjectAction.StartOnline:
                Begin(managed, ServiceWorkKind.StartOnline, cause);
                break;
            case ObjectAction.StartOffline:
                Begin(managed, ServiceWorkKind.StartOffline, cause);
                break;
            case ObjectAction.RefuseBusy:
                return StmfResult.Refused(Refusal.Busy, $"{managed.Name} is {managed.State}");
            case ObjectAction.RefuseForced:
                return StmfResult.Refused(
                    Refusal.Busy, $"{managed.Name} was forced offline; only an explicit request brings it back");
        }
        return StmfResult.Success;
    }

    private void Begin(ManagedObject managed, ServiceWorkKind kind, string cause)
    {
        managed.Cause = cause;
        managed.LastFailure = null;
        managed.RecoverWhenOffline = false;
        managed.BeginTransition();
        _work.Writer.TryWrite(new(kind, managed));
        _events.Publish(managed.StateChanged());
        EvaluateService();
    }

    private StmfResult Fault(ManagedObject managed, string cause, bool recover)
    {
        var wasOnline = managed.State == ObjectState.Online;
        var outcome = Request(managed, ObjectEvent.OfflineRequested, cause);
        if (wasOnline && outcome.Succeeded) managed.RecoverWhenOffline = recover;
        return outcome;
    }

    private static StmfResult NoTarget(string name) => StmfResult.Refused(Refusal.NotFound, $"no target {name}");

    private static StmfResult NoUnit(LogicalUnitId id) =>
        StmfResult.Refused(Refusal.NotFound, $"logical unit {id} is not registered");
}
