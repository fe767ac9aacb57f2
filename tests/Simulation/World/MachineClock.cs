namespace Lunette.Simulation.World;

/// <summary>The clock of one machine: virtual time; its timers end with the machine.</summary>
internal sealed class MachineClock(Scheduler scheduler, Func<bool> isAlive) : TimeProvider
{
    private static readonly DateTimeOffset s_beginning = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => scheduler.Now;

    /// <summary>How far what people read is from what has passed.</summary>
    public TimeSpan WallOffset { get; set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => s_beginning.AddTicks(scheduler.Now / 100) + WallOffset;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, scheduler, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(MachineClock clock, Scheduler scheduler, TimerCallback callback, object? state) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var version = ++_version;
            if (dueTime != Timeout.InfiniteTimeSpan) scheduler.After(dueTime, () => Fire(version, period));
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version, TimeSpan period)
        {
            if (version != _version || !clock.IsAlive) return;
            callback(state);
            if (version == _version && period != Timeout.InfiniteTimeSpan)
                scheduler.After(period, () => Fire(version, period));
        }
    }

    private bool IsAlive => isAlive();
}
