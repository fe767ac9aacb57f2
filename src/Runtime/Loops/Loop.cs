namespace Lunette.Runtime.Loops;

/// <summary>
/// One run-to-completion event loop: one thread at a time runs it, and whatever belongs to it (connections, sessions,
/// their tasks) needs no lock. Production has an epoll loop on Linux and a portable one; tests and simulation have
/// <see cref="ManualLoop"/>.
/// </summary>
public abstract class Loop
{
    private HashSet<LoopWork>? _atEnd;

    /// <summary>Names the loop in logs, traces and faults.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the calling thread is running this loop now.</summary>
    public abstract bool IsCurrent { get; }

    /// <summary>
    /// A monotonic time stamp in nanoseconds, taken at least once per batch; cheap, for time-outs and latencies.
    /// </summary>
    public abstract long NowNanoseconds { get; }

    /// <summary>Whether more than one connection lives here, so that each must leave time to the others.</summary>
    internal virtual bool IsShared => true;

    /// <summary>Posts work from any thread; it runs on this loop, in the order posted by one thread, or it is
    /// <see cref="LoopWork.Refused"/> where the loop has ended.</summary>
    public abstract void Post(LoopWork work);

    /// <summary>Posts works, one or more, that shall meet in one batch: the loop is woken once for them.</summary>
    public virtual void Post(ReadOnlySpan<LoopWork> works)
    {
        foreach (var work in works) Post(work);
    }

    /// <summary>
    /// On the loop only: runs the work once when the current batch is done (the received bytes are used up), before the
    /// loop sleeps. For one flush, one hand-over or one wake-up per batch. The same work may be asked for again while
    /// it waits; it runs once.
    /// </summary>
    public abstract void AtBatchEnd(BatchWork work);

    /// <summary>On the loop only: arms (or re-arms) a timer; it fires no earlier than due, within
    /// a wheel tick.</summary>
    public abstract void Arm(LoopTimer timer, TimeSpan due);

    /// <summary>On the loop only: disarms a timer; disarming an idle one is nothing.</summary>
    public abstract void Disarm(LoopTimer timer);

    /// <summary>
    /// On the loop only: runs the work when the loop ends, after its connections were closed, as the last there is. For
    /// whoever waits for a timer or an answer that will not come then.
    /// </summary>
    public void AtEnd(LoopWork work) => (_atEnd ??= []).Add(work);

    /// <summary>On the loop only: not at the end after all.</summary>
    public void NotAtEnd(LoopWork work) => _atEnd?.Remove(work);

    /// <summary>Runs what was asked for the end.</summary>
    /// <param name="onFault">Told of what throws; the rest runs all the same.</param>
    private protected void RunAtEnd(Action<LoopWork, Exception> onFault)
    {
        while (_atEnd?.FirstOrDefault() is { } work)
        {
            _atEnd.Remove(work);
            try
            {
                work.Run();
            }
            catch (Exception fault)
            {
                onFault(work, fault);
            }
        }
    }
}

/// <summary>Work that runs once at the end of a batch; see <see cref="Loop.AtBatchEnd"/>.</summary>
public abstract class BatchWork
{
    internal BatchWork? NextBatchWork;

    /// <summary>Whether it is waiting for the end of the batch.</summary>
    public bool Waiting { get; internal set; }

    /// <summary>Runs on the loop at the end of the batch.</summary>
    public abstract void RunAtBatchEnd();

    /// <inheritdoc cref="LoopWork.Faulted"/>
    public virtual void Faulted(Exception fault)
    {
    }
}

/// <summary>A timer of a loop; it is its own node in the loop's timer wheel.</summary>
public abstract class LoopTimer
{
    internal LoopTimer? NextTimer;
    internal LoopTimer? PreviousTimer;
    internal int Bucket = -1;

    /// <summary>When it fires, in the loop's nanoseconds.</summary>
    public long DueNanoseconds { get; internal set; }

    /// <summary>Whether it is armed.</summary>
    public bool Armed { get; internal set; }

    /// <summary>Runs on the loop when the time has come; it may arm itself again.</summary>
    public abstract void Fire();

    /// <inheritdoc cref="LoopWork.Faulted"/>
    public virtual void Faulted(Exception fault)
    {
    }
}
