using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>
/// The real daemon as a process of its own, on a port of the system's choice, with a home of the test's.
/// </summary>
internal sealed partial class RunningDaemon : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(180);

    // A machine may be so slow that a test does nothing with a session for minutes: nobody asks it whether it is there
    // unless the test is about that.
    private static readonly string[] s_unhurried = ["--limit", "ping-seconds=3600", "--limit", "login-seconds=120"];

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningDaemon(Process process, string home)
    {
        _process = process;
        Home = home;
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.Exited += (_, _) => _ready.TrySetResult();
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The dll of a program beside the tests.</summary>
    public static string DaemonPath { get; } = Path.Combine(AppContext.BaseDirectory, "Lunette.Daemon.dll");

    public static string CliPath { get; } = Path.Combine(AppContext.BaseDirectory, "Lunette.Cli.dll");

    public string Home { get; }

    /// <summary>Where it listens, as <c>address:port</c>.</summary>
    public string Portal { get; private set; } = "";

    /// <summary>The first target's name.</summary>
    public string Target { get; private set; } = "";

    /// <summary>LUN 0 of the first target.</summary>
    public string Url => $"iscsi://{Portal}/{Target}/0";

    public int ProcessId => _process.Id;

    /// <summary>Everything it has said so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts a daemon and waits until it says that it serves.</summary>
    public static Task<RunningDaemon> StartAsync(string home, params IEnumerable<string> options) =>
        StartUnderAsync([], home, options);

    /// <summary>The same, by a program that runs it.</summary>
    public static async Task<RunningDaemon> StartUnderAsync(
        string[] launcher, string home, params IEnumerable<string> options)
    {
        string[] line =
            [.. launcher, "dotnet", DaemonPath, "serve", "--home", home, "--portal", "127.0.0.1:0", .. s_unhurried,
                .. options];
        var process = Command.Start(line[0], line[1..]);
        var daemon = new RunningDaemon(process, home);
        await daemon._ready.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, $"the daemon ended:\n{daemon.Said}");
        return daemon;
    }

    public IPEndPoint EndPoint => IPEndPoint.Parse(Portal);

    /// <summary>A connection of an administrator.</summary>
    public RemoteAdmin Administer() => RemoteAdmin.OverUnixSocket(Path.Combine(Home, "admin.sock"));

    public async Task<DaemonStatus> StatusAsync()
    {
        await using var admin = Administer();
        return (await admin.GetDaemonStatusAsync()).Required;
    }

    /// <summary>One of the status' counters; 0 where it is not listed.</summary>
    public async Task<long> CounterAsync(string name) =>
        (await StatusAsync()).Counters.FirstOrDefault(counter => counter.Name == name).Value;

    /// <summary>Waits until a counter has come to a value: what a peer sees is counted a moment later.</summary>
    public Task CountsAsync(string name, long value)
    {
        var last = "";
        return Eventually.IsSoAsync(
            async () =>
            {
                var counters = (await StatusAsync()).Counters;
                last = string.Join(", ", counters);
                return counters.FirstOrDefault(counter => counter.Name == name).Value == value;
            },
            () => last, $"{name} is {value}");
    }

    /// <summary>Waits until it has said something: what it writes comes by another way than what it answers.</summary>
    public Task SaysAsync(string words) => Eventually.IsSoAsync(
        () => Said.Contains(words, StringComparison.Ordinal), () => Said, $"it says '{words}'");

    /// <summary>Its sockets; what else it has open comes and goes with the runtime's assemblies.</summary>
    public int OpenSockets() => Directory.EnumerateFiles($"/proc/{_process.Id}/fd").Count(
        descriptor => new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>Runs a command of this daemon's administrators.</summary>
    public Task<Command.Ran> RunAsync(string line) =>
        Command.RunAsync("dotnet", [CliPath, .. line.Split(' '), "--home", Home]);

    /// <summary>Runs a command that must succeed; what it wrote.</summary>
    public async Task<string> DoAsync(string line)
    {
        var ran = await RunAsync(line);
        Assert.True(ran.Exit == 0, $"{line}: {ran.Error}\n{Said}");
        return ran.Output;
    }

    /// <summary>Asks it to stop, as a shell or a service manager does; its exit status.</summary>
    public async Task<int> StopAsync()
    {
        await Command.DoAsync("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(s_limit, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Ends it without a word, as a power cut does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        if (ServingLine().Match(line) is { Success: true } serving) Portal = serving.Groups[1].Value;
        if (TargetLine().Match(line) is { Success: true } target) Target = target.Groups[1].Value;
        if (line.StartsWith("administer", StringComparison.Ordinal)) _ready.TrySetResult();
    }

    [GeneratedRegex(@"^lunette: serving .* on ([^,]+:\d+)")]
    private static partial Regex ServingLine();

    [GeneratedRegex(@"iscsi-inq iscsi://[^/]+/([^/]+)/0")]
    private static partial Regex TargetLine();
}
