using Lunette.Admin.Contracts.Verbs;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;

namespace Lunette.Verbs.Cases;

/// <summary>The service as a whole.</summary>
internal static class ServiceCases
{
    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.GetState, Success, _ => Nothing),
        Small(StmfVerbs.GetDaemonStatus, Success, _ => Nothing),
        Small(StmfVerbs.Online, Success, async world =>
        {
            await world.GoOfflineAsync();
            return Nothing;
        }),
        Small(StmfVerbs.Online, ServiceOnline, _ => Nothing),
        Small(StmfVerbs.Online, Busy, async world =>
        {
            await world.MakeTargetAsync();
            world.HoldPorts();
            SmallWorld.Must(await world.Admin.OfflineAsync());
            return Nothing;
        }),
        Small(StmfVerbs.Online, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return Nothing;
        }),
        Small(StmfVerbs.Offline, Success, _ => Nothing),
        Small(StmfVerbs.Offline, ServiceOffline, async world =>
        {
            await world.GoOfflineAsync();
            return Nothing;
        }),
        Small(StmfVerbs.Offline, Busy, async world =>
        {
            await world.MakeTargetAsync();
            await world.GoOfflineAsync();
            world.HoldPorts();
            SmallWorld.Must(await world.Admin.OnlineAsync());
            return Nothing;
        }),
        Small(StmfVerbs.LoadConfig, Success, async world =>
        {
            await world.GoOfflineAsync();
            return Nothing;
        }),
        Small(StmfVerbs.LoadConfig, ServiceOnline, _ => Nothing),
        Small(StmfVerbs.LoadConfig, ServiceDataVersion, async world =>
        {
            await world.GoOfflineAsync();
            world.Kit.ChangeStore("PRAGMA user_version = 99");
            return Nothing;
        }),
    ];
}
