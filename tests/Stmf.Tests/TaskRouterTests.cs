using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Tests.Kit;
using Lunette.Testing;

namespace Lunette.Stmf.Tests;

/// <summary>Where tasks and task management functions go.</summary>
public class TaskRouterTests
{
    private const string Name = "iqn.2026-11.example:disks";

    [Fact]
    public async Task Submit_EitherAddressingMethod_SameLogicalUnitElseFallback()
    {
        await using var target = await Target.StartAsync();
        var (nexus, units) = await WorldAsync(target);
        Assert.Same(units[1], Routed(target, nexus, Lun.FromWire(0x0001UL << 48)));
        Assert.Same(units[1], Routed(target, nexus, Lun.FromWire(0x4001UL << 48)));
        Assert.Same(target.Fallback, Routed(target, nexus, Lun.FromNumber(5)));
        Assert.Same(target.Fallback, Routed(target, nexus, Lun.FromWire(0xC101UL << 48)));
    }

    [Fact]
    public async Task Manage_FunctionOfOneLun_GoesThere()
    {
        await using var target = await Target.StartAsync();
        var (nexus, units) = await WorldAsync(target);
        var reset = Manage(target, nexus, TaskManagementFunction.LogicalUnitReset, Lun.FromNumber(1));
        Assert.Equal((true, ServiceResponse.FunctionComplete), (reset.Ended, reset.Response));
        Assert.Empty(units[0].Managed);
        Assert.Equal([TaskManagementFunction.LogicalUnitReset], units[1].Managed);
        Manage(target, nexus, TaskManagementFunction.AbortTaskSet, Lun.FromNumber(9));
        Assert.Equal([TaskManagementFunction.AbortTaskSet], target.Fallback.Managed);
    }

    [Theory]
    [InlineData(TaskManagementFunction.TargetWarmReset)]
    [InlineData(TaskManagementFunction.TargetColdReset)]
    public async Task Manage_TargetReset_LogicalUnitResetOfEachTheNexusSees(TaskManagementFunction function)
    {
        await using var target = await Target.StartAsync();
        var (nexus, units) = await WorldAsync(target);
        var hidden = await target.UnitAsync(9);
        var task = new SmallTask(nexus, Lun.Zero, 0x28);
        target.Framework.Submit(task);
        var reset = Manage(target, nexus, function, Lun.Zero);
        Assert.Equal((true, ServiceResponse.FunctionComplete), (reset.Ended, reset.Response));
        Assert.All(units, u => Assert.Equal([TaskManagementFunction.LogicalUnitReset], u.Managed));
        Assert.Empty(hidden.Managed);
        Assert.Equal(ScsiStatus.TaskAborted, task.Status);
    }

    [Fact]
    public async Task Manage_TargetResetOneUnitRejects_RejectedAfterAllHaveAnswered()
    {
        await using var target = await Target.StartAsync();
        var (nexus, units) = await WorldAsync(target);
        target.Framework.Submit(new SmallTask(nexus, Lun.Zero, 0x28));
        units[0].LetsGo = false;
        var reset = Manage(target, nexus, TaskManagementFunction.TargetWarmReset, Lun.Zero);
        Assert.Equal((true, ServiceResponse.FunctionRejected), (reset.Ended, reset.Response));
        Assert.Single(units[1].Managed);
    }

    [Fact]
    public async Task Manage_TargetResetNothingMapped_Complete()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var nexus = port.Open("iqn.host", target.Loop)!;
        var reset = Manage(target, nexus, TaskManagementFunction.TargetWarmReset, Lun.Zero);
        Assert.Equal((true, ServiceResponse.FunctionComplete), (reset.Ended, reset.Response));
    }

    [Fact]
    public async Task Manage_NexusReset_EveryUnitWithStateAndTheNexusStays()
    {
        await using var target = await Target.StartAsync();
        var (nexus, units) = await WorldAsync(target);
        target.Framework.Submit(new SmallTask(nexus, Lun.FromNumber(1), 0x00));
        var reset = Manage(target, nexus, TaskManagementFunction.ItNexusReset, Lun.Zero);
        Assert.Equal((true, ServiceResponse.FunctionComplete), (reset.Ended, reset.Response));
        Assert.Empty(units[0].Managed);
        Assert.Single(units[1].Managed);
        Assert.Same(units[1], nexus.FindState(units[1].Slot));
        Assert.Single(target.Framework.Sessions);
    }

    [Fact]
    public async Task Submit_SteadyState_AllocatesNothing()
    {
        await using var target = await Target.StartAsync();
        var (nexus, _) = await WorldAsync(target);
        const int Each = 1000;
        var tasks = new Stack<SmallTask>(
            Enumerable.Range(0, (Allocation.Rounds * Each) + 1).Select(_ => new SmallTask(nexus, Lun.Zero, 0x00)));
        target.Framework.Submit(tasks.Pop());
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (var i = 0; i < Each; i++) target.Framework.Submit(tasks.Pop());
        }));
    }

    private static async Task<(ItNexus Nexus, SmallUnit[] Units)> WorldAsync(Target target)
    {
        var port = await target.PortAsync(Name);
        SmallUnit[] units = [await target.UnitAsync(1), await target.UnitAsync(2)];
        foreach (var unit in units) await target.ViewAsync(unit);
        return (port.Open("iqn.host", target.Loop)!, units);
    }

    private static LogicalUnit Routed(Target target, ItNexus nexus, Lun lun)
    {
        var task = new SmallTask(nexus, lun, 0x00);
        target.Framework.Submit(task);
        Assert.Equal(ScsiStatus.Good, task.Status);
        return task.LogicalUnit;
    }

    private static SmallRequest Manage(Target target, ItNexus nexus, TaskManagementFunction function, Lun lun)
    {
        var request = new SmallRequest { Nexus = nexus, Function = function, Lun = lun };
        target.Framework.Manage(request);
        target.Loop.Pump();
        return request;
    }
}
