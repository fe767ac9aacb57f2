using System.Collections.Concurrent;

namespace Lunette.Simulation;

/// <summary>What of the simulation runs with every test run.</summary>
public sealed class SimulationTests
{
    private const int SeedsInEveryRun = 240;

    [Fact]
    public void Seeds_FirstOfAll_NothingFound()
    {
        ConcurrentQueue<string> failures = [];
        // Each world is one thread's; several of them run side by side.
        Parallel.For(1, SeedsInEveryRun + 1, seed =>
        {
            var run = SimulationRun.Of(seed);
            if (run.Failure is not null) failures.Enqueue(run.Describe() + '\n' + run.Log);
        });
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
    }

    [Fact]
    public void Seeds_ThatFailedOnce_NothingFound()
    {
        foreach (var seed in FailedSeeds.All)
        {
            var run = SimulationRun.Of(seed);
            Assert.True(run.Failure is null, run.Describe() + '\n' + run.Log);
        }
    }

    [Fact]
    public void Seed_RunTwice_SameTrace()
    {
        foreach (var seed in (int[])[4, 7, 17])
        {
            var (first, second) = (SimulationRun.Of(seed), SimulationRun.Of(seed));
            Assert.True(first.Events > 1000);
            Assert.Equal(first.TraceHash, second.TraceHash);
            Assert.Equal(first.Events, second.Events);
        }
    }

    [Fact]
    public void Seeds_Differ_DifferentTraces() =>
        Assert.NotEqual(SimulationRun.Of(1).TraceHash, SimulationRun.Of(2).TraceHash);
}
