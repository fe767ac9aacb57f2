using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Tasks;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.DeviceServer.Commands;

/// <summary>The next step of a command that waited. A static delegate, kept once, so that waiting allocates
/// nothing.</summary>
public delegate void CommandStep(EmulatedUnit unit, TaskContext command);

/// <summary>
/// A task in a logical unit's task set, with what the device server and the device type keep of it. Pooled by the
/// logical unit; a device type derives from it to carry its own requests.
/// </summary>
public class TaskContext
{
    internal TaskContext? Older;
    internal TaskContext? Younger;
    internal TaskContext? NextInList;       // of the pool, or of tasks to be posted; never both
    internal TaskAbort? Aborts;
    internal CommandStep? Step;
    internal int StateValue;
    internal bool Enabled;
    internal bool ReportAborted;

    /// <summary>It goes on and holds nobody up: what it does to the medium, others are told when they ask.</summary>
    internal bool LetsPass;
    internal bool Submitting;
    internal long LimitEnds;                // its command duration limit, on the clock of loops; or never
    internal bool PassesAca;                // admitted although an auto contingent allegiance concerns it

    /// <summary>The task; it belongs to the loop of its nexus.</summary>
    public ScsiTask Task { get; internal set; } = null!;

    /// <summary>The logical unit's side of the nexus it came through.</summary>
    public ItlNexus Itl { get; internal set; } = null!;

    /// <summary>The row it is carried out by.</summary>
    public SupportedCommand Command { get; internal set; } = null!;

    /// <summary>The CDB.</summary>
    public ReadOnlySpan<byte> Cdb => Task.Cdb;

    /// <summary>
    /// The Data-Out that lies in the port's receive buffer, while the call that submitted the task lasts; empty later,
    /// and then <see cref="EmulatedUnit.RequestDataOut"/> is the way.
    /// </summary>
    public ReadOnlySpan<byte> ImmediateData => Submitting ? Task.ImmediateData : [];

    /// <summary>How the last wait for Data-Out ended.</summary>
    public DataOutOutcome DataOutOutcome { get; internal set; }

    /// <summary>Whether the last <see cref="EmulatedUnit.SaveThen"/> made its state durable.</summary>
    public bool SaveSucceeded { get; internal set; }

    /// <summary>Bytes of the medium that a command which verifies has looked at without finding fault.</summary>
    public long VerifiedBytes { get; set; }

    /// <summary>What a configuration command is about to do, while it waits for it to be durable.</summary>
    internal object? Change { get; set; }

    internal TaskContextState State
    {
        get => (TaskContextState)Volatile.Read(ref StateValue);
        set => Volatile.Write(ref StateValue, (int)value);
    }

    internal bool IsAbortedBy(TaskAborter aborter)
    {
        for (var abort = Aborts; abort is not null; abort = abort.Next)
            if (abort.Aborter == aborter) return true;
        return false;
    }

    internal bool TryMove(TaskContextState from, TaskContextState to) =>
        Interlocked.CompareExchange(ref StateValue, (int)to, (int)from) == (int)from;

    /// <summary>
    /// The command is marked as aborted. Any thread, under the logical unit's lock: it may set marks and nothing else.
    /// </summary>
    protected internal virtual void Aborted()
    {
    }

    /// <summary>
    /// The command has ended, or is about to as aborted: lets go of whatever the device type holds for it. On the
    /// task's loop, outside the lock.
    /// </summary>
    protected internal virtual void Clear()
    {
    }
}

/// <summary>Where a task in the set is, as seen by whoever wants to abort or wake it.</summary>
internal enum TaskContextState
{
    /// <summary>In the task set and not yet enabled.</summary>
    Dormant,

    /// <summary>On its loop's stack, or in a store call that will come back by itself.</summary>
    Running,

    /// <summary>Waits for something that can be given up: Data-Out, a place behind another command.</summary>
    Waiting,

    /// <summary>Posted to its loop; whatever happens, that visit takes the next step.</summary>
    Posted,
}
