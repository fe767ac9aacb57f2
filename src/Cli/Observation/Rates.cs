using Lunette.Admin.Contracts.Observation;

namespace Lunette.Cli.Observation;

/// <summary>How busy something was between two readings, by the second.</summary>
/// <param name="Name">What.</param>
/// <param name="Alias">What people call it.</param>
/// <param name="Reads">Commands that brought data in.</param>
/// <param name="Writes">Commands that took data out.</param>
/// <param name="Others">Commands without data.</param>
/// <param name="BytesRead">Bytes of Data-In.</param>
/// <param name="BytesWritten">Bytes of Data-Out.</param>
/// <param name="MedianNanoseconds">Half of the commands with data took at most so long; 0 where there was
/// none.</param>
/// <param name="TailNanoseconds">All but one in a hundred did.</param>
/// <param name="Errors">Commands that ended with an error.</param>
internal sealed record Rates(
    string Name, string Alias, double Reads, double Writes, double Others, double BytesRead, double BytesWritten,
    double MedianNanoseconds, double TailNanoseconds, double Errors)
{
    /// <summary>Commands of any kind.</summary>
    public double Commands => Reads + Writes + Others;

    /// <summary>What happened between two readings of the same thing; the earlier is null where it is new.</summary>
    public static Rates Between(Activity? before, Activity now, double seconds)
    {
        var latencies = Since(before, now);
        return new(
            StatsCommand.NameOf(now), now.Alias,
            (now.Reads.Commands - (before?.Reads.Commands ?? 0)) / seconds,
            (now.Writes.Commands - (before?.Writes.Commands ?? 0)) / seconds,
            (now.Others.Commands - (before?.Others.Commands ?? 0)) / seconds,
            (now.Reads.Bytes - (before?.Reads.Bytes ?? 0)) / seconds,
            (now.Writes.Bytes - (before?.Writes.Bytes ?? 0)) / seconds,
            Percentile(latencies, 0.5), Percentile(latencies, 0.99),
            (ErrorsOf(now) - (before is null ? 0 : ErrorsOf(before))) / seconds);
    }

    /// <summary>How long a share of commands took at most, in nanoseconds; 0 where there are none.</summary>
    public static double Percentile(IReadOnlyList<LatencyCount> counts, double share)
    {
        var left = (long)Math.Ceiling(counts.Sum(count => count.Commands) * share);
        foreach (var count in counts)
        {
            left -= count.Commands;
            if (left <= 0) return count.UpTo;
        }
        return 0;
    }

    private static List<LatencyCount> Since(Activity? before, Activity now)
    {
        var counts = new SortedDictionary<long, long>();
        foreach (var (upTo, commands) in now.Reads.Latencies.Concat(now.Writes.Latencies))
            counts[upTo] = counts.GetValueOrDefault(upTo) + commands;
        if (before is not null)
            foreach (var (upTo, commands) in before.Reads.Latencies.Concat(before.Writes.Latencies))
                counts[upTo] = counts.GetValueOrDefault(upTo) - commands;
        return [.. counts.Where(count => count.Value > 0).Select(count => new LatencyCount(count.Key, count.Value))];
    }

    private static long ErrorsOf(Activity activity) => activity.Errors.Sum(error => error.Value);
}

/// <summary>One reading of lunette top, as <c>--json</c> shows it.</summary>
internal sealed record TopView(
    DateTimeOffset At, double Seconds, IReadOnlyList<Rates> Targets, IReadOnlyList<Rates> Disks,
    IReadOnlyList<Rates> Sessions);
