namespace Lunette.Conformance;

/// <summary>
/// The test of the suite that wants a SANITIZE to be still going after four seconds and every kind of reset: on a disk
/// whose store is slowed down, and beside the others, since the tool sleeps for a minute before it looks whether it has
/// ended.
/// </summary>
public sealed class SlowedDiskTests
{
    internal const string Test = "Sanitize.Reset";

    [Fact]
    public async Task SanitizeReset_StoreTakesItsTime_Passes()
    {
        // Nor does it answer pings while it sleeps.
        await using var suite = await Suite.StartAsync("--limit", "ping-seconds=120");
        await suite.Daemon.DoAsync($"inject {suite.Disk} delay --ms 400");
        var results = await suite.RunAsync($"ONLY=^{Test}$", limitSeconds: 300);
        Assert.Equal("PASS", Assert.Single(results).Value.Split('\t')[0]);
    }
}
