using System.Globalization;
using Lunette.EndToEnd;
using Lunette.Testing;

namespace Lunette.Conformance;

/// <summary>
/// One cell of the matrix of libiscsi's conformance suite (<c>./dev conform</c> runs them all): a thin disk of 512 byte
/// blocks on a file, reached by two paths, destructive and sanitize tests included.
/// </summary>
public sealed class SuiteTests
{
    private const string Cell = "file-512-thin-fixed-rw";

    /// <summary>How many tests the tool has that we know; a newer one may have more.</summary>
    private const int TestsMin = 230;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Suite_FileDisk_PassesWhatIsNotKnownWithAReason()
    {
        Peer.Require("iscsi-test-cu");
        var folder = Directory.CreateTempSubdirectory("lunette-conformance-").FullName;
        try
        {
            await using var daemon = await RunningDaemon.StartAsync(Path.Combine(folder, "home"));
            var results = await RunSuiteAsync(await MakeDiskAsync(daemon, folder), folder);
            Assert.Equal(0, await daemon.StopAsync());
            Assert.InRange(results.Count, TestsMin, int.MaxValue);
            Assert.Empty(Differences(results));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // As ./dev conform makes it: fewer blocks than one WRITE SAME may have.
    private static async Task<string> MakeDiskAsync(RunningDaemon daemon, string folder)
    {
        var made = await daemon.DoAsync($"stmfadm create-lu -s 31m {Path.Combine(folder, "cell.img")}");
        var guid = made.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1];
        await daemon.DoAsync($"stmfadm add-view {guid}");
        return daemon.Url[..^1] + "1";
    }

    // What differs from "passes" and is not in the list, and what is in the list and passes: that may only shrink.
    private static IEnumerable<string> Differences(Dictionary<string, string> results)
    {
        var known = KnownResult.ReadAll().Where(line => line.Concerns(Cell)).ToDictionary(line => line.Test);
        foreach (var (test, result) in results)
        {
            var expected = known.TryGetValue(test, out var line) ? line.Results : ["PASS"];
            var verdict = result.Split('\t')[0];
            if (!expected.Contains(verdict)) yield return $"{test}: {result}, not {string.Join(" or ", expected)}";
        }
        foreach (var gone in known.Keys.Where(test => !results.ContainsKey(test)))
            yield return $"{gone}: known, and the suite has no such test";
    }

    private static async Task<Dictionary<string, string>> RunSuiteAsync(string url, string folder)
    {
        var suite = Path.Combine(Repository.Root, "tests", "Conformance", "suite.sh");
        var logs = Path.Combine(folder, "logs");
        string[] arguments = ["SANITIZE=1", "LIMIT=30", $"LOGS={logs}", "bash", suite, url, url];
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
}
