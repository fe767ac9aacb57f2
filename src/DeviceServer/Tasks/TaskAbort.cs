using Lunette.DeviceServer.Commands;

namespace Lunette.DeviceServer.Tasks;

/// <summary>
/// Something that aborts tasks and wants to know when the last of them is out of the medium: a task management
/// function, PREEMPT AND ABORT, going offline. Counted under the logical unit's lock.
/// </summary>
internal abstract class TaskAborter
{
    private int _affected;

    /// <summary>Tasks that have not ended yet.</summary>
    public int Remaining => _affected;

    internal void Add(TaskContext context)
    {
        context.Aborts = new TaskAbort(this, context.Aborts);
        _affected++;
    }

    /// <summary>True when this was the last one.</summary>
    internal bool Ended() => --_affected == 0;

    /// <summary>The next in a list of aborters whose last task has ended.</summary>
    internal TaskAborter? NextDone { get; set; }

    /// <summary>All affected tasks have ended. Any loop, outside the lock, once.</summary>
    public abstract void AllEnded();
}

/// <summary>One task's membership in one abort; a task may be in several.</summary>
internal sealed record TaskAbort(TaskAborter Aborter, TaskAbort? Next);
