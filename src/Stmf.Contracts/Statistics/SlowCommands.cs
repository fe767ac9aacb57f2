namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>The tasks that took longer than a threshold, the last of them. Any thread.</summary>
/// <param name="kept">How many are kept.</param>
public sealed class SlowCommands(int kept)
{
    private readonly Lock _gate = new();        // a leaf, taken only for tasks that were slow
    private readonly TaskRecord[] _last = new TaskRecord[kept];
    private long _count;
    private long _threshold = long.MaxValue;

    /// <summary>From how many nanoseconds on a task is slow; <see cref="long.MaxValue"/> for never.</summary>
    public long ThresholdNanoseconds
    {
        get => Volatile.Read(ref _threshold);
        set => Volatile.Write(ref _threshold, value);
    }

    /// <summary>How many there were.</summary>
    public long Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>Takes one down.</summary>
    public void Add(in TaskRecord record)
    {
        lock (_gate) _last[_count++ % _last.Length] = record;
    }

    /// <summary>Those that came after the first so many and are still kept, oldest first.</summary>
    public TaskRecord[] Since(long count)
    {
        lock (_gate)
        {
            var first = Math.Max(count, Math.Max(0, _count - _last.Length));
            var since = new TaskRecord[Math.Max(0, _count - first)];
            for (var i = 0; i < since.Length; i++) since[i] = _last[(first + i) % _last.Length];
            return since;
        }
    }
}
