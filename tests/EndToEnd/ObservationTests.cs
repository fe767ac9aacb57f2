using System.Text.Json;
using Lunette.Iscsi;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>What an administrator can see while initiators work.</summary>
public sealed class ObservationTests : EndToEndTests
{
    private const string Initiator = "iqn.2026-11.example:host";

    [Fact]
    public async Task Commands_WhileASessionWorks_ShowWhatItDoes()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--metrics", "127.0.0.1:0");
        using var initiator = await LogInAsync(daemon);
        await DoAsync("trace", "on");
        await initiator.WriteAsync(8, new byte[4096]);
        await initiator.ReadAsync(8, 8);
        // A command is counted when its answer has left, and before the next one is looked at.
        await initiator.SettleAsync();

        Assert.Contains("READ (10) lba=8 blocks=8", await DoAsync("trace"), StringComparison.Ordinal);
        await FieldAsync(["stats", "disks", "--json"], row =>
        {
            Assert.Equal((1, 4096), Counted(row, "reads"));
            Assert.Equal((1, 4096), Counted(row, "writes"));
            Assert.Contains("POWER ON", row.GetProperty("errors")[0].GetProperty("name").GetString()!,
                StringComparison.Ordinal);
        });
        await FieldAsync(["stats", "initiators", "--json"],
            row => Assert.Equal(Initiator, row.GetProperty("name").GetString()));
        await FieldAsync(["session", "list", "--json"],
            row => Assert.Equal(daemon.Target, row.GetProperty("session").GetProperty("target").GetString()));
        Assert.Contains(Initiator, await DoAsync("stats", "sessions"), StringComparison.Ordinal);
        Assert.Contains("Onlining", await DoAsync("history", daemon.Target), StringComparison.Ordinal);
        // In the two seconds that it looks at, a busy machine may not let anybody read.
        await WaitForAsync(async () =>
        {
            var top = DoAsync("top", "--once", "--interval", "2", "--json");
            while (!top.IsCompleted) await initiator.ReadAsync(8, 8);
            using var seen = JsonDocument.Parse(await top);
            var disk = seen.RootElement.GetProperty("disks")[0];
            var works = disk.GetProperty("reads").GetDouble() > 0;
            Assert.True(!works || disk.GetProperty("medianNanoseconds").GetDouble() > 0, await top);
            return works;
        });
        await MetricsAsync(daemon);
    }

    [Fact]
    public async Task SlowCommand_PastTheThreshold_InTheLogAndTheList()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await DoAsync("slow", "--threshold", "1us");
        using var initiator = await LogInAsync(daemon);
        await initiator.ReadAsync(8, 8);
        await daemon.SaysAsync("slow: READ (10) lba=8 blocks=8 on ");
        Assert.Contains($" from {Initiator} took ", daemon.Said, StringComparison.Ordinal);
        Assert.Contains("READ (10) lba=8 blocks=8", await DoAsync("slow"), StringComparison.Ordinal);
        await DoAsync("slow", "--threshold", "off");
        Assert.Contains("no command is slow", await DoAsync("slow"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_Reached_InTheLogAndTheMetrics()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--limit", "sessions=1");
        using var first = await LogInAsync(daemon);
        using var second = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        Assert.Equal(LoginStatus.OutOfResources,
            await second.LoginAsync(SocketInitiator.Settings(isid: 2, target: daemon.Target)));
        await daemon.SaysAsync("limit sessions reached: a login is refused, 1 times");
        var metrics = await DoAsync("metrics");
        Assert.Contains("lunette_limit{name=\"sessions\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("lunette_events_total{name=\"sessions refused\"} 1\n", metrics, StringComparison.Ordinal);
    }

    private static async Task<SocketInitiator> LogInAsync(RunningDaemon daemon)
    {
        var initiator = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        Assert.Equal(LoginStatus.Success,
            await initiator.LoginAsync(SocketInitiator.Settings(target: daemon.Target)));
        await initiator.SettleAsync();
        return initiator;
    }

    private static async Task MetricsAsync(RunningDaemon daemon)
    {
        const string At = "metrics are at ";
        await daemon.SaysAsync(At);
        var said = daemon.Said;
        var url = said[(said.IndexOf(At, StringComparison.Ordinal) + At.Length)..].Split('\n')[0].Trim();
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri(url), Stop);
        var line = $"lunette_target_commands_total{{target=\"{daemon.Target}\",direction=\"write\"}} 1\n";
        Assert.Contains(line, text, StringComparison.Ordinal);
        Assert.Contains("lunette_lu_latency_seconds_bucket{", text, StringComparison.Ordinal);
        Assert.Contains("lunette_limit{name=\"logins-per-second\"} 2000\n", text, StringComparison.Ordinal);
        using var other = await client.GetAsync(new Uri(new Uri(url), "/other"), Stop);
        Assert.Equal(404, (int)other.StatusCode);
    }

    private static (long Commands, long Bytes) Counted(JsonElement row, string direction)
    {
        var of = row.GetProperty(direction);
        return (of.GetProperty("commands").GetInt64(), of.GetProperty("bytes").GetInt64());
    }

    private async Task FieldAsync(string[] words, Action<JsonElement> check)
    {
        using var json = JsonDocument.Parse(await DoAsync(words));
        check(json.RootElement.GetProperty("rows")[0]);
    }

    private Task<string> DoAsync(params string[] words) =>
        Command.DoAsync("dotnet", [RunningDaemon.CliPath, "--home", Home, .. words]);
}
