namespace Lunette.Runtime.Loops;

/// <content>
/// Another thread runs the loop for a while, in place of the loop's own: it does what comes of a round right there, and
/// nobody has to be woken in between. The loop's thread waits meanwhile and takes the loop back from a borrower that
/// has paused and does not come back.
/// </content>
public abstract partial class StreamLoop
{
    private const int Own = 0;
    private const int Asked = 1;
    private const int Lent = 2;

    // How long a borrower waits for the loop, and how often its thread looks after it.
    private const int HandOverMilliseconds = 10;
    private const int LookMilliseconds = 10;

    private readonly object _door = new();
    private int _lending;
    private long _loan;             // its number twice, and one more while the borrower runs the loop; zero: none
    private long _loans;
    private long _pauses;
    private LoopWork? _takenBack;
    private bool _hasPolled;
    private bool _recalled;

    /// <summary>
    /// Asks for the loop: from now on the calling thread runs it, until it gives it back, or pauses for too long. Not
    /// on the loop itself; waits for the end of the round that is running.
    /// </summary>
    /// <param name="loan">What the borrower holds.</param>
    /// <param name="takenBack">Run on the loop when its thread had to take it back from a paused borrower.</param>
    /// <returns>False where the loop has no thread, ends, is lent already, or is busy for too long.</returns>
    public bool TryBorrow(out LoopLoan loan, LoopWork? takenBack = null)
    {
        loan = default;
        if (_thread is null || _stopping || IsCurrent) return false;
        if (Interlocked.CompareExchange(ref _lending, Asked, Own) != Own) return false;
        WakeIfAsleep();
        lock (_door)
        {
            if (Volatile.Read(ref _lending) == Asked) Monitor.Wait(_door, HandOverMilliseconds);
        }
        if (Interlocked.CompareExchange(ref _lending, Own, Asked) != Lent) return false;
        _threadId = Environment.CurrentManagedThreadId;
        _takenBack = takenBack;
        loan = new LoopLoan(this, Volatile.Read(ref _loan) >> 1);
        return true;
    }

    // On the loop's thread, between two rounds.
    private bool TryLend()
    {
        if (Volatile.Read(ref _lending) != Asked) return false;
        var number = ++_loans;
        _threadId = 0;
        Volatile.Write(ref _loan, (number << 1) | 1);
        bool isLent;
        var isTakenBack = false;
        lock (_door)
        {
            isLent = Interlocked.CompareExchange(ref _lending, Lent, Asked) == Asked;
            if (isLent)
            {
                Monitor.PulseAll(_door);
                isTakenBack = AwaitReturn(number);
            }
        }
        Volatile.Write(ref _loan, 0);
        _recalled = false;
        _threadId = Environment.CurrentManagedThreadId;
        if (isTakenBack && _takenBack is { } work) Run(work);
        if (isLent) _takenBack = null;
        // Whoever asked has given up; the next may be asking by now, and must not be taken for nobody.
        if (isLent) Volatile.Write(ref _lending, Own);
        return isLent;
    }

    // True where it had to be taken back.
    private bool AwaitReturn(long number)
    {
        var seen = -1L;
        var seenBatches = -1L;
        while (Volatile.Read(ref _loan) is var loan && loan != 0)
        {
            var batches = Batches;
            if ((loan & 1) != 0 && batches == seenBatches) Recall();
            seenBatches = batches;
            // Paused, and since the last look already: whoever it let go on computes or blocks.
            var pauses = Volatile.Read(ref _pauses);
            var isStuck = loan == number << 1 && pauses == seen;
            if (isStuck && Interlocked.CompareExchange(ref _loan, 0, loan) == loan) return true;
            seen = loan == number << 1 ? pauses : -1;
            Monitor.Wait(_door, LookMilliseconds);
        }
        return false;
    }

    // The borrower waits without a limit of its own; nothing has come from one look to the next.
    private void Recall()
    {
        Volatile.Write(ref _recalled, true);
        WakeIfAsleep();
    }

    internal bool RunLent()
    {
        // What was posted in a pause goes out without asking the sockets once more, if the last round asked them.
        var isPosted = !_inbox.IsEmpty || _stopping;
        var events = !isPosted ? Await(busy: true) : _hasPolled ? 0 : Poll(0);
        _hasPolled = !isPosted || !_hasPolled;
        return RunRound(events) + events != 0 && !_stopping && !Volatile.Read(ref _recalled);
    }

    internal void PauseLoan(long number)
    {
        _threadId = 0;
        _pauses++;
        Volatile.Write(ref _loan, number << 1);
    }

    internal bool TryResumeLoan(long number)
    {
        if (Interlocked.CompareExchange(ref _loan, (number << 1) | 1, number << 1) != number << 1) return false;
        _threadId = Environment.CurrentManagedThreadId;
        return true;
    }

    internal void EndLoan(long number)
    {
        // Running or paused; not when it was taken back meanwhile.
        if ((Volatile.Read(ref _loan) & 1) != 0 && Volatile.Read(ref _loan) >> 1 == number) PauseLoan(number);
        if (Interlocked.CompareExchange(ref _loan, 0, number << 1) != number << 1) return;
        lock (_door) Monitor.PulseAll(_door);
    }
}

/// <summary>
/// A loop that its borrower runs; see <see cref="StreamLoop.TryBorrow"/>. For the borrowing thread only.
/// </summary>
public readonly struct LoopLoan
{
    private readonly StreamLoop _loop;
    private readonly long _number;

    internal LoopLoan(StreamLoop loop, long number)
    {
        _loop = loop;
        _number = number;
    }

    /// <summary>Runs one round: waits a little for events, and carries out what has come.</summary>
    /// <returns>False where nothing comes any more, or the loop ends: it is to be given back.</returns>
    public bool RunRound() => _loop.RunLent();

    /// <summary>The thread does something else now, during which it is not on the loop.</summary>
    public void Pause() => _loop.PauseLoan(_number);

    /// <summary>Goes on after a pause; false where the loop's thread has taken it back.</summary>
    public bool TryResume() => _loop.TryResumeLoan(_number);

    /// <summary>Gives the loop back; after a pause as well, and for nothing where it was taken back.</summary>
    public void GiveBack() => _loop.EndLoan(_number);
}
