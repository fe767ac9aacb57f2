using Lunette.Runtime.Loops;

namespace Lunette.Initiator.Iscsi;

/// <content>
/// While commands come and go quickly, two threads that wake each other for every batch cost more than the commands.
/// Then the pool's thread borrows the loop: it runs a round, lets the callers go on, runs the next. Callers are off the
/// loop as ever: one that computes or blocks loses it, to the loop's own thread.
/// </content>
internal sealed partial class ContinuationQueue
{
    // Batches that follow each other as closely are worth it, and a caller that was slow is not tried again at once.
    private static readonly TimeSpan s_close = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_penance = TimeSpan.FromMilliseconds(500);

    // How often it is looked whether others want this thread of the pool.
    private const long TurnNanoseconds = 1_000_000;

    private const int SlowBatch = 8;
    private const int SlownessMax = 32;

    private long _servedAt;
    private long _slowAt;
    private bool _wasSlow;
    private int _slowness;
    private bool _leads;

    // Where other connections live on the loop, or come while it is led, they would wait for callers of this one.
    private bool IsAlone => _loop is StreamLoop { StreamCount: 1 };

    private bool MayLead
    {
        get
        {
            var now = _time.GetTimestamp();
            lock (_gate)
            {
                var isClose = _time.GetElapsedTime(_servedAt, now) < s_close;
                _servedAt = now;
                if (!isClose || _leads || _wasSlow && _time.GetElapsedTime(_slowAt, now) < s_penance) return false;
                return _leads = IsAlone;
            }
        }
    }

    private void Lead()
    {
        if (((StreamLoop)_loop).TryBorrow(out var loan, _takenBack))
        {
            if (!Lead(loan)) NoteSlow();
            loan.GiveBack();
        }
        lock (_gate)
        {
            _leads = false;
            _servedAt = _time.GetTimestamp();
        }
    }

    // False where a caller was slow.
    private bool Lead(LoopLoan loan)
    {
        var turn = _loop.NowNanoseconds;
        var goes = Going.On;
        // A method of its own for each round: one that never ends would never be compiled for good.
        while (goes == Going.On) goes = LeadRound(loan, ref turn);
        return goes == Going.Over;
    }

    private Going LeadRound(LoopLoan loan, ref long turn)
    {
        if (_ended.Count != 0)
        {
            loan.Pause();
            if (IsSlow(Serve()) || !loan.TryResume()) return Going.Slow;
            if (_loop.NowNanoseconds - turn >= TurnNanoseconds)
            {
                turn = _loop.NowNanoseconds;
#pragma warning disable RS0030 // It is a thread of the pool that runs here, and others may be waiting for it.
                if (ThreadPool.PendingWorkItemCount != 0) return Going.Over;
#pragma warning restore RS0030
            }
        }
        return IsAlone && loan.RunRound() ? Going.On : Going.Over;
    }

    private enum Going
    {
        On,
        Over,
        Slow,
    }

    // One that took long may have been interrupted; it is slow when many of the last took long.
    private bool IsSlow(bool wasQuick)
    {
        _slowness = wasQuick ? Math.Max(0, _slowness - 1) : _slowness + SlowBatch;
        return _slowness > SlownessMax;
    }

    private void NoteSlow()
    {
        lock (_gate)
        {
            _wasSlow = true;
            _slowness = 0;
            _slowAt = _time.GetTimestamp();
        }
    }
}
