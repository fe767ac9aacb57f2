using System.Collections.Concurrent;

namespace Lunette.Fuzz.Engine;

/// <summary>Runs what awaits on the calling thread, which alone is counted and bounded.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Call, object? State)> _calls = [];

    private OneThread()
    {
    }

    /// <summary>Runs it to its end; a defect where that does not come in time.</summary>
    public static void Run(Func<Task> work, TimeSpan patience)
    {
        var before = Current;
        var thread = new OneThread();
        SetSynchronizationContext(thread);
        try
        {
            var running = work();
            running.ContinueWith(_ => thread.Post(_ => { }, null), CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            while (!running.IsCompleted)
            {
                FuzzException.Unless(thread._calls.TryTake(out var next, patience), "what was begun does not end");
                next.Call(next.State);
            }
            running.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => _calls.Add((d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => d(state);
}
