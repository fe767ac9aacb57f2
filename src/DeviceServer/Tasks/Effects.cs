using Lunette.DeviceServer.Commands;

namespace Lunette.DeviceServer.Tasks;

/// <summary>What a decision under the lock has caused, to be done after it.</summary>
internal struct Effects
{
    /// <summary>Tasks to be posted to their own loops, newest decision first.</summary>
    public TaskContext? Posted;

    /// <summary>Aborters whose last task has ended.</summary>
    public TaskAborter? Done;

    /// <summary>Counts the end of a task with all that wait for it.</summary>
    public void Ended(TaskContext context)
    {
        for (var abort = context.Aborts; abort is not null; abort = abort.Next)
        {
            if (!abort.Aborter.Ended()) continue;
            abort.Aborter.NextDone = Done;
            Done = abort.Aborter;
        }
        context.Aborts = null;
    }

    /// <summary>Posts and tells, outside the lock.</summary>
    public readonly void Act()
    {
        // Turned round once, so that tasks are posted in the order in which they were enabled.
        TaskContext? inOrder = null;
        for (var context = Posted; context is not null;)
        {
            var next = context.NextInList;
            context.NextInList = inOrder;
            inOrder = context;
            context = next;
        }
        while (inOrder is { } context)
        {
            inOrder = context.NextInList;
            context.NextInList = null;
            // From here on the task's own loop has it.
            context.Task.Nexus.Loop.Post(context.Task);
        }
        for (var aborter = Done; aborter is not null;)
        {
            var next = aborter.NextDone;
            aborter.AllEnded();
            aborter = next;
        }
    }
}
