using Lunette.Stmf.Tests.Kit;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests;

public class ServiceTests
{
    [Fact]
    public async Task Online_ObjectsRegistered_AllComeOnlineAndGoOffline()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync("iqn.2026-11.example:a");
        var unit = await target.UnitAsync(1);
        await target.ViewAsync(unit);

        Target.Accepted(target.Framework.Online());
        Assert.Equal(ServiceState.Online, await target.Wait(target.Framework.WaitForServiceAsync().AsTask()));
        Assert.Equal(ObjectState.Online, target.Framework.FindTargetPort(port.Name)!.State);
        var nexus = port.Open("iqn.2026-11.example:host", target.Loop)!;
        Assert.Equal("0:1", Target.SeenBy(nexus));

        Target.Accepted(target.Framework.Offline());
        Assert.Equal(ServiceState.Offline, await target.Wait(target.Framework.WaitForServiceAsync().AsTask()));
        Assert.Equal(ObjectState.Offline, target.Framework.FindTargetPort(port.Name)!.State);
        Assert.Equal(ObjectState.Offline, target.Framework.FindLogicalUnit(unit.Id)!.State);
        Assert.Empty(target.Framework.Sessions);
    }
}
