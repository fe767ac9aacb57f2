using Lunette.Daemon.Starting;
using Lunette.Testing;

namespace Lunette.EndToEnd.Limits;

/// <summary>Every limit has a default, can be set, is seen, and says so when it is reached: from the rows.</summary>
public sealed class LimitTests : EndToEndTests
{
    // What is asked or told after a time hurts nobody: no bound that could be reached.
    private static readonly string[] s_paces = ["ping-seconds", "slow-milliseconds"];

    [Fact]
    public async Task EachRow_SetLowAndReached_InTheLogTheStatusAndThePage()
    {
        // Side by side: most of it is waiting for a second to be over.
        var missing = await Task.WhenAll(ServeLimit.All.Where(row => !s_paces.Contains(row.Name)).Select(MissingAsync));
        Assert.True(missing.All(one => one is null), string.Join("\n\n", missing.OfType<string>()));
        Assert.Equal(ServeLimit.All.Count, LimitCases.All.Count + s_paces.Length);
    }

    [Fact]
    public void EachRow_DefaultOnThePage()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var usual = ServeLimit.Describe(new() { Home = new(Home) });
        Assert.All(usual, limit =>
            Assert.Contains($"\n| `{limit.Name}` | {limit.Value}", page, StringComparison.Ordinal));
    }

    // What is not as it should be of one limit; null for nothing.
    private async Task<string?> MissingAsync(ServeLimit row)
    {
        if (!LimitCases.All.TryGetValue(row.Name, out var limit)) return $"{row.Name}: nobody goes past it";
        await using var system = await SystemOfTest.StartAsync(Path.Combine(Folder, row.Name), limit.Low);
        var low = limit.Low.First(one => one.Name == row.Name).Value;
        var status = (await system.Admin.GetDaemonStatusAsync()).Required;
        if (status.Limits.Single(one => one.Name == row.Name).Value != low) return $"{row.Name}: not in the status";
        var metrics = (await system.Admin.GetMetricsAsync()).Required;
        if (!metrics.Contains($"lunette_limit{{name=\"{row.Name}\"}} {low}\n", StringComparison.Ordinal))
            return $"{row.Name}: not in the metrics";
        await limit.ReachAsync(system);
        await Eventually.IsSoAsync(
            () => system.Said.Any(line => line.StartsWith($"limit {row.Name} reached: ", StringComparison.Ordinal)),
            () => string.Join('\n', system.Said), $"limit {row.Name} is in the log");
        return null;
    }
}
