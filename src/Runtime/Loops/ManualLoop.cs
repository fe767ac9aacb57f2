namespace Lunette.Runtime.Loops;

/// <summary>
/// A loop without a thread: whoever owns it pumps it, and time moves only when told. For tests, in-process targets
/// that run on the caller's thread, and simulation.
/// </summary>
public sealed class ManualLoop(string name = "manual") : Loop
{
    private readonly WorkQueue _inbox = new();
    private readonly TimerWheel _timers = new(0);
    private BatchWork? _atBatchEnd;
    private long _now;
    private int _runner;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool IsCurrent => _runner == Environment.CurrentManagedThreadId;

    /// <inheritdoc/>
    public override long NowNanoseconds => _now;

    /// <inheritdoc/>
    public override void Post(LoopWork work) => _inbox.Post(work);

    /// <inheritdoc/>
    public override void AtBatchEnd(BatchWork work)
    {
        if (work.Waiting) return;
        work.Waiting = true;
        work.NextBatchWork = _atBatchEnd;
        _atBatchEnd = work;
    }

    /// <inheritdoc/>
    public override void Arm(LoopTimer timer, TimeSpan due) =>
        _timers.Arm(timer, TimerWheel.After(_now, due));

    /// <inheritdoc/>
    public override void Disarm(LoopTimer timer) => _timers.Disarm(timer);

    /// <summary>Runs what is posted, then the ends of batches, until nothing is left; returns how much ran.</summary>
    public int Pump()
    {
        Invariant.That(_runner == 0, "a manual loop is pumped by one thread at a time, and never from inside itself");
        _runner = Environment.CurrentManagedThreadId;
        try
        {
            return PumpAll();
        }
        finally
        {
            _runner = 0;
        }
    }

    /// <summary>Runs one piece of posted work, for a scheduler that chooses the order; false when
    /// there is none.</summary>
    public bool PumpOne()
    {
        Invariant.That(_runner == 0, "a manual loop is pumped by one thread at a time, and never from inside itself");
        _runner = Environment.CurrentManagedThreadId;
        try
        {
            if (_inbox.Take() is { } work)
            {
                work.Run();
                return true;
            }
            return EndBatch();
        }
        finally
        {
            _runner = 0;
        }
    }

    /// <summary>Whether anything is posted or waits for the end of the batch.</summary>
    public bool IsIdle => _inbox.IsEmpty && _atBatchEnd is null;

    /// <summary>Moves time on, firing timers and running what they caused.</summary>
    public void Advance(TimeSpan by)
    {
        var end = _now + ((long)by.TotalMicroseconds * 1000);
        Pump();
        while (_now < end)
        {
            _now = Math.Min(end, _now + TimerWheel.TickNanoseconds);
            Turn();
            Pump();
        }
    }

    /// <summary>The machine stands still for a while; as it goes on, timers that are due come before what has arrived
    /// meanwhile.</summary>
    public void StandStill(TimeSpan by)
    {
        _now += (long)by.TotalMicroseconds * 1000;
        Turn();
        Pump();
    }

    /// <summary>The loop ends: what was asked for the end runs, and what is posted from now on is refused.</summary>
    public void End()
    {
        Pump();
        _runner = Environment.CurrentManagedThreadId;
        try
        {
            RunAtEnd(FaultedAtEnd);
            while (EndBatch())
            {
            }
            _inbox.Close(FaultedAtEnd);
            while (EndBatch())
            {
            }
        }
        finally
        {
            _runner = 0;
        }
    }

    private static void FaultedAtEnd(LoopWork work, Exception fault) =>
        throw new InvariantException($"{work} at the end: {fault}");

    private void Turn()
    {
        _runner = Environment.CurrentManagedThreadId;
        try
        {
            _timers.Turn(_now);
        }
        finally
        {
            _runner = 0;
        }
    }

    private int PumpAll()
    {
        var ran = 0;
        do
        {
            while (_inbox.Take() is { } work)
            {
                work.Run();
                ran++;
            }
        }
        while (EndBatch());
        return ran;
    }

    private bool EndBatch()
    {
        var work = _atBatchEnd;
        if (work is null) return false;
        _atBatchEnd = null;
        while (work is not null)
        {
            var next = work.NextBatchWork;
            work.NextBatchWork = null;
            work.Waiting = false;
            work.RunAtBatchEnd();
            work = next;
        }
        return true;
    }
}
