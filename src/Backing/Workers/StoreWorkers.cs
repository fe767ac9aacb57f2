using Lunette.Runtime;

namespace Lunette.Backing.Workers;

/// <summary>
/// The threads that make the system calls which may block. They are shared by all stores of a process and bounded,
/// started
/// when needed, and end after some idle time. A store has a few of them at once at most, so that one store that hangs
/// does not stop the others.
/// </summary>
/// <param name="threadsMax">How many threads there are at most.</param>
/// <param name="idleTime">How long a thread without work stays.</param>
public sealed class StoreWorkers(int threadsMax, TimeSpan idleTime) : IAsyncDisposable
{
    /// <summary>Threads at most, where nothing else is said.</summary>
    public const int ThreadsMaxDefault = 64;

    private readonly object _gate = new();      // a monitor: idle threads wait on it
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerQueue? _firstReady;
    private WorkerQueue? _lastReady;
    private int _threads;
    private int _idle;
    private int _pulsed;    // threads woken that have not left their wait yet
    private int _ready;     // queues in the ready list
    private int _coming;    // threads started, woken or done with a queue that have not looked at the list yet
    private int _named;
    private bool _ending;

    /// <summary>Workers with the usual bounds.</summary>
    public StoreWorkers() : this(ThreadsMaxDefault, TimeSpan.FromSeconds(30))
    {
    }

    /// <summary>Threads alive now.</summary>
    public int Threads
    {
        get
        {
            lock (_gate) return _threads;
        }
    }

    /// <summary>Ends the threads; no store uses them any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _ending = true;
            Monitor.PulseAll(_gate);
            if (_threads == 0) _ended.TrySetResult();
        }
        await _ended.Task;
    }

    /// <summary>Appends a chain of requests to a queue: one hand-over, one thread woken at most.</summary>
    internal void Add(WorkerQueue queue, StoreRequest first, StoreRequest last, int count)
    {
        lock (_gate)
        {
            Invariant.That(!_ending, "no store works after its workers have ended");
            queue.Append(first, last, count);
            MakeReady(queue);
        }
    }

    private void MakeReady(WorkerQueue queue)
    {
        if (queue.InReadyList || !queue.WantsThread) return;
        queue.InReadyList = true;
        queue.NextReady = null;
        if (_lastReady is null) _firstReady = queue;
        else _lastReady.NextReady = queue;
        _lastReady = queue;
        _ready++;
        WakeOne();
    }

    private void WakeOne()
    {
        if (_coming >= _ready) return;
        if (_idle > 0)
        {
            // Counted as busy from now on, so that two wakes do not count on the same thread.
            _idle--;
            _pulsed++;
            _coming++;
            Monitor.Pulse(_gate);
        }
        else if (_threads < threadsMax)
        {
            _threads++;
            _coming++;
            var thread = new Thread(Work) { IsBackground = true, Name = $"store {++_named}" };
            thread.Start();
        }
    }

    private void Work()
    {
        while (TryTake(out var queue, out var request, out var mayBlock))
        {
            while (request is not null)
            {
                queue.Execute(request);
                request = Next(queue, ref mayBlock);
            }
        }
    }

    /// <summary>Stays with a queue while it has work and no other queue waits for a thread.</summary>
    private StoreRequest? Next(WorkerQueue queue, ref bool mayBlock)
    {
        lock (_gate)
        {
            queue.Executed(mayBlock);
            if (_firstReady is null && queue.WantsThread) return TakeFrom(queue, out mayBlock);
            _coming++;
            MakeReady(queue);
            return null;
        }
    }

    private bool TryTake(out WorkerQueue queue, out StoreRequest? request, out bool mayBlock)
    {
        mayBlock = false;
        lock (_gate)
        {
            _coming--;
            while (_firstReady is null)
            {
                if (_ending || !AwaitWork())
                {
                    queue = null!;
                    request = null;
                    if (--_threads == 0 && _ending) _ended.TrySetResult();
                    return false;
                }
            }
            queue = _firstReady;
            _ready--;
            _firstReady = queue.NextReady;
            if (_firstReady is null) _lastReady = null;
            queue.InReadyList = false;
            request = queue.WantsThread ? TakeFrom(queue, out mayBlock) : null;
            if (request is null) _coming++;
            return true;
        }
    }

    private bool AwaitWork()
    {
        _idle++;
        var woken = Monitor.Wait(_gate, idleTime);
        if (_pulsed > 0)
        {
            // Whoever comes first answers a pulse, also one whose time was up at that moment.
            _pulsed--;
            _coming--;
            return true;
        }
        _idle--;
        return woken || _firstReady is not null;
    }

    private StoreRequest TakeFrom(WorkerQueue queue, out bool mayBlock)
    {
        var request = queue.Take(out mayBlock);
        // What is left may want another thread, and wakes it from here: the loop that handed over paid for one only.
        MakeReady(queue);
        return request;
    }
}
