using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Tests.Kit;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests;

/// <summary>Registration, online and offline, and access of logical units.</summary>
public class LogicalUnitTests
{
    private const string Name = "iqn.2026-11.example:disks";
    private const string Host = "iqn.2026-11.example:host";

    [Fact]
    public async Task OfflineLogicalUnit_SessionsOpen_VanishesBeforeItsTasksAreAborted()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit, lun: 4);
        var nexus = port.Open(Host, target.Loop)!;
        Assert.Equal("4:1", Target.SeenBy(nexus));
        Assert.Equal(0, nexus.InventoryGeneration);
        var task = new SmallTask(nexus, Lun.FromNumber(4), 0x28);
        target.Framework.Submit(task);

        var seenWhileGoing = "";
        unit.WhenOffline = _ =>
        {
            seenWhileGoing = Target.SeenBy(nexus);
            return new(ControlResult.Success);
        };
        Target.Accepted(target.Framework.OfflineLogicalUnit(unit.Id));
        Target.Accepted(await target.Wait(target.Framework.WaitForLogicalUnitAsync(unit.Id, online: false).AsTask()));
        Assert.Equal("", seenWhileGoing);
        Assert.Equal(ScsiStatus.TaskAborted, task.Status);
        Assert.Equal(1, nexus.InventoryGeneration);
        Assert.NotEmpty(target.Framework.Configuration.ViewsOf(unit.Id));

        Target.Accepted(target.Framework.OnlineLogicalUnit(unit.Id));
        Target.Accepted(await target.Wait(target.Framework.WaitForLogicalUnitAsync(unit.Id, online: true).AsTask()));
        Assert.Equal("4:1", Target.SeenBy(nexus));
        Assert.Equal(2, nexus.InventoryGeneration);
        // It was the logical unit that went, not the view: nothing of the nexus is to be forgotten.
        Assert.Empty(unit.Unmapped);
    }

    [Fact]
    public async Task OfflineLogicalUnit_ItFails_OnlineAndMappedAgain()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit);
        var nexus = port.Open(Host, target.Loop)!;
        unit.WhenOffline = _ => new(ControlResult.Failure("store busy"));
        Target.Accepted(target.Framework.OfflineLogicalUnit(unit.Id));
        var waited = await target.Wait(target.Framework.WaitForLogicalUnitAsync(unit.Id, online: false).AsTask());
        Target.Refused(Refusal.TransitionFailed, waited);
        Assert.Equal("0:1", Target.SeenBy(nexus));
        Assert.Equal("store busy", target.Framework.FindLogicalUnit(unit.Id)!.LastFailure);
    }

    [Fact]
    public async Task OfflineLogicalUnit_NeverEnds_FailsAtDeadlineAndNothingElseWaits()
    {
        await using var target = await Target.StartAsync();
        var stuck = await target.UnitAsync(1);
        var other = await target.UnitAsync(2);
        stuck.WhenOffline = async stop =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, target.Clock, stop);
            return ControlResult.Success;
        };
        Target.Accepted(target.Framework.OfflineLogicalUnit(stuck.Id));
        Target.Accepted(target.Framework.OfflineLogicalUnit(other.Id));
        Target.Accepted(await target.Wait(target.Framework.WaitForLogicalUnitAsync(other.Id, online: false).AsTask()));
        Assert.Equal(ObjectState.Offlining, target.Framework.FindLogicalUnit(stuck.Id)!.State);
        target.Clock.Advance(TimeSpan.FromSeconds(60));
        var waited = await target.Wait(target.Framework.WaitForLogicalUnitAsync(stuck.Id, online: false).AsTask());
        Target.Refused(Refusal.TransitionFailed, waited);
        Assert.Contains("60 s", waited.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_Stranger_NotFound()
    {
        await using var target = await Target.StartAsync();
        var id = SmallUnit.IdOf(1);
        Target.Refused(Refusal.NotFound, target.Framework.OnlineLogicalUnit(id));
        Target.Refused(Refusal.NotFound, target.Framework.OfflineLogicalUnit(id));
        Target.Refused(Refusal.NotFound, target.Framework.DeregisterLogicalUnit(id));
        Target.Refused(Refusal.NotFound, target.Framework.FaultLogicalUnit(id, "x", recover: false));
        Target.Refused(Refusal.NotFound, target.Framework.SetAccessState(id, AsymmetricAccessState.Standby));
        Target.Refused(Refusal.NotFound, await target.Framework.WaitForLogicalUnitAsync(id, online: true));
    }

    [Fact]
    public async Task Register_BadOrKnownIdentity_Refused()
    {
        await using var target = await Target.StartAsync(options: new() { LogicalUnitsMax = 2 });
        await target.UnitAsync(1);
        Target.Refused(Refusal.LogicalUnitExists, target.Framework.RegisterLogicalUnit(new SmallUnit(1)));
        var stranger = new SmallUnit(new LogicalUnitId(1, 1));
        Target.Refused(Refusal.InvalidArgument, target.Framework.RegisterLogicalUnit(stranger));
        await target.UnitAsync(2);
        Target.Refused(Refusal.LimitReached, target.Framework.RegisterLogicalUnit(new SmallUnit(3)));
    }

    [Fact]
    public async Task Deregister_Online_BusyThenViewsSurviveForTheSameIdentity()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit, lun: 9);
        var nexus = port.Open(Host, target.Loop)!;
        target.Framework.Submit(new SmallTask(nexus, Lun.FromNumber(9), 0x00));
        Assert.Same(unit, nexus.FindState(unit.Slot));
        Target.Refused(Refusal.Busy, target.Framework.DeregisterLogicalUnit(unit.Id));
        Target.Accepted(target.Framework.OfflineLogicalUnit(unit.Id));
        Target.Accepted(await target.Wait(target.Framework.WaitForLogicalUnitAsync(unit.Id, online: false).AsTask()));
        Target.Accepted(target.Framework.DeregisterLogicalUnit(unit.Id));
        Assert.Null(target.Framework.FindLogicalUnit(unit.Id));

        // Until the nexus has forgotten the old one, its number is nobody's.
        var again = await target.UnitAsync(1);
        Assert.NotEqual(unit.Slot, again.Slot);
        Assert.Equal("9:1", Target.SeenBy(nexus));
        target.Loop.Pump();
        Assert.Null(nexus.FindState(unit.Slot));
        Assert.Equal(unit.Slot, (await target.UnitAsync(2)).Slot);
    }

    [Fact]
    public async Task FaultLogicalUnit_Recovering_ComesBackAndNotRecoveringDoesNot()
    {
        await using var target = await Target.StartAsync();
        var unit = await target.UnitAsync(1);
        Target.Accepted(target.Framework.FaultLogicalUnit(unit.Id, "medium gone", recover: true));
        await target.UntilAsync(() => target.Framework.DescribeLogicalUnit(unit.Id).Count == 6);
        Assert.Equal(ObjectState.Online, target.Framework.FindLogicalUnit(unit.Id)!.State);
        Target.Accepted(target.Framework.FaultLogicalUnit(unit.Id, "medium gone", recover: false));
        Target.Accepted(await target.Wait(target.Framework.WaitForLogicalUnitAsync(unit.Id, online: false).AsTask()));
        Assert.Equal(ObjectState.Offline, target.Framework.FindLogicalUnit(unit.Id)!.State);
    }

    [Fact]
    public async Task PortGroups_PortsComeAndGo_OneGroupWithTheirIdentifiers()
    {
        await using var target = await Target.StartAsync(online: false);
        var unit = await target.UnitAsync(1);
        await target.PortAsync(Name);
        await target.PortAsync(Name + "2");
        await target.UntilAsync(() => unit.PortGroups.Groups[0].Ports.Length == 2);
        var group = Assert.Single(unit.PortGroups.Groups);
        Assert.Equal([1, 2], group.Ports.Select(p => (int)p));
        Assert.Equal(1, group.Identifier);
        Assert.Equal(AsymmetricAccessState.ActiveOptimized, group.State);
        Assert.True(group.Preferred);
        Target.Accepted(target.Framework.DeregisterTargetPort(Name));
        await target.UntilAsync(() => unit.PortGroups.Groups[0].Ports.Length == 1);
        Assert.Equal([2], unit.PortGroups.Groups[0].Ports.Select(p => (int)p));
    }

    [Fact]
    public async Task SetAccessState_StandbyOfAPair_OtherGroupIsActive()
    {
        await using var target = await Target.StartAsync(online: false);
        var unit = await target.UnitAsync(1);
        Target.Accepted(await target.Framework.SetAluaAsync(new(Enabled: true, Node: 1)));
        await target.PortAsync(Name);
        Target.Accepted(target.Framework.SetAccessState(unit.Id, AsymmetricAccessState.Standby));
        await target.UntilAsync(() => unit.PortGroups.StateOf(2) == AsymmetricAccessState.Standby
            && unit.PortGroups.Groups[0].Ports.Length == 1);
        Assert.Equal([256], unit.PortGroups.Groups[0].Ports.Select(p => (int)p));
        Assert.Equal(AsymmetricAccessState.ActiveOptimized, unit.PortGroups.StateOf(1));
        Assert.Equal(AsymmetricAccessState.Unavailable, unit.PortGroups.StateOf(3));
        Assert.Equal(AsymmetricAccessState.Standby, target.Framework.FindLogicalUnit(unit.Id)!.Access);

        Target.Accepted(target.Framework.SetAccessState(unit.Id, AsymmetricAccessState.ActiveOptimized));
        await target.UntilAsync(() => unit.PortGroups.StateOf(2) == AsymmetricAccessState.ActiveOptimized);
        Assert.Equal(AsymmetricAccessState.Standby, unit.PortGroups.StateOf(1));
        var dependent = target.Framework.SetAccessState(unit.Id, AsymmetricAccessState.LogicalBlockDependent);
        Target.Refused(Refusal.InvalidArgument, dependent);
    }

    // What SET TARGET PORT GROUPS asks for.
    [Fact]
    public async Task AccessStateRequest_OfAPair_MovesTheLogicalUnitAndElsewhereIsRefused()
    {
        await using var target = await Target.StartAsync(online: false);
        var unit = await target.UnitAsync(1);
        var request = unit.AccessStateRequest!;
        Assert.False(request(1, AsymmetricAccessState.Standby), "there is no other node");
        Target.Accepted(await target.Framework.SetAluaAsync(new(Enabled: true, Node: 0)));
        Assert.False(request(3, AsymmetricAccessState.Standby), "there is no such group");
        Assert.True(request(2, AsymmetricAccessState.ActiveOptimized));
        await target.UntilAsync(() => unit.PortGroups.StateOf(1) == AsymmetricAccessState.Standby);
        Assert.Equal(AsymmetricAccessState.ActiveOptimized, unit.PortGroups.StateOf(2));
        Assert.True(request(1, AsymmetricAccessState.ActiveOptimized));
        await target.UntilAsync(() => unit.PortGroups.StateOf(1) == AsymmetricAccessState.ActiveOptimized);
        Assert.Equal(AsymmetricAccessState.Standby, unit.PortGroups.StateOf(2));
    }
}
