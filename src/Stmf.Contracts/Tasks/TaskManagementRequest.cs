using Lunette.Runtime;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Stmf.Contracts.Tasks;

/// <summary>
/// One task management function on its way (SAM-6, Task management functions). The asker derives from it to hear of the
/// end; it is posted back to the asking nexus' loop. Not the hot path: one object per function.
/// </summary>
public abstract class TaskManagementRequest : LoopWork
{
    private int _completed;

    /// <summary>The asking I_T nexus.</summary>
    public required ItNexus Nexus { get; init; }

    /// <summary>What is asked.</summary>
    public required TaskManagementFunction Function { get; init; }

    /// <summary>The logical unit number; without meaning for target resets and nexus loss.</summary>
    public Lun Lun { get; init; }

    /// <summary>The tag of the task meant, for ABORT TASK and QUERY TASK.</summary>
    public ulong ReferencedTag { get; init; }

    /// <summary>
    /// Why an <see cref="TaskManagementFunction.ItNexusReset"/> happens: a nexus that is lost for good (session ended)
    /// leaves no per-nexus state behind.
    /// </summary>
    public bool NexusIsGone { get; init; }

    /// <summary>The answer, once complete.</summary>
    public ServiceResponse Response { get; private set; }

    /// <summary>Additional response information (SAM-6, QUERY ASYNCHRONOUS EVENT): sense key,
    /// ASC, ASCQ in three bytes.</summary>
    public uint AdditionalResponse { get; set; }

    /// <summary>
    /// Ends the function, from any thread, exactly once; <see cref="Completed"/> then runs on the nexus' loop.
    /// </summary>
    public void Complete(ServiceResponse response)
    {
        Invariant.That(Interlocked.Exchange(ref _completed, 1) == 0, "a task management function ends exactly once");
        Response = response;
        Nexus.Loop.Post(this);
    }

    /// <inheritdoc/>
    public sealed override void Run() => Completed();

    /// <summary>The function has ended; on the nexus' loop.</summary>
    protected abstract void Completed();
}
