using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>What a nexus sees, from its beginning and as things change under it.</summary>
public class SessionTests
{
    private const string Name = "iqn.2026-11.example:disks";
    private const string Host = "iqn.2026-11.example:host";

    [Fact]
    public async Task OpenSession_PortNotOnlineOrUnknown_Refused()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        Assert.Null(port.Open(Host, target.Loop));
        Assert.Null(new SmallPort("iqn.x", target.Framework, target.Clock).Open(Host, target.Loop));
        Assert.Null(new SmallPort(Name, target.Framework, target.Clock).Open(Host, target.Loop));
        Assert.Empty(target.Framework.Sessions);
    }

    [Fact]
    public async Task OpenSession_TooMany_Refused()
    {
        await using var target = await Target.StartAsync(options: new() { SessionsMax = 2 });
        var port = await target.PortAsync(Name);
        Assert.NotNull(port.Open(Host, target.Loop));
        var second = port.Open(Host, target.Loop)!;
        Assert.Null(port.Open(Host, target.Loop));
        await target.Wait(port.CloseAsync(second));
        Assert.NotNull(port.Open(Host, target.Loop));
    }

    [Fact]
    public async Task OpenSession_GroupsOfBothDimensions_UnionOfFourPairs()
    {
        await using var target = await Target.StartAsync();
        await GroupAsync(target, GroupKind.Host, "h", Host);
        await GroupAsync(target, GroupKind.Target, "t");
        var idle = new SmallPort(Name, target.Framework, target.Clock);
        Target.Accepted(await target.Framework.AddMemberAsync(GroupKind.Target, "t", Name));
        Target.Accepted(await target.Framework.RegisterTargetPortAsync(idle));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        var outside = await target.PortAsync(Name + "2");
        await target.ViewAsync(await target.UnitAsync(1));
        await target.ViewAsync(await target.UnitAsync(2), host: "h");
        await target.ViewAsync(await target.UnitAsync(3), group: "t", lun: 300);
        await target.ViewAsync(await target.UnitAsync(4), host: "h", group: "t");

        var inBoth = idle.Open(Host, target.Loop)!;
        Assert.Equal("0:1 1:2 2:4 300:3", Target.SeenBy(inBoth));
        Assert.Equal("0:1 300:3", Target.SeenBy(idle.Open("iqn.other", target.Loop)!));
        Assert.Equal("0:1 1:2", Target.SeenBy(outside.Open(Host, target.Loop)!));
        Assert.Equal("0:1", Target.SeenBy(outside.Open("iqn.other", target.Loop)!));
        // A new session starts without the inventory attention, and shares its map with its like.
        Assert.Equal(0, inBoth.InventoryGeneration);
        Assert.Same(inBoth.Map, idle.Open(Host, target.Loop)!.Map);
    }

    [Fact]
    public async Task AddViewEntry_SessionsUp_OnlyThoseItConcernsAreTold()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        await GroupAsync(target, GroupKind.Host, "h", Host);
        var member = port.Open(Host, target.Loop)!;
        var stranger = port.Open("iqn.other", target.Loop)!;
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit, host: "h", lun: 5);
        Assert.Equal(("5:1", 1), (Target.SeenBy(member), member.InventoryGeneration));
        Assert.Equal(("", 0), (Target.SeenBy(stranger), stranger.InventoryGeneration));

        await target.ViewAsync(await target.UnitAsync(2));
        Assert.Equal(("0:2 5:1", 2), (Target.SeenBy(member), member.InventoryGeneration));
        Assert.Equal(("0:2", 1), (Target.SeenBy(stranger), stranger.InventoryGeneration));

        Target.Accepted(await target.Framework.RemoveViewEntryAsync(unit.Id, 0));
        Assert.Equal(("0:2", 3), (Target.SeenBy(member), member.InventoryGeneration));
        Assert.Equal(1, stranger.InventoryGeneration);
    }

    [Fact]
    public async Task AddViewEntry_LogicalUnitOfflineOrUnregistered_NobodyIsTold()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var nexus = port.Open(Host, target.Loop)!;
        Target.Accepted((await target.Framework.AddViewEntryAsync(SmallUnit.IdOf(7), new(null, null))).Outcome);
        Assert.Equal(0, nexus.InventoryGeneration);
        await target.UnitAsync(7);
        Assert.Equal(("0:7", 1), (Target.SeenBy(nexus), nexus.InventoryGeneration));
    }

    [Fact]
    public async Task HostGroupMember_ManySessionsAtManyPorts_EachIsRemapped()
    {
        await using var target = await Target.StartAsync();
        var first = await target.PortAsync(Name);
        var second = await target.PortAsync(Name + "2");
        var unit = await target.UnitAsync(1);
        await GroupAsync(target, GroupKind.Host, "h");
        await target.ViewAsync(unit, host: "h");
        var sessions = new[] { first, first, second, second }.Select(p => p.Open(Host, target.Loop)!).ToList();
        var stranger = first.Open("iqn.other", target.Loop)!;

        Target.Accepted(await target.Framework.AddMemberAsync(GroupKind.Host, "h", Host));
        Assert.All(sessions, s => Assert.Equal(("0:1", 1), (Target.SeenBy(s), s.InventoryGeneration)));
        Target.Accepted(await target.Framework.RemoveMemberAsync(GroupKind.Host, "h", Host));
        Assert.All(sessions, s => Assert.Equal(("", 2), (Target.SeenBy(s), s.InventoryGeneration)));
        Assert.Equal(0, stranger.InventoryGeneration);
    }

    [Fact]
    public async Task HostGroupMember_GroupHasNoView_NothingToAnnounce()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        await target.ViewAsync(await target.UnitAsync(1));
        var nexus = port.Open(Host, target.Loop)!;
        await GroupAsync(target, GroupKind.Host, "h", Host);
        Assert.Equal(0, nexus.InventoryGeneration);
        Target.Accepted(await target.Framework.DeleteGroupAsync(GroupKind.Host, "h"));
        Assert.Equal(("0:1", 0), (Target.SeenBy(nexus), nexus.InventoryGeneration));
    }

    [Fact]
    public async Task ChangeAsync_ManyChangesAtOnce_AnnouncedOnce()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var units = new[] { await target.UnitAsync(1), await target.UnitAsync(2) };
        await target.ViewAsync(units[0], lun: 3);
        var nexus = port.Open(Host, target.Loop)!;
        // The two logical units change places, and the initiator its group, in one transaction.
        Target.Accepted(await target.Framework.ChangeAsync(edit =>
        {
            edit.CreateGroup(GroupKind.Host, "h");
            edit.AddMember(GroupKind.Host, "h", Host);
            edit.RemoveViewEntry(units[0].Id, 0);
            edit.AddViewEntry(units[1].Id, new("h", null), 3);
            return edit.AddViewEntry(units[0].Id, new("h", null), null).Outcome;
        }));
        Assert.Equal(("0:1 3:2", 1), (Target.SeenBy(nexus), nexus.InventoryGeneration));
    }

    [Fact]
    public async Task RemoveViewEntry_NexusHasState_LogicalUnitIsToldAndTasksGoOn()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit);
        var user = port.Open(Host, target.Loop)!;
        var idle = port.Open("iqn.idle", target.Loop)!;
        var running = new SmallTask(user, Lun.Zero, 0x28);
        target.Framework.Submit(running);
        Target.Accepted(await target.Framework.RemoveViewEntryAsync(unit.Id, 0));
        target.Loop.Pump();
        Assert.Equal([user], unit.Unmapped);
        Assert.Equal(1, unit.HeldCount);
        Assert.Equal(1, idle.InventoryGeneration);
        Assert.Same(unit, running.LogicalUnit);

        var next = new SmallTask(user, Lun.Zero, 0x00);
        target.Framework.Submit(next);
        Assert.Same(target.Fallback, next.LogicalUnit);
    }

    [Fact]
    public async Task MoveToAnotherLun_NexusHasState_LogicalUnitIsNotTold()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit, lun: 1);
        var nexus = port.Open(Host, target.Loop)!;
        target.Framework.Submit(new SmallTask(nexus, Lun.FromNumber(1), 0x00));
        Target.Accepted(await target.Framework.ChangeAsync(edit =>
        {
            edit.RemoveViewEntry(unit.Id, 0);
            return edit.AddViewEntry(unit.Id, new(null, null), 2).Outcome;
        }));
        target.Loop.Pump();
        Assert.Empty(unit.Unmapped);
        Assert.Equal("2:1", Target.SeenBy(nexus));
    }

    [Fact]
    public async Task CloseSession_StateAtMappedAndUnmappedUnits_AllDrained()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var units = new[] { await target.UnitAsync(1), await target.UnitAsync(2), await target.UnitAsync(3) };
        foreach (var unit in units) await target.ViewAsync(unit);
        var nexus = port.Open(Host, target.Loop)!;
        var other = port.Open("iqn.other", target.Loop)!;
        SmallTask[] tasks = [On(0), On(1), On(9)];
        foreach (var task in tasks) target.Framework.Submit(task);
        var bystander = new SmallTask(other, Lun.Zero, 0x2A);
        target.Framework.Submit(bystander);

        await target.Wait(port.CloseAsync(nexus));
        Assert.All(tasks, t => Assert.Equal(ScsiStatus.TaskAborted, t.Status));
        Assert.Equal(Contracts.Tasks.TaskPhase.InProgress, bystander.Phase);
        Assert.Equal([TaskManagementFunction.ItNexusReset], units[0].Managed);
        Assert.Equal([TaskManagementFunction.ItNexusReset], target.Fallback.Managed);
        Assert.Empty(units[2].Managed);     // it never had state of the nexus
        Assert.Equal(-1, nexus.NextState(0));
        Assert.Equal([other], target.Framework.Sessions);

        SmallTask On(int lun) => new(nexus, Lun.FromNumber(lun), 0x2A);
    }

    [Fact]
    public async Task CloseSession_LogicalUnitDoesNotLetGo_ClosedAndUnitTakenOffline()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit);
        var nexus = port.Open(Host, target.Loop)!;
        target.Framework.Submit(new SmallTask(nexus, Lun.Zero, 0x2A));
        unit.LetsGo = false;
        await target.Wait(port.CloseAsync(nexus));
        await target.UntilAsync(() =>
            target.Framework.FindLogicalUnit(unit.Id)!.State == Transitions.ObjectState.Offline);
        Assert.Contains(
            target.Framework.DescribeLogicalUnit(unit.Id),
            t => t.Cause.Contains("did not end by the deadline", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SessionsAt_Open_OldestFirstWithTime()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var first = port.Open(Host, target.Loop)!;
        target.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = port.Open(Host, target.Loop)!;
        Assert.Equal([first, second], target.Framework.SessionsAt(Name)!);
        Assert.Equal(TimeSpan.FromSeconds(1), second.CreatedAt - first.CreatedAt);
        Assert.Equal(2, target.Framework.FindTargetPort(Name)!.Sessions);
    }

    private static async Task GroupAsync(Target target, GroupKind kind, string name, params string[] members)
    {
        Target.Accepted(await target.Framework.CreateGroupAsync(kind, name));
        foreach (var member in members) Target.Accepted(await target.Framework.AddMemberAsync(kind, name, member));
    }
}
