using Lunette.Stmf;
using Lunette.Stmf.Contracts.Statistics;

namespace Lunette.Daemon.Status;

/// <summary>What all targets have done since the daemon started.</summary>
/// <param name="Sessions">Sessions now.</param>
/// <param name="Commands">Commands ended.</param>
/// <param name="ReadBytes">Bytes of Data-In.</param>
/// <param name="WriteBytes">Bytes of Data-Out.</param>
/// <param name="Latencies">Counts by latency, for <see cref="LatencyHistogram.Percentile"/>.</param>
internal sealed record Totals(int Sessions, long Commands, long ReadBytes, long WriteBytes, long[] Latencies)
{
    public static Totals Of(StmfFramework framework)
    {
        var sessions = 0;
        var all = new TaskTotals();
        foreach (var (target, totals) in framework.TargetTotals)
        {
            sessions += target.Sessions;
            all.Add(totals);
        }
        var latencies = new long[LatencyHistogram.Buckets];
        foreach (var direction in Enum.GetValues<TaskDirection>())
            for (var i = 0; i < latencies.Length; i++) latencies[i] += all.Of(direction).Latencies[i];
        return new(
            sessions, all.Tasks, all.Of(TaskDirection.In).Bytes, all.Of(TaskDirection.Out).Bytes, latencies);
    }

    /// <summary>What happened between an earlier reading and this one, by the second.</summary>
    public Rates Since(Totals earlier, TimeSpan time)
    {
        var seconds = Math.Max(time.TotalSeconds, 0.001);
        var counts = new long[Latencies.Length];
        for (var i = 0; i < counts.Length; i++) counts[i] = Latencies[i] - earlier.Latencies[i];
        return new(
            Sessions, (Commands - earlier.Commands) / seconds, (ReadBytes - earlier.ReadBytes) / seconds,
            (WriteBytes - earlier.WriteBytes) / seconds, LatencyHistogram.Percentile(counts, 0.5) / 1e3,
            LatencyHistogram.Percentile(counts, 0.99) / 1e3);
    }
}

/// <summary>How busy the daemon is.</summary>
/// <param name="Sessions">Sessions now.</param>
/// <param name="CommandsPerSecond">Commands a second.</param>
/// <param name="ReadBytesPerSecond">Data-In a second.</param>
/// <param name="WriteBytesPerSecond">Data-Out a second.</param>
/// <param name="MedianMicroseconds">Half of the commands were at most this long on their way here.</param>
/// <param name="TailMicroseconds">All but one in a hundred were.</param>
internal sealed record Rates(
    int Sessions, double CommandsPerSecond, double ReadBytesPerSecond, double WriteBytesPerSecond,
    double MedianMicroseconds, double TailMicroseconds);
