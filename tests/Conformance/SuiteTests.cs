namespace Lunette.Conformance;

/// <summary>
/// One cell of the matrix of libiscsi's conformance suite (<c>./dev conform</c> runs them all): a thin disk of 512 byte
/// blocks on a file, reached by two paths, destructive and sanitize tests included.
/// </summary>
public sealed class SuiteTests
{
    /// <summary>How many tests the tool has that we know, but for the slowed one; a newer one may have more.</summary>
    private const int TestsMin = 229;

    [Fact]
    public async Task Suite_FileDisk_PassesWhatIsNotKnownWithAReason()
    {
        await using var suite = await Suite.StartAsync();
        var results = await suite.RunAsync($"EXCLUDE=^{SlowedDiskTests.Test}$", limitSeconds: 120);
        Assert.Equal(0, await suite.Daemon.StopAsync());
        Assert.InRange(results.Count, TestsMin, int.MaxValue);
        Assert.Empty(Differences(results));
    }

    // What differs from "passes" and is not in the list, and what is in the list and passes: that may only shrink.
    private static IEnumerable<string> Differences(Dictionary<string, string> results)
    {
        var known = KnownResult.ReadAll().Where(line => line.Concerns(Suite.Cell)).ToDictionary(line => line.Test);
        foreach (var (test, result) in results)
        {
            var expected = known.TryGetValue(test, out var line) ? line.Results : ["PASS"];
            var verdict = result.Split('\t')[0];
            if (!expected.Contains(verdict)) yield return $"{test}: {result}, not {string.Join(" or ", expected)}";
        }
        foreach (var gone in known.Keys.Where(test => !results.ContainsKey(test)))
            yield return $"{gone}: known, and the suite has no such test";
    }
}
