using System.Numerics;

namespace Lunette.Runtime.Loops;

/// <summary>
/// The timers of one loop: a hashed wheel of <see cref="Buckets"/> buckets, a tick each. Arming and disarming are O(1);
/// a turn looks at the buckets whose tick has passed. Timers due beyond one turn stay in their bucket and are looked
/// at once a turn.
/// </summary>
internal sealed class TimerWheel(long startNanoseconds, Action<LoopTimer, Exception>? onFault = null)
{
    public const long TickNanoseconds = 10_000_000;
    private const int Buckets = 512;

    // Longer than anybody waits, and far from where nanoseconds end.
    private static readonly long s_longestTicks = TimeSpan.FromDays(36_500).Ticks;

    private readonly LoopTimer?[] _buckets = new LoopTimer?[Buckets];
    private readonly ulong[] _used = new ulong[Buckets / 64];    // which buckets hold a timer
    private long _tick = startNanoseconds / TickNanoseconds;
    private int _armed;

    /// <summary>When a time from now will be over, in nanoseconds; what no clock of ours counts to is a century
    /// away.</summary>
    public static long After(long now, TimeSpan due) =>
        now + (Math.Clamp(due.Ticks, 0, s_longestTicks) * TimeSpan.NanosecondsPerTick);

    public bool IsEmpty => _armed == 0;

    public int Armed => _armed;

    /// <summary>
    /// Nanoseconds until the next bucket with a timer in it comes round, so that a loop with nothing due soon sleeps
    /// through; -1 when nothing is armed.
    /// </summary>
    public long NanosecondsToNextTurn(long now)
    {
        if (_armed == 0) return -1;
        var tick = _tick + 1 + TicksToNextUsed((int)((_tick + 1) % Buckets));
        return Math.Max(0, (tick * TickNanoseconds) - now);
    }

    private int TicksToNextUsed(int from)
    {
        var word = from >> 6;
        var bits = _used[word] & (ulong.MaxValue << (from & 63));
        for (var looked = 0; looked <= _used.Length; looked++)
        {
            if (bits != 0) return ((word << 6) + BitOperations.TrailingZeroCount(bits) - from + Buckets) % Buckets;
            word = (word + 1) % _used.Length;
            bits = _used[word];
        }
        return Buckets - 1;
    }

    public void Arm(LoopTimer timer, long dueNanoseconds)
    {
        Disarm(timer);
        // Rounded up, so that a timer never fires early; and never into the tick that is being looked at.
        var tick = Math.Max((dueNanoseconds + TickNanoseconds - 1) / TickNanoseconds, _tick + 1);
        var bucket = (int)(tick % Buckets);
        timer.DueNanoseconds = tick * TickNanoseconds;
        timer.Bucket = bucket;
        timer.Armed = true;
        timer.PreviousTimer = null;
        timer.NextTimer = _buckets[bucket];
        if (timer.NextTimer is { } next) next.PreviousTimer = timer;
        _buckets[bucket] = timer;
        _used[bucket >> 6] |= 1UL << (bucket & 63);
        _armed++;
    }

    public void Disarm(LoopTimer timer)
    {
        if (!timer.Armed) return;
        if (timer.PreviousTimer is { } previous) previous.NextTimer = timer.NextTimer;
        else _buckets[timer.Bucket] = timer.NextTimer;
        if (timer.NextTimer is { } next) next.PreviousTimer = timer.PreviousTimer;
        if (_buckets[timer.Bucket] is null) _used[timer.Bucket >> 6] &= ~(1UL << (timer.Bucket & 63));
        timer.NextTimer = timer.PreviousTimer = null;
        timer.Armed = false;
        timer.Bucket = -1;
        _armed--;
    }

    /// <summary>Fires what is due; a timer armed while firing waits for a later tick, and one that throws is handed to
    /// whoever made the wheel, so that the others fire all the same.</summary>
    public void Turn(long now)
    {
        var target = now / TickNanoseconds;
        if (_armed == 0)
        {
            _tick = Math.Max(_tick, target);
            return;
        }
        // After a long sleep one full turn looks at every bucket; more would look at the same ones again.
        var from = Math.Max(_tick + 1, target - Buckets + 1);
        for (var tick = from; tick <= target && _armed > 0; tick++)
        {
            _tick = tick;
            FireBucket((int)(tick % Buckets), now);
        }
        _tick = Math.Max(_tick, target);
    }

    private void FireBucket(int bucket, long now)
    {
        for (var timer = FindDue(bucket, now); timer is not null; timer = FindDue(bucket, now))
        {
            Disarm(timer);
            try
            {
                timer.Fire();
            }
            catch (Exception fault) when (onFault is not null)
            {
                onFault(timer, fault);
            }
        }
    }

    private LoopTimer? FindDue(int bucket, long now)
    {
        for (var timer = _buckets[bucket]; timer is not null; timer = timer.NextTimer)
            if (timer.DueNanoseconds <= now) return timer;
        return null;
    }
}
