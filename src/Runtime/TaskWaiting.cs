namespace Lunette.Runtime;

/// <summary>
/// Waiting for a task with an end to the wait. What follows runs where the caller awaits, on its synchronization
/// context where it has one; the base library's <c>WaitAsync</c> goes through the thread pool, which a simulation does
/// not have.
/// </summary>
public static class TaskWaiting
{
    /// <summary>Waits until the task has completed; false when the wait was given up before.</summary>
    /// <param name="task">However it ends; a failure of its is not told here.</param>
    /// <param name="stop">Gives up.</param>
    public static ValueTask<bool> CompletesAsync(this Task task, CancellationToken stop) =>
        CompletesWithinAsync(task, Timeout.InfiniteTimeSpan, TimeProvider.System, stop);

    /// <summary>Waits until the task has completed; false when the time was over, or the wait given up,
    /// before.</summary>
    /// <param name="task">However it ends; a failure of its is not told here.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives up.</param>
    public static async ValueTask<bool> CompletesWithinAsync(
        this Task task, TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        if (task.IsCompleted) return true;
        var first = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = limit == Timeout.InfiniteTimeSpan
            ? null
            : time.CreateTimer(Over, first, limit, Timeout.InfiniteTimeSpan);
        using var givenUp = stop.UnsafeRegister(Over, first);
        // It ends with the task, and whoever owns that one awaits it.
        _ = TellAsync(task, first);
        return await first.Task;
    }

    private static void Over(object? first) => ((TaskCompletionSource<bool>)first!).TrySetResult(false);

    private static async Task TellAsync(Task task, TaskCompletionSource<bool> first)
    {
        try
        {
            await task;
        }
        catch (Exception) when (!task.IsCompletedSuccessfully)
        {
            // However it ended: whoever asks it is told.
        }
        first.TrySetResult(true);
    }
}
