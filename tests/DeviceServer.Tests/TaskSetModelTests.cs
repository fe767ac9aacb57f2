using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>
/// Random tasks of all attributes from three nexuses, ended and aborted in any order: after each step exactly those are
/// in the medium that the rules of SAM-6, written out once more over a plain list, allow to be there.
/// </summary>
public class TaskSetModelTests
{
    public static TheoryData<int, bool> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, bool>();
            for (var seed = 1; seed <= 6; seed++)
            {
                seeds.Add(seed, false);
                seeds.Add(seed, true);
            }
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AnySequence_ExactlyTheTasksThatMayAreEnabled(int seed, bool perNexus)
    {
        using var bench = await Bench.StartAsync();
        var random = new Random(seed);
        VirtualInitiator[] hosts = [bench.A, bench.B, bench.Host("c")];
        if (perNexus) ModeParameters.SetControl(bench.A, 2, 0x20);
        foreach (var host in hosts) Bench.ClearAttentions(host);
        bench.Unit.Hold = true;
        List<Entry> set = [];
        for (var step = 0; step < 800; step++)
        {
            var choice = random.Next(10);
            if (choice < 5 && set.Count < 30) Submit(set, hosts[random.Next(hosts.Length)], random, step % 128);
            else if (choice < 9) EndOne(bench, set);
            else AbortDormant(set, random);
            foreach (var host in hosts) TaskSetTests.Pump(host);
            set.RemoveAll(entry => entry.Command.HasEnded);
            Enable(set, perNexus);
            var may = set.Count(entry => entry.Enabled);
            Assert.True(may == bench.Unit.Held,
                $"seed {seed}, step {step}: {may} may be in the medium, {bench.Unit.Held} are");
        }
        TaskSetTests.Finish(bench, [.. set.Select(entry => entry.Command)]);
    }

    private static void Submit(List<Entry> set, VirtualInitiator host, Random random, int lba)
    {
        var attribute = random.Next(8) switch
        {
            0 => TaskAttribute.Ordered,
            1 => TaskAttribute.HeadOfQueue,
            _ => TaskAttribute.Simple,
        };
        var entry = new Entry(host, TaskSetTests.Start(host, lba, attribute), attribute);
        if (attribute == TaskAttribute.HeadOfQueue) set.Insert(0, entry);
        else set.Add(entry);
    }

    private static void EndOne(Bench bench, List<Entry> set)
    {
        if (bench.Unit.Held == 0) return;
        bench.Unit.ReleaseOne();
        Assert.NotEmpty(set);
    }

    // Dormant ones end at once; one in the medium stays there, so the function would wait.
    private static void AbortDormant(List<Entry> set, Random random)
    {
        var dormant = set.Where(entry => !entry.Enabled).ToList();
        if (dormant.Count == 0) return;
        var victim = dormant[random.Next(dormant.Count)];
        var abort = victim.Host.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: victim.Command.Tag);
        Assert.True(abort.IsCompletedSuccessfully && victim.Command.HasEnded);
    }

    private static void Enable(List<Entry> set, bool perNexus)
    {
        for (var i = 0; i < set.Count; i++)
        {
            var entry = set[i];
            var older = set.Take(i).Where(other => !perNexus || other.Host == entry.Host).ToList();
            entry.Enabled |= entry.Attribute switch
            {
                TaskAttribute.HeadOfQueue => true,
                TaskAttribute.Ordered => older.Count == 0,
                _ => older.TrueForAll(other => other.Attribute == TaskAttribute.Simple),
            };
        }
    }

    private sealed record Entry(VirtualInitiator Host, VirtualCommand Command, TaskAttribute Attribute)
    {
        public bool Enabled { get; set; }
    }
}
