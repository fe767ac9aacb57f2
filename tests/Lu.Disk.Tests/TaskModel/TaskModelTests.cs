using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>
/// Reservations, task sets and unit attentions together: random commands of all attributes, with and without NACA,
/// and every task management function from several nexuses to one disk, under changing control mode pages, against an
/// oracle written from the tables of SAM-6 and SPC-6. A seed that fails is cut down to the steps that are needed.
/// </summary>
public sealed class TaskModelTests
{
    private const int Hosts = 3;
    private const int Steps = 4000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AnySequence_AnswersEffectsAndAttentions_AsTheOracleSays(int seed)
    {
        var source = new StepSource(seed, Hosts);
        List<ModelStep> steps = [];
        if (await TryAsync(Enumerable.Repeat(source.Draw, Steps), steps.Add) is null) return;
        var left = await CutDownAsync(steps);
        var failure = await TryAsync(Replay(left), static _ => { });
        Assert.Fail(
            $"seed {seed}, step {steps.Count}, cut down to {left.Count}:\n{string.Join('\n', left)}\n{failure}");
    }

    // What is never reached is not tested: every status and attention there is.
    [Fact]
    public async Task Seeds_ReachEveryEnding()
    {
        var seen = new HashSet<Ending>();
        foreach (var seed in Enumerable.Range(1, 12))
        {
            await ModelRun.RunAsync(
                Hosts, Enumerable.Repeat(new StepSource(seed, Hosts).Draw, Steps), static _ => { }, seen);
        }
        Assert.Contains(Ending.Unanswered, seen);
        foreach (var status in (ScsiStatus[])[ScsiStatus.Good, ScsiStatus.Busy, ScsiStatus.ReservationConflict,
            ScsiStatus.TaskSetFull, ScsiStatus.AcaActive, ScsiStatus.TaskAborted])
        {
            Assert.Contains(Ending.Of(status), seen);
        }
        Assert.All(TaskOracle.Precedence, code => Assert.Contains(Ending.Check(SenseKey.UnitAttention, code), seen));
        Assert.Contains(seen, ending => ending.Descriptor);
        Assert.Equal(
            [SenseKey.NoSense, SenseKey.MediumError, SenseKey.IllegalRequest, SenseKey.UnitAttention,
                SenseKey.DataProtect], seen.Select(ending => ending.Key).Distinct().Order());
    }

    private static async Task<string?> TryAsync(
        IEnumerable<Func<TaskOracle, ModelStep>> steps, Action<ModelStep> done)
    {
        try
        {
            await ModelRun.RunAsync(Hosts, steps, done);
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return failure.ToString();
        }
    }

    private static IEnumerable<Func<TaskOracle, ModelStep>> Replay(List<ModelStep> steps) =>
        steps.Select(step => (Func<TaskOracle, ModelStep>)(_ => step));

    // Leaves out halves, quarters and so on, down to single steps, as long as it fails without them.
    private static async Task<List<ModelStep>> CutDownAsync(List<ModelStep> steps)
    {
        var left = steps;
        for (var size = left.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= left.Count;)
            {
                List<ModelStep> fewer = [.. left.Take(at), .. left.Skip(at + size)];
                if (await TryAsync(Replay(fewer), static _ => { }) is null) at += size;
                else left = fewer;
            }
        }
        return left;
    }
}
