namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>Sums of <see cref="TaskCounters"/>. Its maker's own: not for two threads.</summary>
public sealed class TaskTotals
{
    private readonly DirectionTotals[] _directions = [new(), new(), new()];

    /// <summary>Tasks that ended as aborted.</summary>
    public long Aborted { get; set; }

    /// <summary>Errors that were not told apart any more.</summary>
    public long OtherErrors { get; set; }

    /// <summary>Errors by what <see cref="TaskError"/> makes of them.</summary>
    public SortedDictionary<uint, long> Errors { get; } = [];

    /// <summary>Tasks that ended with an answer.</summary>
    public long Tasks => _directions[0].Tasks + _directions[1].Tasks + _directions[2].Tasks;

    /// <summary>The sums of one direction.</summary>
    public DirectionTotals Of(TaskDirection direction) => _directions[(int)direction];

    /// <summary>Adds errors of a kind.</summary>
    public void AddError(uint error, long count) => Errors[error] = Errors.GetValueOrDefault(error) + count;

    /// <summary>Adds another sum.</summary>
    public void Add(TaskTotals other)
    {
        for (var i = 0; i < _directions.Length; i++) _directions[i].Add(other._directions[i]);
        Aborted += other.Aborted;
        OtherErrors += other.OtherErrors;
        foreach (var (error, count) in other.Errors) AddError(error, count);
    }
}

/// <summary>Sums over the tasks that moved data one way.</summary>
public sealed class DirectionTotals
{
    /// <summary>Tasks.</summary>
    public long Tasks { get; set; }

    /// <summary>Bytes they moved.</summary>
    public long Bytes { get; set; }

    /// <summary>How long they took together.</summary>
    public long Nanoseconds { get; set; }

    /// <summary>Their latencies, for <see cref="LatencyHistogram.Percentile"/>.</summary>
    public long[] Latencies { get; } = new long[LatencyHistogram.Buckets];

    internal void Add(DirectionTotals other)
    {
        Tasks += other.Tasks;
        Bytes += other.Bytes;
        Nanoseconds += other.Nanoseconds;
        for (var bucket = 0; bucket < Latencies.Length; bucket++) Latencies[bucket] += other.Latencies[bucket];
    }
}
