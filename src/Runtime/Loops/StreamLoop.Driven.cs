namespace Lunette.Runtime.Loops;

/// <content>
/// A loop without a thread, driven by a scheduler that decides which loop runs when: simulation. It is not started.
/// </content>
public abstract partial class StreamLoop
{
    /// <summary>Timers armed now.</summary>
    public int TimersArmed => _timers.Armed;

    /// <summary>Nanoseconds until a timer may be due, seen from the last round; -1 when none is armed.</summary>
    protected long NanosecondsToNextTimer => _timers.NanosecondsToNextTurn(_now);

    /// <summary>
    /// Runs one round on the calling thread. <see cref="Wake"/> is called when something is posted after it; where this
    /// answers true there is more to run already.
    /// </summary>
    protected bool RunRound()
    {
        Invariant.That(_thread is null && _threadId == 0, "a driven loop has no thread, and one round at a time");
        Volatile.Write(ref _asleep, 0);
        _threadId = Environment.CurrentManagedThreadId;
        try
        {
            RunRound(Poll(0));
        }
        finally
        {
            _threadId = 0;
        }
        Volatile.Write(ref _asleep, 1);
        return !_inbox.IsEmpty;
    }
}
