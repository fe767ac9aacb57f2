using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>What the framework can tell of the tasks that went through it.</summary>
public sealed class ActivityTests
{
    private const string Host = "iqn.2026-11.example:host";
    private const int BlockBytes = 512;

    private static readonly byte[] s_testUnitReady = [0x00, 0, 0, 0, 0, 0];
    private static readonly byte[] s_read = [0x28, 0, 0, 0, 0, 8, 0, 0, 2, 0];
    private static readonly byte[] s_readPastCapacity = [0x28, 0, 0x7F, 0, 0, 8, 0, 0, 2, 0];
    private static readonly byte[] s_write = [0x2A, 0, 0, 0, 0, 8, 0, 0, 1, 0];

    [Fact]
    public async Task Totals_ReadsWritesErrors_SameOfSessionTargetUnitAndInitiator()
    {
        await using var world = await World.StartAsync();
        await world.ViewAsync(new(null, null), lun: 0);
        using var host = world.Login(Host);
        DoALittle(host);

        Check(Assert.Single(world.Framework.SessionTotals).Totals);
        Check(Assert.Single(world.Framework.TargetTotals).Totals);
        Check(Assert.Single(world.Framework.LogicalUnitTotals).Totals);
        var initiator = Assert.Single(world.Framework.InitiatorTotals);
        Assert.Equal((Host, 1), (initiator.Initiator.Name, initiator.Sessions));
        Check(initiator.Totals);
    }

    [Fact]
    public async Task Totals_SessionEnded_StayWithTargetUnitAndInitiator()
    {
        await using var world = await World.StartAsync(stmf: new() { IdleLoopsKept = 0, InitiatorsKept = 1 });
        await world.ViewAsync(new(null, null), lun: 0);
        using (var host = world.Login(Host)) DoALittle(host);

        Assert.Empty(world.Framework.SessionTotals);
        Check(Assert.Single(world.Framework.TargetTotals).Totals);
        Check(Assert.Single(world.Framework.LogicalUnitTotals).Totals);
        var initiator = Assert.Single(world.Framework.InitiatorTotals);
        Assert.Equal(0, initiator.Sessions);
        Check(initiator.Totals);

        // Another initiator takes the one place there is; the target has not forgotten.
        using (var other = world.Login(Host + "2")) other.Execute(new(s_testUnitReady));
        Assert.Equal(Host + "2", Assert.Single(world.Framework.InitiatorTotals).Initiator.Name);
        Assert.Equal(1, Assert.Single(world.Framework.TargetTotals).Totals.Of(TaskDirection.Out).Tasks);
    }

    [Fact]
    public async Task Trace_SwitchedOn_TasksWithTheirCdbs()
    {
        await using var world = await World.StartAsync();
        await world.ViewAsync(new(null, null), lun: 0);
        using var host = world.Login(Host);
        host.Execute(new(s_testUnitReady));
        Assert.Empty(world.Framework.TracedTasks);

        world.Framework.Tracing = true;
        DoALittle(host);
        using var later = world.Login(Host + "2");
        later.Execute(new(s_testUnitReady));
        var traced = world.Framework.TracedTasks;
        Assert.Equal(
            [s_testUnitReady, s_read, s_write, s_readPastCapacity, s_testUnitReady],
            traced.Select(record => record.Cdb));
        Assert.Equal("READ (10) lba=8 blocks=2", CdbDescription.Describe(traced[1].Cdb));
        Assert.Equal((2L * BlockBytes, world.Disk.Id), (traced[1].End.Bytes, traced[1].LogicalUnit!.Id));
        Assert.Equal(Host + "2", traced[4].Nexus.Initiator.Name);

        world.Framework.Tracing = false;
        Assert.Empty(world.Framework.TracedTasks);
    }

    [Fact]
    public async Task SlowCommand_PastTheThreshold_KeptWithTheTimeTheStoreTook()
    {
        var delay = TimeSpan.FromMilliseconds(20);
        await using var world = await World.StartAsync(store => new DelayFilter(store, delay));
        await world.ViewAsync(new(null, null), lun: 0);
        using var host = world.Login(Host);
        host.Execute(new(s_testUnitReady));
        world.Framework.SlowCommands.ThresholdNanoseconds = (long)TimeSpan.FromMilliseconds(10).TotalNanoseconds;
        host.Execute(new(s_testUnitReady));
        var loop = (ManualLoop)host.Loop;
        // The second is ordered, so it waits for the first; both then wait for the store.
        var first = host.Start(new(s_read) { DataIn = new byte[2 * BlockBytes] });
        var second = host.Start(new(s_write) { DataOut = new byte[BlockBytes], Attribute = TaskAttribute.Ordered });
        while (!first.HasEnded || !second.HasEnded) loop.Advance(TimeSpan.FromMilliseconds(1));

        var slow = world.Framework.SlowCommands.Since(0);
        Assert.Equal([s_read, s_write], slow.Select(record => record.Cdb));
        Assert.All(slow, record => Assert.True(record.StoreNanoseconds >= delay.TotalNanoseconds));
        Assert.Equal(0, slow[0].QueueNanoseconds);
        Assert.True(slow[1].QueueNanoseconds >= delay.TotalNanoseconds);
        Assert.True(slow[1].End.Nanoseconds >= slow[1].QueueNanoseconds + slow[1].StoreNanoseconds);
        Assert.Empty(world.Framework.SlowCommands.Since(2));
    }

    private static void DoALittle(VirtualInitiator host)
    {
        host.Execute(new(s_testUnitReady));
        Assert.True(host.Execute(new(s_read) { DataIn = new byte[2 * BlockBytes] }).IsGood);
        Assert.True(host.Execute(new(s_write) { DataOut = new byte[BlockBytes] }).IsGood);
        Assert.False(host.Execute(new(s_readPastCapacity) { DataIn = new byte[2 * BlockBytes] }).IsGood);
    }

    private static void Check(TaskTotals totals)
    {
        var (reads, writes, others) =
            (totals.Of(TaskDirection.In), totals.Of(TaskDirection.Out), totals.Of(TaskDirection.None));
        Assert.Equal((2, 2L * BlockBytes, 2), (reads.Tasks, reads.Bytes, reads.Latencies.Sum()));
        Assert.Equal((1, (long)BlockBytes, 1), (writes.Tasks, writes.Bytes, writes.Latencies.Sum()));
        Assert.Equal((1, 0L), (others.Tasks, others.Bytes));
        Assert.Equal(
            [
                "ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE: 1",
                "UNIT ATTENTION, POWER ON, RESET, OR BUS DEVICE RESET OCCURRED: 1",
            ],
            totals.Errors.Select(error => $"{TaskError.Describe(error.Key)}: {error.Value}"));
    }
}
