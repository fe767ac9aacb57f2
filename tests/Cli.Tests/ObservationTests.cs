namespace Lunette.Cli.Tests;

/// <summary>The commands that look, where there is little to be seen.</summary>
public sealed class ObservationTests : CommandTests
{
    private const string Target = "iqn.2026-11.example:t";

    [Fact]
    public async Task Stats_TargetWithoutSessions_TableOfZeros()
    {
        await DoAsync($"target create -n {Target} -l shelf");
        await Kit.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        var stats = (await DoAsync("stats targets")).Split('\n');
        Assert.Equal("TARGET                 ALIAS  SESSIONS  READS  READ  P50  P99  WRITES  WRITTEN  P50  P99  "
            + "OTHERS  ERRORS  ABORTED", stats[0]);
        Assert.Equal("iqn.2026-11.example:t  shelf         0      0    0B    -    -       0       0B    -    -  "
            + "     0       0        0", stats[1]);
        Assert.Equal("SESSION  INITIATOR  TARGET  FROM  SINCE\n", await DoAsync("session list"));
        Assert.StartsWith("{", await DoAsync("stats disks --json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_Once_OneReading()
    {
        var top = await DoAsync("top --once --interval 0.1");
        Assert.Contains("0 commands/s", top, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', top);
        await FailsAsync("top --interval 0", "lunette top: --interval is 0.1 to 3600 seconds");
    }

    [Fact]
    public async Task History_OfTheService_EndsOnline()
    {
        var lines = (await DoAsync("history")).TrimEnd().Split('\n');
        Assert.Matches("^TIME +FROM +EVENT +TO +CAUSE$", lines[0]);
        Assert.Matches("Onlining +ObjectsSettled +Online", lines[^1]);
        await FailsAsync($"history {Target}", $"lunette: {Target}: not found");
    }

    [Fact]
    public async Task TraceAndSlow_WhatWasNotAskedFor_SaysHowToAsk()
    {
        await FailsAsync("trace", "lunette: nothing is traced: begin with 'lunette trace on'");
        await DoAsync("trace on");
        Assert.StartsWith("TIME", await DoAsync("trace"), StringComparison.Ordinal);
        Assert.Equal("0 commands took longer than 1s\n", await DoAsync("slow"));
        await DoAsync("slow --threshold 1.5ms");
        Assert.Equal("0 commands took longer than 1.5ms\n", await DoAsync("slow"));
        await FailsAsync("slow --threshold soon", "lunette: soon: write a time such as 500us, 20ms or 2s, or off");
    }

    [Fact]
    public async Task Capture_FileIsThere_IsNotOverwritten()
    {
        var file = Path.GetTempFileName();
        var ran = await RunAsync($"capture --session 1 {file}");
        Assert.Equal(1, ran.Exit);
        Assert.Contains("exists", ran.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
        File.Delete(file);
    }

    [Fact]
    public async Task Metrics_Text_HasTheLimits() => Assert.Contains(
        "lunette_limit{name=\"sessions\"} 4096\n", await DoAsync("metrics"), StringComparison.Ordinal);
}
