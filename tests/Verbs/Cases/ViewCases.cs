using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Stmf.Configuration;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using ViewEntry = Lunette.Admin.Contracts.ViewEntry;

namespace Lunette.Verbs.Cases;

/// <summary>View entries.</summary>
internal static class ViewCases
{
    private static readonly StmfGuid s_other = new(6UL << 60, 98);
    private static readonly ViewEntry s_first = ViewEntry.ToAll with { Lun = 0 };

    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.AddViewEntry, Success, _ => Add(ViewEntry.ToAll)),
        Small(StmfVerbs.AddViewEntry, LunInUse, async world =>
        {
            SmallWorld.Must(await world.Admin.AddViewEntryAsync(s_other, s_first));
            return Add(s_first);
        }),
        Small(StmfVerbs.AddViewEntry, VeConflict, async world =>
        {
            SmallWorld.Must(await world.Admin.AddViewEntryAsync(SmallWorld.Stranger, s_first));
            return Add(ViewEntry.ToAll);
        }),
        Small(StmfVerbs.AddViewEntry, InvalidHg, _ => Add(ViewEntry.ToAll with { HostGroup = "nobody" })),
        Small(StmfVerbs.AddViewEntry, InvalidTg, _ => Add(ViewEntry.ToAll with { TargetGroup = "none" })),
        Small(StmfVerbs.AddViewEntry, NoMem, async world =>
        {
            await world.FillAsync(edit =>
            {
                var done = edit.CreateGroup(GroupKind.Host, "last");
                for (var i = 0; i < ConfigurationLimits.ViewsOfLogicalUnit && done.Succeeded; i++)
                {
                    var group = i.ToString(CultureInfo.InvariantCulture);
                    done = edit.CreateGroup(GroupKind.Host, group);
                    var hosts = new GroupPair(group, null);
                    if (done.Succeeded)
                        done = edit.AddViewEntry(SmallWorld.Stranger.ToUnit(), hosts, lun: null).Outcome;
                }
                return done;
            });
            return Add(ViewEntry.ToAll with { HostGroup = "last" });
        }),
        Small(StmfVerbs.AddViewEntry, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return Add(ViewEntry.ToAll);
        }),
        Small(StmfVerbs.RemoveViewEntry, Success, async world =>
        {
            SmallWorld.Must(await world.Admin.AddViewEntryAsync(SmallWorld.Stranger, s_first));
            return new ViewIndexArguments(SmallWorld.Stranger, 0);
        }),
        Small(StmfVerbs.RemoveViewEntry, NotFound, _ => new ViewIndexArguments(SmallWorld.Stranger, 0)),
        Small(StmfVerbs.RemoveViewEntry, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return new ViewIndexArguments(SmallWorld.Stranger, 0);
        }),
        Small(StmfVerbs.GetViewEntryList, Success, _ => new LogicalUnitArguments(SmallWorld.Stranger)),
        Small(StmfVerbs.ValidateView, Success, _ => new ViewArguments(ViewEntry.ToAll)),
        Small(StmfVerbs.ValidateView, LunInUse, async world =>
        {
            SmallWorld.Must(await world.Admin.AddViewEntryAsync(s_other, s_first));
            return new ViewArguments(s_first);
        }),
        Small(StmfVerbs.ValidateView, InvalidHg, _ => new ViewArguments(ViewEntry.ToAll with { HostGroup = "nobody" })),
        Small(StmfVerbs.ValidateView, InvalidTg, _ => new ViewArguments(ViewEntry.ToAll with { TargetGroup = "none" })),
        Small(StmfVerbs.ValidateView, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return new ViewArguments(ViewEntry.ToAll);
        }),
    ];

    private static ViewEntryArguments Add(ViewEntry entry) => new(SmallWorld.Stranger, entry);
}
