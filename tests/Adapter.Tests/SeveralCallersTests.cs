using Lunette.Adapter.Queues;

namespace Lunette.Adapter.Tests;

/// <summary>
/// Random operations of several callers, kernel extensions and processes, on the same devices, with commands whose time
/// is over and targets that refuse aborts or are gone, against an oracle of the reference's rules. Each run is a number
/// that repeats it.
/// </summary>
public class SeveralCallersTests
{
    private const int SeedCount = 40;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, SeedCount)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void RandomOperations_DoWhatTheOracleSays(int seed) => new SeveralCallersRun(seed).Run();

    // Together with the pairs of a queue that is starting (DeviceQueueTableTests), every pair is met by some run.
    [Fact]
    public void EveryPairOfTheTable_IsMetByTheRuns()
    {
        var met = new HashSet<(DeviceQueueState, DeviceQueueEvent)>();
        for (var seed = 1; seed <= 3 * SeedCount; seed++)
        {
            var run = new SeveralCallersRun(seed);
            run.Run();
            met.UnionWith(run.Met);
        }

        var missing = DeviceQueueTable.Transitions
            .Where(row => row.State is not (DeviceQueueState.Stopped or DeviceQueueState.Starting))
            .Select(row => (row.State, row.On))
            .Where(pair => !met.Contains(pair));
        Assert.True(!missing.Any(), string.Join(", ", missing));
    }
}
