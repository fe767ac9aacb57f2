using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

public class TaskSetTests
{
    [Fact]
    public async Task Simple_EnterTheMediumAtOnce_WhateverIsThere()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        var tasks = Enumerable.Range(0, 8).Select(lba => Start(a, lba)).ToArray();
        Assert.Equal(8, bench.Unit.Held);
        Finish(bench, tasks);
        Assert.All(tasks, task => Assert.Equal(ScsiStatus.Good, task.Status));
    }

    [Fact]
    public async Task Ordered_WaitsForOlder_AndYoungerWaitForIt()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        bench.Unit.Hold = true;
        VirtualCommand[] tasks =
        [
            Start(a, 0), Start(b, 1), Start(a, 2, TaskAttribute.Ordered), Start(b, 3),
            Start(a, 4, TaskAttribute.Ordered),
        ];
        Assert.Equal([0, 1], bench.Unit.Entered);
        ReleaseOne(bench, a, b);
        Assert.Equal([0, 1], bench.Unit.Entered);
        ReleaseOne(bench, a, b);
        Assert.Equal([0, 1, 2], bench.Unit.Entered);
        ReleaseOne(bench, a, b);
        Assert.Equal([0, 1, 2, 3], bench.Unit.Entered);
        Finish(bench, tasks);
        Assert.Equal([0, 1, 2, 3, 4], bench.Unit.Entered);
    }

    [Fact]
    public async Task HeadOfQueue_RunsAtOnce_AndSimpleWaitForIt()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        VirtualCommand[] tasks =
            [Start(a, 0), Start(a, 1, TaskAttribute.Ordered), Start(a, 2, TaskAttribute.HeadOfQueue), Start(a, 3)];
        Assert.Equal([0, 2], bench.Unit.Entered);
        Finish(bench, tasks);
        Assert.Equal([0, 2, 1, 3], bench.Unit.Entered);
    }

    [Fact]
    public async Task Complete_PortBreaksAtTheEnd_TasksThatWaitedGoOnAllTheSame()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        bench.Unit.Hold = true;
        b.Start(
            new ScsiRequest(Cdb.Read10(0)) { DataIn = new byte[512] },
            ended: _ => throw new InvalidOperationException("a port that breaks"));
        var waiting = Start(a, 1, TaskAttribute.Ordered);
        Assert.Throws<InvalidOperationException>(bench.Unit.ReleaseOne);
        Pump(a);
        Assert.Equal([0, 1], bench.Unit.Entered);
        Finish(bench, waiting);
    }

    [Fact]
    public async Task Exclusive_CountsAsOrdered()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        var first = Start(a, 0);
        var exclusive = a.Start(new ScsiRequest(
            Cdb.Of(BlockCommands.SynchronizeCache10, ("LOGICAL BLOCK ADDRESS", 9))));
        var last = Start(a, 1);
        Assert.Equal([0], bench.Unit.Entered);
        Finish(bench, first, exclusive, last);
        Assert.Equal([0, 9, 1], bench.Unit.Entered);
    }

    [Fact]
    public async Task TaskSetPerNexus_OrderedOfOneDoesNotHoldTheOther()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        ModeParameters.SetControl(a, 2, 0x20);
        Bench.ClearAttentions(b);
        bench.Unit.Hold = true;
        VirtualCommand[] tasks = [Start(a, 0), Start(a, 1, TaskAttribute.Ordered), Start(b, 2), Start(a, 3)];
        Assert.Equal([0, 2], bench.Unit.Entered);
        Finish(bench, tasks);
    }

    [Fact]
    public async Task TaskSet_FullForOneNexus_RoomForTheOther_ThenFullForAll()
    {
        using var bench = await Bench.StartAsync(options => options with { TasksPerNexus = 4, TaskSetDepth = 6 });
        var (a, b) = (bench.A, bench.B);
        bench.Unit.Hold = true;
        var tasks = Enumerable.Range(0, 4).Select(lba => Start(a, lba)).ToList();
        Assert.Equal(ScsiStatus.TaskSetFull, Start(a, 4).Status);
        tasks.Add(Start(b, 5));
        tasks.Add(Start(b, 6));
        Assert.Equal(ScsiStatus.TaskSetFull, Start(b, 7).Status);
        Finish(bench, [.. tasks]);
        bench.Unit.Hold = false;
        a.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
    }

    // SAM-6, Status codes: a nexus without a command in the task set is not told that its commands fill it.
    [Fact]
    public async Task TaskSet_FullOfAnothersCommands_Busy()
    {
        using var bench = await Bench.StartAsync(options => options with { TaskSetDepth = 2 });
        var (a, b) = (bench.A, bench.B);
        bench.Unit.Hold = true;
        VirtualCommand[] tasks = [Start(a, 0), Start(a, 1)];
        Assert.Equal(ScsiStatus.Busy, Start(b, 2).Status);
        Assert.Equal(ScsiStatus.TaskSetFull, Start(a, 3).Status);
        Assert.Equal(2, bench.Unit.FullRefusals);
        Finish(bench, tasks);
    }

    [Fact]
    public async Task Naca_CheckCondition_HoldsEverybodyUntilClearAca()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        Fault(a);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Is(ScsiStatus.AcaActive);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Is(ScsiStatus.Busy);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady, ("CONTROL", 1))).Is(ScsiStatus.AcaActive);
        a.Execute(new ScsiRequest(Cdb.Of(PrimaryCommands.TestUnitReady)) { Attribute = TaskAttribute.Aca }).Good();
        Assert.Equal(ServiceResponse.FunctionRejected, await b.ManageAsync(TaskManagementFunction.ClearAca));
        Assert.Equal(ServiceResponse.FunctionComplete, await a.ManageAsync(TaskManagementFunction.ClearAca));
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task Naca_DormantTasks_EnabledByClearAca()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        var first = Start(a, 0);
        var ordered = Start(a, 1, TaskAttribute.Ordered);
        Fault(a);
        ReleaseOne(bench, a);
        Assert.True(first.HasEnded);
        Assert.Equal([0], bench.Unit.Entered);
        await a.ManageAsync(TaskManagementFunction.ClearAca);
        Assert.Equal([0, 1], bench.Unit.Entered);
        Finish(bench, ordered);
    }

    [Fact]
    public async Task Naca_PreemptAndAbortFromAnother_GetsRidOfTheFaultedNexus()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        a.Register(1).Good();
        b.Register(2).Good();
        Fault(a);
        b.Preempt(2, 1, PersistentReservationType.WriteExclusive, abort: true).Good();
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.RegistrationsPreempted);
    }

    // SAM-6, Status precedence: what is wrong with a CDB does not get in before the condition, and begins no other one.
    [Fact]
    public async Task Naca_CdbOfAnotherThatIsWrong_BusyAndNoSecondAllegiance()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        Fault(a);
        a.Run([0xC1, 0, 0, 0, 0, 0]).Is(ScsiStatus.AcaActive);
        b.Run([0, 1, 0, 0, 0, 0]).Is(ScsiStatus.Busy);
        b.Run([0, 1, 0, 0, 0, 4]).Is(ScsiStatus.AcaActive);
        Assert.Equal(ServiceResponse.FunctionComplete, await a.ManageAsync(TaskManagementFunction.ClearAca));
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task AcaTask_WhileOneIsThere_AcaActive_AndClearAcaWaitsForIt()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        Fault(a);
        bench.Unit.Hold = true;
        var first = Start(a, 0, TaskAttribute.Aca);
        Assert.Equal(ScsiStatus.AcaActive, Start(a, 1, TaskAttribute.Aca).Status);
        var clear = a.ManageAsync(TaskManagementFunction.ClearAca);
        Assert.False(clear.IsCompleted || first.HasEnded);
        Finish(bench, first);
        Assert.Equal(ServiceResponse.FunctionComplete, await clear);
        Assert.False(first.Answered);
    }

    // SAM-6, Clearing an ACA condition.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AcaTask_CheckCondition_EndsTheAllegianceOrBeginsTheNext(bool naca)
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        Fault(a);
        var cdb = Cdb.Of(BlockCommands.Read10, ("LOGICAL BLOCK ADDRESS", 5000), ("CONTROL", naca ? 1u : 0u));
        a.Execute(new ScsiRequest(cdb) { Attribute = TaskAttribute.Aca })
            .Check(SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Is(naca ? ScsiStatus.Busy : ScsiStatus.Good);
    }

    [Fact]
    public async Task AcaAttribute_WithoutAca_Refused()
    {
        using var bench = await Bench.StartAsync();
        var result = bench.A.Execute(
            new ScsiRequest(Cdb.Of(PrimaryCommands.TestUnitReady)) { Attribute = TaskAttribute.Aca });
        result.Check(SenseKey.IllegalRequest, (AdditionalSense)0x4900);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public async Task QueueErrorManagement_CheckCondition_AbortsTheOthers(int qerr, bool othersToo)
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        ModeParameters.SetControl(a, 3, (byte)(0x10 | qerr << 1));
        Bench.ClearAttentions(b);
        bench.Unit.Hold = true;
        var own = Start(a, 0);
        var other = Start(b, 1);
        a.Run(Cdb.Read10(5000)).Check(SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
        Finish(bench, own, other);
        Assert.False(own.Answered);
        Assert.Equal(!othersToo, other.Answered);
        if (othersToo) b.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.CommandsClearedByAnotherInitiator);
    }

    // HEAD OF QUEUE, so that it is carried out whatever waits.
    private static void Fault(VirtualInitiator host) => host
        .Execute(new ScsiRequest(Cdb.Of(BlockCommands.Read10, ("LOGICAL BLOCK ADDRESS", 5000), ("CONTROL", 1)))
        {
            Attribute = TaskAttribute.HeadOfQueue,
        })
        .Check(SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);

    internal static VirtualCommand Start(
        VirtualInitiator host, int lba, TaskAttribute attribute = TaskAttribute.Simple) =>
        host.Start(new ScsiRequest(Cdb.Read10((uint)lba)) { DataIn = new byte[512], Attribute = attribute });

    internal static void ReleaseOne(Bench bench, params VirtualInitiator[] hosts)
    {
        bench.Unit.ReleaseOne();
        foreach (var host in hosts) Pump(host);
    }

    internal static void Finish(Bench bench, params VirtualCommand[] tasks)
    {
        for (var turn = 0; turn < 100 && !tasks.All(task => task.HasEnded); turn++)
        {
            bench.Unit.ReleaseAll();
            foreach (var host in bench.Target.Port.Initiators) Pump(host);
        }
        Assert.All(tasks, task => Assert.True(task.HasEnded));
    }

    internal static void Pump(VirtualInitiator host) => ((Runtime.Loops.ManualLoop)host.Loop).Pump();
}
