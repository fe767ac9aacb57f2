namespace Lunette.Port.Iscsi.Statistics;

/// <summary>
/// What a session has done. Its loop counts, without locks; anybody reads, a command behind at most.
/// </summary>
public sealed class SessionStatistics
{
    private long _reads;
    private long _writes;
    private long _others;
    private long _readBytes;
    private long _writeBytes;

    /// <summary>Commands that brought data in.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>Commands that took data out.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>Commands without data.</summary>
    public long Others => Volatile.Read(ref _others);

    /// <summary>Bytes of Data-In sent.</summary>
    public long ReadBytes => Volatile.Read(ref _readBytes);

    /// <summary>Bytes of Data-Out taken.</summary>
    public long WriteBytes => Volatile.Read(ref _writeBytes);

    /// <summary>From a command's arrival to its answer being appended to what is sent.</summary>
    public LatencyHistogram Latency { get; } = new();

    internal void CountRead(long bytes)
    {
        _reads++;
        _readBytes += bytes;
    }

    internal void CountWrite(long bytes)
    {
        _writes++;
        _writeBytes += bytes;
    }

    internal void CountOther() => _others++;
}

/// <summary>Sums over sessions, those that have ended included.</summary>
public sealed class PortTotals
{
    /// <summary>Sessions now.</summary>
    public int Sessions { get; internal set; }

    /// <summary>Commands that brought data in.</summary>
    public long Reads { get; internal set; }

    /// <summary>Commands that took data out.</summary>
    public long Writes { get; internal set; }

    /// <summary>Commands without data.</summary>
    public long Others { get; internal set; }

    /// <summary>Bytes of Data-In sent.</summary>
    public long ReadBytes { get; internal set; }

    /// <summary>Bytes of Data-Out taken.</summary>
    public long WriteBytes { get; internal set; }

    /// <summary>Latencies, for <see cref="LatencyHistogram.Percentile"/>.</summary>
    public long[] Latencies { get; } = LatencyHistogram.EmptySum();

    internal void Add(SessionStatistics session)
    {
        Reads += session.Reads;
        Writes += session.Writes;
        Others += session.Others;
        ReadBytes += session.ReadBytes;
        WriteBytes += session.WriteBytes;
        session.Latency.AddTo(Latencies);
    }
}
