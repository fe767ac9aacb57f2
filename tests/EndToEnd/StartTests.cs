using System.Net;
using System.Net.Sockets;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>Starting, failing to start, stopping, and being killed.</summary>
public sealed class StartTests : EndToEndTests
{
    [Fact]
    public async Task Start_PortInUse_OneLineThatSaysWhatToDo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var portal = taken.LocalEndpoint.ToString()!;
        await FailsToStartAsync(["--home", Home, "--portal", portal], portal, "--portal");
        await using var daemon = await RunningDaemon.StartAsync(Home);
    }

    // A core would hold secrets. Whoever wants one raises the limit again, which stays possible.
    [Fact]
    public async Task Start_ByHandWhereCoresAreLeft_LeavesNone()
    {
        await using var daemon = await RunningDaemon.StartUnderAsync(
            ["sh", "-c", "ulimit -c \"$(ulimit -H -c)\"; exec \"$@\"", "sh"], Home);
        var limits = await File.ReadAllLinesAsync($"/proc/{daemon.ProcessId}/limits", Stop);
        var core = Assert.Single(limits, line => line.StartsWith("Max core file size", StringComparison.Ordinal));
        Assert.Equal("0", core["Max core file size".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
    }

    [Fact]
    public async Task Start_HomeIsAFile_OneLineThatSaysWhatToDo()
    {
        await File.WriteAllTextAsync(Home, "not a directory", Stop);
        await FailsToStartAsync(["--home", Home], $"cannot write to {Home}: {Home} is a file", "--home");
        await FailsToStartAsync(["--home", "/proc/lunette"], "cannot write to /proc/lunette: ", "--home");
        Assert.Equal("not a directory", await File.ReadAllTextAsync(Home, Stop));
    }

    [Fact]
    public async Task Start_ConfigurationDamaged_OneLineAndTheFileIsLeftAsItIs()
    {
        await using (var daemon = await RunningDaemon.StartAsync(Home)) Assert.Equal(0, await daemon.StopAsync());
        var store = Path.Combine(Home, "lunette.db");
        var bytes = await File.ReadAllBytesAsync(store, Stop);
        bytes.AsSpan(100, 4000).Fill(0xA5);
        await File.WriteAllBytesAsync(store, bytes, Stop);
        await FailsToStartAsync(["--home", Home, "--portal", "127.0.0.1:0"], store, "move it away");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(store, Stop));
    }

    // An empty configuration beside disks is a lost one: a fresh one would show them to everybody.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_ConfigurationLost_OneLineAndNothingIsServed(bool emptied)
    {
        await using (var daemon = await RunningDaemon.StartAsync(Home)) Assert.Equal(0, await daemon.StopAsync());
        var store = Path.Combine(Home, "lunette.db");
        File.Delete(store);
        if (emptied) File.Create(store).Dispose();
        await FailsToStartAsync(["--home", Home, "--portal", "127.0.0.1:0"], store, "put a copy of it back");
        Assert.Equal(emptied, File.Exists(store));
    }

    [Fact]
    public async Task Start_SecondDaemonOnTheSameHome_OneLineAndTheFirstServesOn()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await FailsToStartAsync(["--home", Home, "--portal", "127.0.0.1:0"], "another daemon", "--home");
        await daemon.DoAsync("stmfadm list-state");
    }

    [Theory]
    [InlineData("--portal", "nowhere")]
    [InlineData("--portal", "127.0.0.1:99999")]
    [InlineData("--ram", "much")]
    [InlineData("--ram", "100")]
    [InlineData("--ram", "1e")]
    [InlineData("--ram", "1m,blk=3")]
    [InlineData("--loops", "-1")]
    [InlineData("--loops", "100000")]
    [InlineData("--loops", "many")]
    [InlineData("--stop-deadline", "-5")]
    [InlineData("--spin", "perhaps")]
    [InlineData("--limit", "sessions")]
    [InlineData("--limit", "sessions=0")]
    [InlineData("--limit", "patience=1")]
    [InlineData("--what", "1")]
    public async Task Start_OptionNotUnderstood_SaysSo(string option, string value)
    {
        var ran = await Command.RunAsync("dotnet", RunningDaemon.DaemonPath, "serve", option, value);
        Assert.Equal((1, ""), (ran.Exit, ran.Output));
        // Mistakes and where to read on, a line each; nothing in .NET's words.
        Assert.All(ran.Error.TrimEnd().Split('\n'),
            line => Assert.StartsWith("lunette: ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("System.", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RamDisk_ShownAndGoneWithoutTheOption()
    {
        await using (var daemon = await RunningDaemon.StartAsync(Home, "--ram", "64m"))
        {
            var units = await daemon.DoAsync("stmfadm list-lu -v");
            Assert.Contains("Alias             : ram", units, StringComparison.Ordinal);
            Assert.Equal(0, await daemon.StopAsync());
        }
        await using var without = await RunningDaemon.StartAsync(Home);
        Assert.DoesNotContain("unregistered", await without.DoAsync("stmfadm list-lu -v"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SeveralPortals_EachServesAndIsDiscovered()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        var list = Peer.Require("iscsi-ls");
        var inquiry = Peer.Require("iscsi-inq");
        await using var daemon = await RunningDaemon.StartAsync(
            Home, "--portal", "127.0.0.1:0", "--portal", "[::1]:0");
        var portals = (await daemon.StatusAsync()).Portals;
        Assert.Equal(3, portals.Distinct().Count());
        Assert.Single(portals, portal => portal.StartsWith("[::1]:", StringComparison.Ordinal));
        foreach (var portal in portals)
        {
            var discovered = await Command.DoAsync(list, $"iscsi://{portal}");
            Assert.All(portals, other => Assert.Contains($"Portal:{other},1", discovered, StringComparison.Ordinal));
            await Command.DoAsync(inquiry, $"iscsi://{portal}/{daemon.Target}/0");
        }
    }

    [Fact]
    public async Task Start_Limits_AreWhatWasAskedForAndShown()
    {
        await using var daemon = await RunningDaemon.StartAsync(
            Home, "--limit", "sessions=2", "--limit", "login-seconds=5");
        await daemon.SaysAsync("sessions 2, ");
        var limits = (await daemon.StatusAsync()).Limits;
        Assert.Contains(new NamedCount("sessions", 2), limits);
        Assert.Contains(new NamedCount("login-seconds", 5), limits);
        Assert.Contains("login-seconds", await daemon.DoAsync("status"), StringComparison.Ordinal);
        await using (await Steady.ConnectAsync(daemon, "one"))
        await using (await Steady.ConnectAsync(daemon, "two"))
        {
            var refused = await Command.RunAsync(Peer.Require("iscsi-inq"), daemon.Url);
            Assert.NotEqual(0, refused.Exit);
        }
    }

    [Fact]
    public async Task DaemonGone_Command_SaysThatNoneListens()
    {
        var ran = await Command.RunAsync("dotnet", RunningDaemon.CliPath, "stmfadm", "list-target", "--home", Home);
        Assert.Equal((1, ""), (ran.Exit, ran.Output));
        Assert.Equal("stmfadm: STMF service not found", ran.Error.Split('\n')[0]);
        Assert.Contains("lunette serve", ran.Error, StringComparison.Ordinal);
    }

    // What was answered is there after a kill at any moment; of what was under way, all or nothing.
    [Fact]
    public async Task Kill_WhileTheConfigurationChanges_NothingAcknowledgedIsLost()
    {
        var random = new Random(20261122);
        var acknowledged = 0;
        for (var round = 0; round < 6; round++)
        {
            await using var daemon = await RunningDaemon.StartAsync(Home);
            await using var admin = RemoteAdmin.OverUnixSocket(Path.Combine(Home, "admin.sock"));
            var groups = (await admin.GetHostGroupListAsync()).Required;
            Assert.InRange(groups.Count, acknowledged, acknowledged + 1);
            acknowledged = groups.Count;
            var killed = KillSoonAsync(daemon, random.Next(50));
            while ((await admin.CreateHostGroupAsync($"group-{acknowledged}")).Succeeded) acknowledged++;
            await killed;
        }
    }

    private static async Task KillSoonAsync(RunningDaemon daemon, int milliseconds)
    {
        await Task.Delay(milliseconds, Stop);
        await daemon.KillAsync();
    }

    private static async Task FailsToStartAsync(string[] options, params string[] says)
    {
        var ran = await Command.RunAsync("dotnet", [RunningDaemon.DaemonPath, "serve", .. options]);
        Assert.Equal((1, ""), (ran.Exit, ran.Output));
        var lines = ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = lines[^1];
        Assert.StartsWith("lunette: ", line, StringComparison.Ordinal);
        foreach (var word in says) Assert.Contains(word, line, StringComparison.Ordinal);
    }
}
