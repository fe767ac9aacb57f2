namespace Lunette.TestRun;

/// <summary>
/// A test that failed is run once more, alone: on a machine that stalls, what times out among others passes then. It is
/// named as unstable with what it said, so that it gets mended, and does not fail the run. Few get a second look, and
/// none that crashed or hung its project.
/// </summary>
internal sealed class SecondLooks(Options options)
{
    private const int MaxOfProject = 3;
    private const int MaxOfRun = 6;

    private int _taken;

    /// <summary>How many tests passed only alone.</summary>
    public int Unstable { get; private set; }

    public void Take(TestProject project, Tally tally, string log)
    {
        if (options.Strict || !tally.Finished || tally.Failed is 0 or > MaxOfProject) return;
        if (tally.Failed != tally.Failures.Count || _taken + tally.Failed > MaxOfRun) return;
        _taken += tally.Failed;
        string[] methods = [.. tally.Failures.Select(failure => MethodOf(failure.Name)).Distinct()];
        var again = TestProcess.Run(project, methods, options.Limit, Path.ChangeExtension(log, ".second.log"));
        if (!again.Finished || again.Failed > 0 || again.Skipped > 0 || again.Passed < tally.Failed) return;
        Unstable += tally.Failed;
        tally.Forgive();
    }

    // A row of a theory says its arguments behind the name.
    private static string MethodOf(string test) => test.Split('(')[0];
}
