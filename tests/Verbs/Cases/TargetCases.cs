using Lunette.Admin.Contracts.Verbs;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;

namespace Lunette.Verbs.Cases;

/// <summary>Target ports and sessions.</summary>
internal static class TargetCases
{
    private static readonly TargetArguments s_target = new(SmallWorld.Target);

    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.GetTargetList, Success, _ => Nothing),
        Small(StmfVerbs.GetTargetProperties, Success, async world => new(await world.MakeTargetAsync())),
        Small(StmfVerbs.GetTargetProperties, NotFound, _ => s_target),
        Small(StmfVerbs.GetSessionList, Success, async world => new(await world.MakeTargetAsync())),
        Small(StmfVerbs.GetSessionList, Error, _ => s_target),
        Small(StmfVerbs.OnlineTarget, Success, async world => new(await world.MakeOfflineTargetAsync())),
        Small(StmfVerbs.OnlineTarget, NotFound, _ => s_target),
        Small(StmfVerbs.OnlineTarget, Busy, async world =>
        {
            await world.MakeTargetAsync();
            world.HoldPorts();
            SmallWorld.Must(await world.Admin.OfflineTargetAsync(SmallWorld.Target));
            return s_target;
        }),
        Small(StmfVerbs.OfflineTarget, Success, async world => new(await world.MakeTargetAsync())),
        Small(StmfVerbs.OfflineTarget, NotFound, _ => s_target),
        Small(StmfVerbs.OfflineTarget, Busy, async world =>
        {
            await world.MakeOfflineTargetAsync();
            world.HoldPorts();
            SmallWorld.Must(await world.Admin.OnlineTargetAsync(SmallWorld.Target));
            return s_target;
        }),
    ];
}
