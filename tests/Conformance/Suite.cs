using System.Globalization;
using Lunette.EndToEnd;
using Lunette.Testing;

namespace Lunette.Conformance;

/// <summary>libiscsi's suite on a disk of the cell that <c>./test</c> runs.</summary>
internal sealed class Suite : IAsyncDisposable
{
    public const string Cell = "file-512-thin-fixed-rw";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(25);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-conformance-");
    private string _url = "";

    private Suite()
    {
    }

    public RunningDaemon Daemon { get; private set; } = null!;

    /// <summary>The GUID of the disk.</summary>
    public string Disk { get; private set; } = "";

    /// <summary>Starts a daemon, and makes a disk as ./dev conform does.</summary>
    public static async Task<Suite> StartAsync(params string[] options)
    {
        Peer.Require("iscsi-test-cu");
        var suite = new Suite();
        suite.Daemon = await RunningDaemon.StartAsync(Path.Combine(suite._folder.FullName, "home"), options);
        // Fewer blocks than one WRITE SAME may have.
        var made = await suite.Daemon.DoAsync(
            $"stmfadm create-lu -s 31m {Path.Combine(suite._folder.FullName, "cell.img")}");
        suite.Disk = made.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1];
        await suite.Daemon.DoAsync($"stmfadm add-view {suite.Disk}");
        suite._url = suite.Daemon.Url[..^1] + "1";
        return suite;
    }

    /// <summary>Runs tests, each within a limit; the results by test, with the reason where there is one.</summary>
    /// <param name="choice">A setting of suite.sh that chooses them: ONLY=regex or EXCLUDE=regex.</param>
    /// <param name="limitSeconds">How long one test may take.</param>
    public async Task<Dictionary<string, string>> RunAsync(string choice, int limitSeconds)
    {
        var suite = Path.Combine(Repository.Root, "tests", "Conformance", "suite.sh");
        var logs = Path.Combine(_folder.FullName, "logs");
        string[] arguments =
            ["SANITIZE=1", choice, $"LIMIT={limitSeconds}", $"LOGS={logs}", "bash", suite, _url, _url];
        using var process = Command.Start("env", arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        Dictionary<string, string> results = [];
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            var columns = line.Split('\t');
            if (columns.Length < 3 || !double.TryParse(columns[2], CultureInfo.InvariantCulture, out _)) continue;
            results.Add(columns[0], columns.Length > 3 ? $"{columns[1]}\t{columns[3]}" : columns[1]);
        }
        await process.WaitForExitAsync(limit.Token);
        Assert.True(results.Count > 0, await error);
        return results;
    }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
