using Lunette.Scsi;

namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>
/// What became of tasks: of one nexus, or of one logical unit as one loop saw it. That loop alone counts, without locks
/// and, once each direction was seen, without allocation; anybody reads, a command behind at most and never torn.
/// </summary>
public sealed class TaskCounters
{
    /// <summary>Kinds of errors told apart; more are counted together.</summary>
    public const int ErrorsMax = 32;

    // One array for each direction, with a cache line free at either end: two loops never write to the same line.
    private const int Pad = 8;
    private const int Tasks = Pad;
    private const int Bytes = Tasks + 1;
    private const int Nanoseconds = Bytes + 1;
    private const int Latencies = Nanoseconds + 1;
    private const int Length = Latencies + LatencyHistogram.Buckets + Pad;

    private readonly long[]?[] _directions = new long[]?[3];
    private readonly uint[] _errors = new uint[ErrorsMax];
    private readonly long[] _errorCounts = new long[ErrorsMax];
    private int _errorKinds;
    private long _otherErrors;
    private long _aborted;

    /// <summary>Counts a task that has ended; on the loop that owns this.</summary>
    public void Count(in TaskEnd end)
    {
        if (end.Status == ScsiStatus.TaskAborted)
        {
            _aborted++;
            return;
        }
        var counts = _directions[(int)end.Direction] ?? First(end.Direction);
        counts[Tasks]++;
        counts[Bytes] += end.Bytes;
        counts[Nanoseconds] += end.Nanoseconds;
        counts[Latencies + LatencyHistogram.BucketOf(end.Nanoseconds)]++;
        if (end.Error != 0) CountError(end.Error);
    }

    /// <summary>Adds all counts to a sum.</summary>
    public void AddTo(TaskTotals sum)
    {
        for (var i = 0; i < _directions.Length; i++)
        {
            if (Volatile.Read(ref _directions[i]) is not { } counts) continue;
            var of = sum.Of((TaskDirection)i);
            of.Tasks += Volatile.Read(ref counts[Tasks]);
            of.Bytes += Volatile.Read(ref counts[Bytes]);
            of.Nanoseconds += Volatile.Read(ref counts[Nanoseconds]);
            for (var bucket = 0; bucket < LatencyHistogram.Buckets; bucket++)
                of.Latencies[bucket] += Volatile.Read(ref counts[Latencies + bucket]);
        }
        sum.Aborted += Volatile.Read(ref _aborted);
        sum.OtherErrors += Volatile.Read(ref _otherErrors);
        var known = Volatile.Read(ref _errorKinds);
        for (var i = 0; i < known; i++) sum.AddError(_errors[i], Volatile.Read(ref _errorCounts[i]));
    }

    private long[] First(TaskDirection direction)
    {
        var counts = new long[Length];
        Volatile.Write(ref _directions[(int)direction], counts);
        return counts;
    }

    private void CountError(uint error)
    {
        var known = _errorKinds;
        for (var i = 0; i < known; i++)
        {
            if (_errors[i] != error) continue;
            _errorCounts[i]++;
            return;
        }
        if (known == ErrorsMax)
        {
            _otherErrors++;
            return;
        }
        _errors[known] = error;
        _errorCounts[known] = 1;
        // A reader that sees the number sees what it is of.
        Volatile.Write(ref _errorKinds, known + 1);
    }
}
