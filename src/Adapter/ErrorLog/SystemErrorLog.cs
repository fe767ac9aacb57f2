namespace Lunette.Adapter.ErrorLog;

/// <summary>
/// The system error log: the last entries in memory, each handed to a store as it is written. Bounded; the oldest entry
/// makes room. Any thread.
/// </summary>
public sealed class SystemErrorLog
{
    private readonly Lock _gate = new();
    private readonly Queue<ErrorEntry> _entries = [];
    private readonly TimeProvider _time;
    private readonly IErrorLogStore? _store;
    private readonly int _bound;
    private long _sequence;

    /// <summary>Makes a log.</summary>
    /// <param name="time">Dates the entries.</param>
    /// <param name="store">Keeps them beyond the process; null keeps nothing.</param>
    /// <param name="bound">How many entries there are at most.</param>
    public SystemErrorLog(TimeProvider time, IErrorLogStore? store = null, int bound = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        _time = time;
        _store = store;
        _bound = bound;
        foreach (var entry in (store?.Load(bound) ?? []).TakeLast(bound))
        {
            _entries.Enqueue(entry);
            _sequence = Math.Max(_sequence, entry.SequenceNumber);
        }
        _sequence = Math.Max(_sequence, store?.LastSequence ?? 0);
    }

    /// <summary>An entry was written; raised on the writer's thread, which must not be held up. What is thrown there is
    /// a fault of the writer's loop, and nothing else.</summary>
    public event EventHandler<ErrorEntry>? Written;

    /// <summary>The entries, oldest first.</summary>
    public IReadOnlyList<ErrorEntry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    /// <summary>Writes an entry; sequence number and time are the log's.</summary>
    public ErrorEntry Write(ErrorEntry entry)
    {
        ErrorEntry written;
        lock (_gate)
        {
            written = entry with { SequenceNumber = ++_sequence, Time = _time.GetUtcNow() };
            if (_entries.Count == _bound) _entries.Dequeue();
            _entries.Enqueue(written);
            // In the order of their numbers, whoever writes.
            _store?.Append(written, _bound);
        }
        Written?.Invoke(this, written);
        return written;
    }

    /// <summary>Forgets entries older than a time, or all (<c>errclear</c>); returns how many.</summary>
    public int Clear(DateTimeOffset? olderThan = null)
    {
        lock (_gate)
        {
            // A clock that was set back leaves them out of order: each is looked at.
            var kept = _entries.Where(entry => olderThan is { } limit && entry.Time >= limit).ToArray();
            var cleared = _entries.Count - kept.Length;
            _entries.Clear();
            foreach (var entry in kept) _entries.Enqueue(entry);
            _store?.Clear(olderThan);
            return cleared;
        }
    }
}

/// <summary>
/// Keeps the entries of a <see cref="SystemErrorLog"/>. Appending must not block for long; what cannot be kept is
/// dropped, for a log never stops the driver.
/// </summary>
public interface IErrorLogStore
{
    /// <summary>The highest sequence number ever kept, cleared entries included; 0 for none.</summary>
    long LastSequence { get; }

    /// <summary>The newest entries, oldest first.</summary>
    IReadOnlyList<ErrorEntry> Load(int bound);

    /// <summary>Keeps one more, and no more than the bound.</summary>
    void Append(ErrorEntry entry, int bound);

    /// <summary>Forgets entries older than a time, or all.</summary>
    void Clear(DateTimeOffset? olderThan);
}
