using Lunette.Testing;

namespace Lunette.EndToEnd.PowerLoss;

/// <summary>The daemon, and what it does to files, from its start to its end.</summary>
internal static class TracedDaemon
{
    /// <summary>Runs it and lets somebody work with it.</summary>
    /// <param name="folder">What happens in it is recorded, and the record is put there.</param>
    /// <param name="home">The daemon's.</param>
    /// <param name="work">Done when it serves; then it is stopped.</param>
    public static async Task<List<FileCall>> RecordAsync(string folder, string home, Func<RunningDaemon, Task> work)
    {
        var stop = TestContext.Current.CancellationToken;
        var record = Path.Combine(folder, "record");
        string[] strace = [Peer.Require("strace"), .. FileCall.StraceOptions, "-o", record];
        var may = await Command.RunAsync(strace[0], "-o", "/dev/null", "true");
        Assert.SkipUnless(may.Exit == 0, $"this machine does not let the test trace a process: {may.Error}");
        await using (var daemon = await RunningDaemon.StartUnderAsync(strace, home))
        {
            await work(daemon);
            Assert.Equal(0, await daemon.StopAsync());
        }
        await Eventually.IsSoAsync(async () =>
            (await File.ReadAllTextAsync(record, stop)).TrimEnd().EndsWith("+++", StringComparison.Ordinal));
        return FileCall.ReadAll(await File.ReadAllLinesAsync(record, stop), folder);
    }
}
