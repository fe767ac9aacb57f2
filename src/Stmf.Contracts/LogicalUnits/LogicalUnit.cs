using Lunette.Scsi;
using Lunette.Stmf.Contracts.AsymmetricAccess;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Stmf.Contracts;

/// <summary>
/// A logical unit as ports and framework see it. It is driven on many loops at once, each task on its own; what its
/// tasks share changes under its own leaf lock. It knows no port.
/// </summary>
public abstract class LogicalUnit
{
    private TargetPortGroups _portGroups = TargetPortGroups.Initial;

    /// <summary>Who it is.</summary>
    public abstract LogicalUnitId Id { get; }

    /// <summary>The administrator's name for it; never empty.</summary>
    public abstract string Alias { get; }

    /// <summary>The LU provider it belongs to, such as <c>sbd</c>.</summary>
    public abstract string ProviderName { get; }

    /// <summary>
    /// The framework's number for it, 0 and up, reused after deregistration; what a nexus finds its state by. Set by
    /// the framework at registration.
    /// </summary>
    public int Slot { get; set; } = -1;

    /// <summary>Its target port groups and their access states; a snapshot the framework swaps whole.</summary>
    public TargetPortGroups PortGroups => Volatile.Read(ref _portGroups);

    /// <summary>
    /// Asks the framework for an access state of a target port group, as SET TARGET PORT GROUPS does; false where that
    /// is not its to give. Set by the framework at registration; any thread, and it does not block.
    /// </summary>
    public Func<ushort, AsymmetricAccessState, bool>? AccessStateRequest { get; set; }

    /// <summary>The framework's: swaps <see cref="PortGroups"/> and tells the logical unit. Any thread.</summary>
    public void ChangePortGroups(TargetPortGroups groups)
    {
        var before = Interlocked.Exchange(ref _portGroups, groups);
        if (!ReferenceEquals(before, groups)) PortGroupsChanged(before, groups);
    }

    /// <summary>
    /// The target port groups have changed; whoever has asymmetric access announces a changed state (ASYMMETRIC ACCESS
    /// STATE CHANGED). Any thread; it must not block.
    /// </summary>
    protected virtual void PortGroupsChanged(TargetPortGroups before, TargetPortGroups after)
    {
    }

    /// <summary>
    /// A nexus does not see the logical unit any more, though both are alive (a view entry or a group was changed).
    /// Tasks in progress go on to their end, and as long as there are any the state of the nexus stays hung on it: the
    /// end of the session still has to find them. What the nexus held, such as a reservation that is not persistent,
    /// is let go. On the nexus' loop.
    /// </summary>
    public virtual void NexusUnmapped(ItNexus nexus)
    {
    }

    /// <summary>
    /// Hints that a command has arrived and will be submitted soon, so that what it needs can be brought closer.
    /// Nothing of it has been checked, it may never be submitted, and nothing may change by this.
    /// </summary>
    /// <param name="cdb">The first 16 bytes of its CDB.</param>
    /// <param name="commandsAhead">How many commands come before it: 0 when it is the next.</param>
    public virtual void Foresee(ReadOnlySpan<byte> cdb, int commandsAhead)
    {
    }

    /// <summary>
    /// Whether its medium has answered nobody for so long that commands which need it are refused: its tasks are stuck.
    /// Any thread.
    /// </summary>
    /// <param name="nowNanoseconds">The loops' time.</param>
    public virtual bool IsStalled(long nowNanoseconds) => false;

    /// <summary>Takes a task. On the task's loop; the task may have ended when this returns.</summary>
    public abstract void Submit(ScsiTask task);

    /// <summary>
    /// The Data-Out asked for has arrived, or will not (the wait passed its deadline or the connection is gone). On the
    /// task's loop.
    /// </summary>
    public abstract void DataOutArrived(ScsiTask task, DataOutOutcome outcome);

    /// <summary>
    /// The transfer may begin that <see cref="ScsiTask.TryTakeTurn"/> made wait. On the task's loop, and only for a
    /// logical unit that asked.
    /// </summary>
    public virtual void TurnCame(ScsiTask task) => throw new InvalidOperationException("no turn was asked for");

    /// <summary>The task was posted to its loop (enabled, aborted, or its store call has returned): go on.</summary>
    public abstract void Continue(ScsiTask task);

    /// <summary>
    /// Carries out a task management function, the loss of a nexus included. Any loop; ends by
    /// <see cref="TaskManagementRequest.Complete"/>, at once or when the last affected task is out of the medium.
    /// </summary>
    public abstract void Manage(TaskManagementRequest request);

    /// <summary>
    /// Takes the logical unit into service. Called by the framework's online machine, control plane. The store is
    /// open when the task completes.
    /// </summary>
    public abstract ValueTask<ControlResult> OnlineAsync(CancellationToken stop);

    /// <summary>
    /// Takes it out of service: tasks are aborted and waited for, the store is flushed and closed. New tasks that
    /// still arrive meanwhile end with NOT READY or BUSY.
    /// </summary>
    public abstract ValueTask<ControlResult> OfflineAsync(CancellationToken stop);
}

/// <summary>How a wait for Data-Out ended.</summary>
public enum DataOutOutcome : byte
{
    /// <summary>The bytes are in the task's Data-Out.</summary>
    Arrived,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The initiator sent something else than was asked for; the transport has said so already.</summary>
    Failed,
}

/// <summary>What a port or logical unit answers to an online or offline request.</summary>
/// <param name="Succeeded">Whether it is in the state asked for.</param>
/// <param name="Reason">For humans, when it is not: the thing, the cause and what to do.</param>
public readonly record struct ControlResult(bool Succeeded, string? Reason)
{
    /// <summary>Done.</summary>
    public static ControlResult Success => new(true, null);

    /// <summary>Not done, and why.</summary>
    public static ControlResult Failure(string reason) => new(false, reason);
}
