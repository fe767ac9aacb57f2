using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Tests.Kit;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests;

/// <summary>The service as a whole, loading, and default states.</summary>
public class ServiceTests
{
    private const string Name = "iqn.2026-11.example:disks";
    private const string Host = "iqn.2026-11.example:host";

    [Fact]
    public async Task Online_ObjectsRegistered_AllComeOnlineAndGoOffline()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit);

        Target.Accepted(target.Framework.Online());
        Assert.Equal(ServiceState.Online, await Settled(target));
        Assert.Equal(ObjectState.Online, target.Framework.FindTargetPort(port.Name)!.State);
        Assert.Equal("0:1", Target.SeenBy(port.Open(Host, target.Loop)!));

        Target.Accepted(target.Framework.Offline());
        Assert.Equal(ServiceState.Offline, await Settled(target));
        Assert.Equal(ObjectState.Offline, target.Framework.FindTargetPort(port.Name)!.State);
        Assert.Equal(ObjectState.Offline, target.Framework.FindLogicalUnit(unit.Id)!.State);
        Assert.Empty(target.Framework.Sessions);
    }

    [Fact]
    public async Task OnlineAndOffline_Order_LogicalUnitsFirstInAndLastOut()
    {
        await using var target = await Target.StartAsync(online: false);
        await target.PortAsync(Name);
        await target.UnitAsync(1);
        using var events = target.Framework.Subscribe();
        Target.Accepted(target.Framework.Online());
        await Settled(target);
        Target.Accepted(target.Framework.Offline());
        await Settled(target);
        List<string> seen = [];
        while (events.Reader.TryRead(out var happened))
        {
            if (happened is ServiceStateChanged service) seen.Add("service " + service.State);
            if (happened is TargetPortStateChanged port) seen.Add("port " + port.State);
            if (happened is LogicalUnitStateChanged unit) seen.Add("unit " + unit.State);
        }
        Assert.Equal(
            [
                "service Onlining", "unit Onlining", "unit Online", "port Onlining", "port Online", "service Online",
                "service Offlining", "port Offlining", "port Offline", "unit Offlining", "unit Offline",
                "service Offline",
            ],
            seen);
    }

    [Fact]
    public async Task Online_NoConfiguration_Refused()
    {
        await using var target = await Target.StartAsync(load: false);
        Assert.Equal(new StmfState(ServiceState.Offline, ConfigurationState.None), target.Framework.State);
        Target.Refused(Refusal.ConfigurationNone, target.Framework.Online());
        Target.Refused(Refusal.ConfigurationNone, await target.Framework.CreateGroupAsync(GroupKind.Host, "a"));
        Target.Refused(Refusal.ConfigurationNone, target.Framework.ValidateView(new(null, null)).Outcome);
        var plan = target.Framework.Plan(edit => edit.CreateGroup(GroupKind.Host, "a"));
        Target.Refused(Refusal.ConfigurationNone, plan.Outcome);
        // Objects may come and go online all the same.
        await target.PortAsync(Name);
        Target.Accepted(target.Framework.OnlineTarget(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
    }

    [Fact]
    public async Task OnlineOffline_AlreadyThereOrMoving_Refused()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        await Settled(target);
        Target.Refused(Refusal.ServiceOnline, target.Framework.Online());
        var gate = new TaskCompletionSource<ControlResult>();
        port.WhenOffline = () => new(gate.Task);
        Target.Accepted(target.Framework.Offline());
        Target.Refused(Refusal.Busy, target.Framework.Online());
        Target.Refused(Refusal.Busy, target.Framework.Offline());
        gate.SetResult(ControlResult.Success);
        Assert.Equal(ServiceState.Offline, await Settled(target));
        Target.Refused(Refusal.ServiceOffline, target.Framework.Offline());
    }

    [Fact]
    public async Task State_ObjectComesOnlineWhileRunning_OnliningUntilItHas()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        Target.Accepted(target.Framework.OfflineTarget(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
        Assert.Equal(ServiceState.Online, target.Framework.State.Service);
        var gate = new TaskCompletionSource<ControlResult>();
        port.WhenOnline = _ => new(gate.Task);
        Target.Accepted(target.Framework.OnlineTarget(Name));
        Assert.Equal(ServiceState.Onlining, target.Framework.State.Service);
        Target.Refused(Refusal.Busy, target.Framework.Offline());
        gate.SetResult(ControlResult.Success);
        Assert.Equal(ServiceState.Online, await Settled(target));
    }

    [Fact]
    public async Task Online_OneObjectFails_ServiceIsOnlineAllTheSame()
    {
        await using var target = await Target.StartAsync(online: false);
        var broken = await target.PortAsync(Name);
        await target.PortAsync(Name + "2");
        broken.WhenOnline = _ => new(ControlResult.Failure("address in use"));
        Target.Accepted(target.Framework.Online());
        Assert.Equal(ServiceState.Online, await Settled(target));
        Assert.Equal(ObjectState.Offline, target.Framework.FindTargetPort(Name)!.State);
        Assert.Equal(ObjectState.Online, target.Framework.FindTargetPort(Name + "2")!.State);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task DefaultStates_Offline_ObjectsStayOffline(bool units, bool ports)
    {
        await using var target = await Target.StartAsync(online: false);
        Target.Accepted(await target.Framework.SetPropertiesAsync(new(units, ports)));
        var early = new SmallPort(Name, target.Framework, target.Clock);
        Target.Accepted(await target.Framework.RegisterTargetPortAsync(early));
        Target.Accepted(target.Framework.RegisterLogicalUnit(new SmallUnit(1)));
        Target.Accepted(target.Framework.Online());
        await Settled(target);
        var late = new SmallPort(Name + "2", target.Framework, target.Clock);
        Target.Accepted(await target.Framework.RegisterTargetPortAsync(late));
        Target.Accepted(target.Framework.RegisterLogicalUnit(new SmallUnit(2)));
        await Settled(target);
        Assert.All(
            target.Framework.TargetPorts,
            p => Assert.Equal(ports ? ObjectState.Online : ObjectState.Offline, p.State));
        Assert.All(
            target.Framework.LogicalUnits,
            u => Assert.Equal(units ? ObjectState.Online : ObjectState.Offline, u.State));
    }

    [Fact]
    public async Task OfflineTarget_ServiceRestarts_ComesBack()
    {
        await using var target = await Target.StartAsync();
        await target.PortAsync(Name);
        Target.Accepted(target.Framework.OfflineTarget(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
        Target.Accepted(target.Framework.Offline());
        await Settled(target);
        Target.Accepted(target.Framework.Online());
        await Settled(target);
        Assert.Equal(ObjectState.Online, target.Framework.FindTargetPort(Name)!.State);
    }

    [Fact]
    public async Task LoadConfiguration_ServiceNotOffline_Refused()
    {
        await using var target = await Target.StartAsync();
        Target.Refused(Refusal.ServiceOnline, await target.Framework.LoadConfigurationAsync());
    }

    [Fact]
    public async Task LoadConfiguration_Again_SameConfigurationAndSessionsKeepTheirView()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit);
        Target.Accepted(target.Framework.OnlineTarget(Name));
        Target.Accepted(target.Framework.OnlineLogicalUnit(unit.Id));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        Target.Accepted(await target.Wait(target.Framework.WaitForLogicalUnitAsync(unit.Id, online: true).AsTask()));
        var nexus = port.Open(Host, target.Loop)!;
        var before = target.Framework.Configuration;
        Target.Accepted(await target.Framework.LoadConfigurationAsync());
        Assert.Equal(before.AsChanges(), target.Framework.Configuration.AsChanges());
        Assert.Equal("0:1", Target.SeenBy(nexus));
        Assert.Equal(1, port.RelativePortIdentifier);
    }

    [Fact]
    public async Task LoadConfiguration_PortRegisteredBefore_GetsItsIdentifier()
    {
        await using var target = await Target.StartAsync(load: false);
        var port = await target.PortAsync(Name);
        Assert.Equal(0, port.RelativePortIdentifier);
        Target.Accepted(await target.Framework.LoadConfigurationAsync());
        Assert.Equal(1, port.RelativePortIdentifier);
        Assert.Contains(new RelativePortAssigned(Name, 1), await target.Store.LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ShutDown_FromAnywhere_EndsOffline()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        await target.UnitAsync(1);
        Assert.NotNull(port.Open(Host, target.Loop));
        await target.Wait(target.Framework.ShutDownAsync().AsTask());
        Assert.Equal(ServiceState.Offline, target.Framework.State.Service);
        await target.Framework.ShutDownAsync();
    }

    private static Task<ServiceState> Settled(Target target) =>
        target.Wait(target.Framework.WaitForServiceAsync().AsTask());
}
