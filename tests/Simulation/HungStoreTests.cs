using Lunette.Initiator.Iscsi;
using Lunette.Scsi;
using Lunette.Simulation.Machines;
using Lunette.Simulation.World;

namespace Lunette.Simulation;

/// <summary>
/// A store that hangs for ten minutes, in virtual time: what is sent to its logical unit is refused within bounds,
/// aborts end in time, nobody else sees anything, no session drops, and all resumes by itself.
/// </summary>
public sealed class HungStoreTests
{
    private const int Hung = 0;
    private const int Other = 1;
    private const int Flood = 400;              // more than the window of 128 and its reserve
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_known = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_abortBound = TimeSpan.FromSeconds(11);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TenMinutes_OneStore_RefusedInTimeOthersSeeNothingAndAllResumes(int seed)
    {
        var scenario = Scenario.Of(seed, TimeSpan.FromMinutes(12)) with
        {
            Hosts = 3,
            Applications = 0,
            Units = 2,
            Targets = 1,
            TwoNodes = false,
            QueueDepth = 256,
            SmallBursts = false,
            Digests = false,
        };
        SimulatedWorld.Run(scenario, new Scheduler(seed), RunAsync);
    }

    /// <summary>A second store hangs, too: its commands use up the reserve that the first one's left, and get one of
    /// their own, so that whatever else the session has goes on.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TwoStores_OneSession_TheThirdUnitIsServedAndAllResumes(int seed)
    {
        var scenario = Scenario.Of(seed, TimeSpan.FromMinutes(12)) with
        {
            Hosts = 1,
            Applications = 0,
            Units = 3,
            Targets = 1,
            TwoNodes = false,
            QueueDepth = 256,
            SmallBursts = false,
            Digests = false,
        };
        SimulatedWorld.Run(scenario, new Scheduler(seed), RunTwoAsync);
    }

    private static async Task RunTwoAsync(SimulatedWorld world)
    {
        const int Third = 2;
        var host = world.Hosts[0];
        for (var lun = 0; lun <= Third; lun++) await TakeAttentionAsync(host, lun);
        List<Task<ScsiResult>> flood = [];
        foreach (var lun in (int[])[Hung, Other])
        {
            world.Disks[lun].Faults.Hang(s_hang);
            for (var i = 0; i < Flood; i++) flood.Add(host.ExecuteAsync(lun, Read(i % 48), new byte[512]));
            await world.Scheduler.Delay(s_known);
            var times = await ReadForAsync(world, host, Third, TimeSpan.FromSeconds(30));
            Assert.InRange(times.Max(), 0, Nanoseconds(TimeSpan.FromSeconds(1)));
        }
        foreach (var disk in world.Disks) disk.Faults.Heal();
        Assert.All(await Task.WhenAll(flood),
            result => Assert.True(result.IsGood || result.Status == ScsiStatus.TaskSetFull, result.Describe()));
        for (var lun = 0; lun <= Third; lun++)
            Assert.True((await host.ExecuteAsync(lun, Read(0), new byte[512])).IsGood);
        Assert.Equal(0, host.Losses);
    }

    private static async Task RunAsync(SimulatedWorld world)
    {
        var (victim, neighbour, both) = (world.Hosts[0], world.Hosts[1], world.Hosts[2]);
        await Task.WhenAll(world.Hosts.Select(host => Task.WhenAll(TakeAttentionAsync(host, Hung),
            TakeAttentionAsync(host, Other))));
        var usual = NinetyNinth(await ReadForAsync(world, neighbour, Other, TimeSpan.FromSeconds(20)));

        world.Disks[Hung].Faults.Hang(s_hang);
        var begun = world.Scheduler.Now;
        List<Task<ScsiResult>> flood = [];
        for (var i = 0; i < Flood; i++)
        {
            flood.Add(victim.ExecuteAsync(Hung, Read(i % 16), new byte[512]));
            flood.Add(both.ExecuteAsync(Hung, Read(16 + (i % 16)), new byte[512]));
        }
        var beside = ReadForAsync(world, both, Other, s_hang - TimeSpan.FromSeconds(30));
        var untouched = ReadForAsync(world, neighbour, Other, s_hang - TimeSpan.FromSeconds(30));
        await world.Scheduler.Delay(s_known);
        var answered = flood.Where(task => task.IsCompleted).Select(task => task.Result.Status).ToArray();
        // All but what had filled the windows before anybody could know.
        Assert.Equal(2 * (Flood - 128), answered.Length);
        Assert.All(answered, status => Assert.Equal(ScsiStatus.TaskSetFull, status));
        await ProbeUntilAsync(world, begun + Nanoseconds(s_hang - TimeSpan.FromSeconds(60)), victim, neighbour);
        await AbortAsync(world, victim);
        var during = NinetyNinth(await untouched);
        Assert.True(during <= 2 * usual, $"p99 {usual} ns became {during} ns");
        // Who has commands at both waits once, until it is known.
        var times = await beside;
        Assert.InRange(times.Max(), 0, Nanoseconds(s_known));
        Assert.Equal(1, times.Count(time => time > 2 * usual && time > Nanoseconds(TimeSpan.FromSeconds(1))));

        // What was aborted says so; what was not ends well; and the unit serves again, with nobody's help.
        var rest = await Task.WhenAll(flood);
        Assert.True(world.Scheduler.Now - begun >= Nanoseconds(s_hang));
        Assert.Equal(128, rest.Count(result => result.Status == ScsiStatus.TaskAborted));
        Assert.Equal(128, rest.Count(result => result.IsGood));
        foreach (var host in world.Hosts)
        {
            Assert.True((await host.ExecuteAsync(Hung, Read(0), new byte[512])).IsGood);
            Assert.Equal(0, host.Losses);
        }
    }

    // Whoever asks meanwhile has an answer at once.
    private static async Task ProbeUntilAsync(SimulatedWorld world, long end, Host victim, Host neighbour)
    {
        while (world.Scheduler.Now < end)
        {
            Assert.Equal(ScsiStatus.TaskSetFull, await AskAsync(world, victim));
            Assert.Equal(ScsiStatus.Busy, await AskAsync(world, neighbour));
            await world.Scheduler.Delay(TimeSpan.FromSeconds(5));
        }
    }

    private static async Task<ScsiStatus> AskAsync(SimulatedWorld world, Host host)
    {
        var begun = world.Scheduler.Now;
        var result = await host.ExecuteAsync(Hung, Read(0), new byte[512]);
        Assert.InRange(world.Scheduler.Now - begun, 0, Nanoseconds(TimeSpan.FromSeconds(1)));
        return result.Status;
    }

    private static async Task AbortAsync(SimulatedWorld world, Host victim)
    {
        var begun = world.Scheduler.Now;
        var aborted = await victim.ManageAsync(TaskManagementFunction.AbortTaskSet, Hung);
        Assert.InRange(world.Scheduler.Now - begun, 0, Nanoseconds(s_abortBound));
        Assert.Equal(ServiceResponse.FunctionRejected, aborted.Response);
        var refused = await victim.ExecuteAsync(Hung, Read(0), new byte[512]);
        Assert.True(refused.TryGetSense(out var sense), refused.Describe());
        Assert.Equal(AdditionalSense.LogicalUnitCommunicationFailure, sense.Code);
    }

    private static async Task TakeAttentionAsync(Host host, int lun)
    {
        while (!(await host.ExecuteAsync(lun, new byte[6])).IsGood)
        {
        }
    }

    private static async Task<List<long>> ReadForAsync(SimulatedWorld world, Host host, int lun, TimeSpan time)
    {
        List<long> times = [];
        for (var end = world.Scheduler.Now + Nanoseconds(time); world.Scheduler.Now < end;)
        {
            var begun = world.Scheduler.Now;
            var result = await host.ExecuteAsync(lun, Read(times.Count % 48), new byte[512]);
            Assert.True(result.IsGood, result.Describe());
            times.Add(world.Scheduler.Now - begun);
            await world.Scheduler.Delay(TimeSpan.FromMilliseconds(20));
        }
        return times;
    }

    private static long NinetyNinth(List<long> times) => times.Order().ElementAt(times.Count * 99 / 100);

    private static long Nanoseconds(TimeSpan time) => time.Ticks * 100;

    private static byte[] Read(int block) => [0x28, 0, 0, 0, 0, (byte)block, 0, 0, 1, 0];
}
