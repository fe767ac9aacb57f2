using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Objects;

/// <summary>
/// A registered target port or logical unit with its online/offline machine. The framework's lock guards it, except for
/// the calls to the provider, which the service task makes one at a time for each object.
/// </summary>
internal abstract class ManagedObject(TimeProvider time)
{
    private TaskCompletionSource? _settled;

    public Machine<ObjectState, ObjectEvent, ObjectAction> Machine { get; } =
        new(ObjectTransitions.Table, ObjectState.Offline, time);

    /// <summary>For people.</summary>
    public abstract string Name { get; }

    public ObjectState State => Machine.State;

    public bool IsMoving => State is ObjectState.Onlining or ObjectState.Offlining or ObjectState.ForcedOfflining;

    /// <summary>Why the last request was made.</summary>
    public string Cause { get; set; } = "registered";

    /// <summary>Why the last transition failed; null when it did not.</summary>
    public string? LastFailure { get; set; }

    /// <summary>Whether it is brought back online when it has come offline (an involuntary offline).</summary>
    public bool RecoverWhenOffline { get; set; }

    /// <summary>Asks the provider; the service task only.</summary>
    public abstract ValueTask<ControlResult> GoOnlineAsync(CancellationToken stop);

    /// <summary>Asks the provider; the service task only.</summary>
    public abstract ValueTask<ControlResult> GoOfflineAsync(CancellationToken stop);

    /// <summary>How long <see cref="GoOfflineAsync"/> may take before its wait is ended.</summary>
    public abstract TimeSpan OfflineLimit { get; }

    /// <summary>Tells the provider that its completion was taken note of; the service task only.</summary>
    public abstract void Acknowledge();

    public abstract StmfEvent StateChanged();

    /// <summary>Ends when the transition that is under way has been acknowledged.</summary>
    public Task Settled => _settled?.Task ?? Task.CompletedTask;

    public void BeginTransition() =>
        _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The framework ends: nobody will settle the transition any more.</summary>
    public void Abandon() => _settled?.TrySetCanceled();

    /// <summary>Ends the wait of those who wait for the transition, unless the next has begun already.</summary>
    public TaskCompletionSource? TakeSettled()
    {
        if (IsMoving) return null;
        var settled = _settled;
        _settled = null;
        return settled;
    }
}

/// <summary>A registered target port.</summary>
internal sealed class ManagedPort(TargetPort port, StmfOptions options, TimeProvider time) : ManagedObject(time)
{
    private readonly TimeProvider _time = time;

    public TargetPort Port => port;

    public override string Name => port.Name;

    public FlapGuard Flaps { get; } = new();

    public HashSet<Sessions.Session> Sessions { get; } = [];

    /// <summary>What sessions did that have ended.</summary>
    public TaskTotals EndedSessions { get; } = new();

    /// <summary>How long initiators have in the offline request at hand.</summary>
    public TimeSpan Deadline { get; set; } = options.TargetOfflineDeadline;

    /// <summary>When that time is over; null unless it is on its way offline.</summary>
    public DateTimeOffset? DeadlineAt { get; set; }

    public override TimeSpan OfflineLimit => Deadline + options.TargetOfflineGrace;

    public override ValueTask<ControlResult> GoOnlineAsync(CancellationToken stop) => port.OnlineAsync(stop);

    public override ValueTask<ControlResult> GoOfflineAsync(CancellationToken stop) =>
        port.OfflineAsync(Deadline, stop);

    public override void Acknowledge() => port.TransitionAcknowledged();

    public override StmfEvent StateChanged()
    {
        DeadlineAt = State is ObjectState.Offlining or ObjectState.ForcedOfflining
            ? _time.GetUtcNow() + Deadline
            : null;
        return new TargetPortStateChanged(port, State, Cause);
    }

    public TargetPortInfo Describe() => new(port, State, Sessions.Count, DeadlineAt, LastFailure);
}

/// <summary>A registered logical unit.</summary>
internal sealed class ManagedUnit(LogicalUnit unit, StmfOptions options, TimeProvider time) : ManagedObject(time)
{
    public LogicalUnit Unit => unit;

    public override string Name => unit.Id.ToString();

    /// <summary>What loops counted that are gone.</summary>
    public TaskTotals EndedLoops { get; } = new();

    /// <summary>Access through this node's ports.</summary>
    public AsymmetricAccessState Access { get; set; }

    public override TimeSpan OfflineLimit => options.LogicalUnitOfflineDeadline;

    public override ValueTask<ControlResult> GoOnlineAsync(CancellationToken stop) => unit.OnlineAsync(stop);

    public override ValueTask<ControlResult> GoOfflineAsync(CancellationToken stop) => unit.OfflineAsync(stop);

    public override void Acknowledge()
    {
        // A logical unit hears of each request through one awaited call; there is no second channel to acknowledge on.
    }

    public override StmfEvent StateChanged() => new LogicalUnitStateChanged(unit, State, Cause);

    public LogicalUnitInfo Describe() => new(unit, State, Access, LastFailure);
}
