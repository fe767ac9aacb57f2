using System.Net;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Loops;

/// <summary>
/// A loop with a thread of its own that carries stream connections. What differs between operating systems is only how
/// it waits (<see cref="Poll"/>), how it is woken, and how its connections receive and send.
/// </summary>
public abstract partial class StreamLoop : Loop, IAsyncDisposable
{
    // Posted work that runs before the batch ends; the rest waits for the next round, so that sockets get their turn.
    private const int InboxPerRound = 1024;

    // Rounds a loop still runs when it ends; what is posted after them is refused.
    private const int LastRoundsMax = 64;

    private readonly WorkQueue _inbox = new();
    private readonly TimerWheel _timers;
    private readonly TimeProvider _time;
    private readonly SpinGovernor _spin;
    private Thread? _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly double _nanosecondsPerTick;
    private BatchWork? _atBatchEnd;
    private long _now;
    private int _threadId;
    private int _asleep;
    private bool _isDisposed;
    private volatile bool _stopping;
    private int _streams;
    private long _batches;
    private long _sleeps;

    /// <summary>Makes a loop; <see cref="Start"/> starts its thread.</summary>
    protected StreamLoop(LoopOptions options, SpinGovernor spin)
    {
        Name = options.Name;
        _time = options.Time;
        _spin = spin;
        _nanosecondsPerTick = 1e9 / _time.TimestampFrequency;
        _now = Timestamp();
        _timers = new TimerWheel(_now, TimerFaulted);
        Streams = new StreamResources(options.Buffers, options.Streams);
    }

    /// <inheritdoc/>
    public sealed override string Name { get; }

    /// <inheritdoc/>
    public sealed override bool IsCurrent => _threadId == Environment.CurrentManagedThreadId;

    /// <inheritdoc/>
    public sealed override long NowNanoseconds => _now;

    /// <summary>What its connections share.</summary>
    public StreamResources Streams { get; }

    /// <summary>Connections on it now; any thread. A group chooses the loop with the least.</summary>
    public int StreamCount => Volatile.Read(ref _streams);

    internal sealed override bool IsShared => StreamCount > 1;

    /// <summary>Batches run so far; any thread, for status.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>How often it went to sleep; any thread, for status.</summary>
    public long Sleeps => Volatile.Read(ref _sleeps);

    /// <summary>Told of each fault, on the loop; it must not throw.</summary>
    public Action<LoopFault>? OnFault { get; set; }

    /// <summary>Starts the thread; once.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        _thread = new Thread(RunLoop) { Name = Name, IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public sealed override void Post(LoopWork work)
    {
        if (_inbox.Post(work)) WakeIfAsleep();
    }

    /// <inheritdoc/>
    public sealed override void Post(ReadOnlySpan<LoopWork> works)
    {
        if (_inbox.Post(works)) WakeIfAsleep();
    }

    private void WakeIfAsleep()
    {
        // The queue was empty, so the loop may be asleep or about to be: it looks at the inbox once more after it has
        // said that it sleeps, and we look at that after having posted. One of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0) Wake();
    }

    /// <inheritdoc/>
    public sealed override void AtBatchEnd(BatchWork work)
    {
        if (work.Waiting) return;
        work.Waiting = true;
        work.NextBatchWork = _atBatchEnd;
        _atBatchEnd = work;
    }

    /// <inheritdoc/>
    public sealed override void Arm(LoopTimer timer, TimeSpan due) =>
        _timers.Arm(timer, TimerWheel.After(_now, due));

    /// <inheritdoc/>
    public sealed override void Disarm(LoopTimer timer) => _timers.Disarm(timer);

    /// <summary>Reads the clock anew, for a latency that must not be rounded to the batch.</summary>
    public long ReadClock() => _now = Timestamp();

    /// <summary>
    /// Listens on an end point. The acceptor is called on this loop with each connection, already attached to it.
    /// Control plane, any thread.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use or not ours.</exception>
    public abstract StreamListener Listen(IPEndPoint endPoint, int backlog, IStreamAcceptor acceptor);

    /// <summary>Connects to an end point; on the loop only. May tell of a failure from inside the call.</summary>
    public abstract void Connect(System.Net.IPEndPoint remote, StreamConnect told);

    /// <summary>Ends the loop: its connections are closed, its thread ends. One that was never started ends here, on
    /// the calling thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            await _ended.Task;
            return;
        }
        _stopping = true;
        if (_thread is null) RunLoop();
        else Post(new Nothing());
        await _ended.Task;
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for events at most so long (-1: for ever; 0: not at all) and keeps them for
    /// <see cref="Dispatch"/>; returns how many there are.</summary>
    protected abstract int Poll(long timeoutNanoseconds);

    /// <summary>Gives the events to their connections.</summary>
    protected abstract void Dispatch(int events);

    /// <summary>Wakes the thread out of <see cref="Poll"/>. Any thread.</summary>
    protected abstract void Wake();

    /// <summary>The thread is about to end: connections are closed and handles given back. On the loop.</summary>
    protected abstract void CloseAll();

    /// <summary>A connection came or went.</summary>
    protected void CountStream(int change) => Interlocked.Add(ref _streams, change);

    /// <summary>Reports a fault; the loop goes on.</summary>
    protected void Report(string where, Exception fault) => OnFault?.Invoke(new LoopFault(this, where, fault));

    /// <summary>Runs one connection's event; a fault ends that connection alone.</summary>
    protected void Guard(StreamConnection connection, bool readable, bool writable, bool lost = false)
    {
        try
        {
            if (writable) connection.BecameWritable();
            if (readable) connection.BecameReadable(lost);
        }
        catch (Exception fault)
        {
            Contain("connection", fault, connection.Faulted);
        }
    }

    // Whoever it worked for is ended. Where that fails too, somebody may wait in vain; the others go on.
    private void Contain(string where, Exception fault, Action<Exception> end)
    {
        Report(where, fault);
        try
        {
            end(fault);
        }
        catch (Exception again)
        {
            Report(where, again);
        }
    }

    private long Timestamp() => (long)(_time.GetTimestamp() * _nanosecondsPerTick);

    private void RunLoop()
    {
        _threadId = Environment.CurrentManagedThreadId;
        _spin.Awake();
        var events = 0;
        while (!_stopping)
        {
            var ran = RunRound(events);
            // Whoever stops the loop posts after having said so: the post may have run already, and nothing else would
            // wake the loop.
            if (TryLend()) events = 0;
            else events = _inbox.IsEmpty && !_stopping ? Await(busy: events + ran > 0) : Poll(0);
        }
        CloseAll();
        RunLastRounds();
        RunAtEnd(WorkFaulted);
        EndBatch();
        _inbox.Close(WorkFaulted);
        EndBatch();             // of what was refused
        _threadId = 0;          // the number may be another thread's by and by
        _spin.Asleep();
        Streams.Dispose();
        _ended.TrySetResult();
    }

    // Whoever was told that his connection has ended may need the loop to put his things in order.
    private void RunLastRounds()
    {
        for (var round = 0; round < LastRoundsMax && (round == 0 || !_inbox.IsEmpty); round++)
        {
            RunInbox();
            EndBatch();
        }
    }

    private int RunRound(int events)
    {
        _now = Timestamp();
        Dispatch(events);
        var ran = RunInbox();
        _timers.Turn(_now);
        EndBatch();
        _batches++;
        return ran;
    }

    private int Await(bool busy)
    {
        var timeout = _timers.NanosecondsToNextTurn(_now);
        if (timeout == 0) return Poll(0);
        if (busy && _spin.Begin())
        {
            var events = Spin(timeout);
            _spin.End(succeeded: events >= 0);
            if (events >= 0) return events;
        }
        Volatile.Write(ref _asleep, 1);
        Interlocked.MemoryBarrier();
        if (!_inbox.IsEmpty || Volatile.Read(ref _lending) == Asked || Volatile.Read(ref _recalled))
        {
            Volatile.Write(ref _asleep, 0);
            return Poll(0);
        }
        _sleeps++;
        _spin.Asleep();
        var woken = Poll(timeout);
        _spin.Awake();
        Volatile.Write(ref _asleep, 0);
        return woken;
    }

    private int Spin(long timeout)
    {
        var most = SpinGovernor.LimitNanoseconds;
        var end = Timestamp() + (timeout < 0 ? most : Math.Min(timeout, most));
        do
        {
            var events = Poll(0);
            if (events > 0 || !_inbox.IsEmpty) return events;
        }
        while (Timestamp() < end);
        return -1;
    }

    private int RunInbox()
    {
        var ran = 0;
        while (ran < InboxPerRound && _inbox.Take() is { } work)
        {
            ran++;
            Run(work);
        }
        return ran;
    }

    private void Run(LoopWork work)
    {
        try
        {
            work.Run();
        }
        catch (Exception fault)
        {
            WorkFaulted(work, fault);
        }
    }

    private void WorkFaulted(LoopWork work, Exception fault) => Contain(work.GetType().Name, fault, work.Faulted);

    private void TimerFaulted(LoopTimer timer, Exception fault) => Contain(timer.GetType().Name, fault, timer.Faulted);

    // Work asked for at the end of a batch may ask for more, such as a hand-over that completes at once and is sent.
    private void EndBatch()
    {
        while (_atBatchEnd is { } work)
        {
            _atBatchEnd = work.NextBatchWork;
            work.NextBatchWork = null;
            work.Waiting = false;
            try
            {
                work.RunAtBatchEnd();
            }
            catch (Exception fault)
            {
                Contain(work.GetType().Name, fault, work.Faulted);
            }
        }
    }

    private sealed class Nothing : LoopWork
    {
        public override void Run()
        {
        }
    }
}

/// <summary>A bug of ours, caught by the loop it happened on.</summary>
/// <param name="Loop">Where.</param>
/// <param name="During">What the loop was running.</param>
/// <param name="Exception">What was thrown.</param>
public readonly record struct LoopFault(Loop Loop, string During, Exception Exception);
