namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Ended commands whose callers go on in the thread pool: handed over once a batch, not once a command. Before one
/// caller goes on, another pool thread is asked for while more wait, so a caller that blocks holds up nobody.
/// </summary>
internal sealed class ContinuationQueue : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly TaskList _ended = new();
    private bool _isAskedFor;

    /// <summary>Adds a command that has ended; on the session's loop.</summary>
    public void Add(CommandTask task)
    {
        lock (_gate) _ended.Add(task);
    }

    /// <summary>The batch is over: whoever was added is gone on with.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_isAskedFor || _ended.Count == 0) return;
            _isAskedFor = true;
        }
#pragma warning disable RS0030 // A library's callers go on in the pool, where they may block; never on the loop.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore RS0030
    }

    void IThreadPoolWorkItem.Execute()
    {
        var task = Take(isAnswer: true);
        while (task is not null)
        {
            // One more thread while others wait, before this caller has a chance to block.
            Flush();
            task.Complete();
            task = Take(isAnswer: false);
        }
    }

    private CommandTask? Take(bool isAnswer)
    {
        lock (_gate)
        {
            if (isAnswer) _isAskedFor = false;
            return (CommandTask?)_ended.Take();
        }
    }
}
