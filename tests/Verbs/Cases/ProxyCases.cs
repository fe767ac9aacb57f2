using Lunette.Admin.Contracts.Verbs;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;

namespace Lunette.Verbs.Cases;

/// <summary>The proxy door.</summary>
internal static class ProxyCases
{
    public static IReadOnlyList<VerbCase> All =>
    [
        Whole(StmfVerbs.InitProxyDoor, Success, world => world.MakeDoor()),
        Whole(StmfVerbs.InitProxyDoor, DoorInstalled, async world =>
        {
            var door = world.MakeDoor();
            SmallWorld.Must(await world.Admin.InitProxyDoorAsync(door.Descriptor));
            return door;
        }),
        Whole(StmfVerbs.PostProxyMsg, Success, async world =>
        {
            var door = await world.Admin.InitProxyDoorAsync(world.MakeDoor().Descriptor);
            return new ProxyMessageArguments(door.Required, WholeWorld.Message);
        }),
        Whole(StmfVerbs.PostProxyMsg, PostMsgFailed, _ => new ProxyMessageArguments(1, WholeWorld.Message)),
        Whole(StmfVerbs.DestroyProxyDoor, Success, _ => new DoorArguments(1)),
    ];
}
