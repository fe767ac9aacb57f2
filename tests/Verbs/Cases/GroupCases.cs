using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Stmf.Configuration;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;
using ViewEntry = Lunette.Admin.Contracts.ViewEntry;

namespace Lunette.Verbs.Cases;

/// <summary>Host groups and target groups: the same table twice, and the target that has to be offline.</summary>
internal static class GroupCases
{
    private static readonly GroupArguments s_group = new("g");
    private static readonly MemberArguments s_host = new("g", SmallWorld.Host);
    private static readonly MemberArguments s_target = new("g", SmallWorld.Target);

    private static readonly Kind s_hosts = new(
        GroupKind.Host, StmfVerbs.CreateHostGroup, StmfVerbs.DeleteHostGroup, StmfVerbs.GetHostGroupList,
        StmfVerbs.GetHostGroupMembers, StmfVerbs.AddToHostGroup, StmfVerbs.RemoveFromHostGroup);

    private static readonly Kind s_targets = new(
        GroupKind.Target, StmfVerbs.CreateTargetGroup, StmfVerbs.DeleteTargetGroup, StmfVerbs.GetTargetGroupList,
        StmfVerbs.GetTargetGroupMembers, StmfVerbs.AddToTargetGroup, StmfVerbs.RemoveFromTargetGroup);

    public static IReadOnlyList<VerbCase> All =>
    [
        .. Of(s_hosts),
        .. Of(s_targets),
        Small(StmfVerbs.AddToTargetGroup, TgOnline, async world =>
        {
            await MakeAsync(world, s_targets);
            await world.MakeTargetAsync();
            return s_target;
        }),
        Small(StmfVerbs.RemoveFromTargetGroup, TgOnline, async world =>
        {
            await MakeAsync(world, s_targets, SmallWorld.Target);
            await world.MakeTargetAsync();
            return s_target;
        }),
    ];

    private static VerbCase[] Of(Kind kind) =>
    [
        Small(kind.Create, Success, _ => s_group),
        Small(kind.Create, Exists, world => MakeAsync(world, kind)),
        Small(kind.Create, Error, _ => new GroupArguments("*g")),
        Small(kind.Create, NoMem, async world =>
        {
            await world.FillAsync(edit => Repeat(
                ConfigurationLimits.Groups, i => edit.CreateGroup(kind.Dimension, $"group {i}")));
            return s_group;
        }),
        Small(kind.Create, ConfigNone, world => WithoutConfigurationAsync(world, s_group)),
        Small(kind.Delete, Success, world => MakeAsync(world, kind)),
        Small(kind.Delete, NotFound, _ => s_group),
        Small(kind.Delete, GroupInUse, async world =>
        {
            await MakeAsync(world, kind);
            var entry = kind.Dimension == GroupKind.Host
                ? ViewEntry.ToAll with { HostGroup = "g" }
                : ViewEntry.ToAll with { TargetGroup = "g" };
            SmallWorld.Must(await world.Admin.AddViewEntryAsync(SmallWorld.Stranger, entry));
            return s_group;
        }),
        Small(kind.Delete, ConfigNone, world => WithoutConfigurationAsync(world, s_group)),
        Small(kind.List, Success, _ => Nothing),
        Small(kind.Members, Success, world => MakeAsync(world, kind)),
        Small(kind.Members, NotFound, _ => s_group),
        Small(kind.Add, Success, async world =>
        {
            await MakeAsync(world, kind);
            return s_host;
        }),
        Small(kind.Add, Exists, async world =>
        {
            await MakeAsync(world, kind, SmallWorld.Host);
            return s_host;
        }),
        Small(kind.Add, GroupNotFound, _ => s_host),
        Small(kind.Add, NoMem, async world =>
        {
            await MakeAsync(world, kind);
            await world.FillAsync(edit => Repeat(
                ConfigurationLimits.Members, i => edit.AddMember(kind.Dimension, "g", $"iqn.2026-11.example:{i}")));
            return s_host;
        }),
        Small(kind.Add, ConfigNone, world => WithoutConfigurationAsync(world, s_host)),
        Small(kind.Remove, Success, async world =>
        {
            await MakeAsync(world, kind, SmallWorld.Host);
            return s_host;
        }),
        Small(kind.Remove, GroupNotFound, _ => s_host),
        Small(kind.Remove, MemberNotFound, async world =>
        {
            await MakeAsync(world, kind);
            return s_host;
        }),
        Small(kind.Remove, ConfigNone, world => WithoutConfigurationAsync(world, s_host)),
    ];

    private static async Task<GroupArguments> MakeAsync(SmallWorld world, Kind kind, Devid? member = null)
    {
        SmallWorld.Must(await kind.Create.Call(world.Admin, s_group));
        if (member is { } one) SmallWorld.Must(await kind.Add.Call(world.Admin, new("g", one)));
        return s_group;
    }

    private static async Task<T> WithoutConfigurationAsync<T>(SmallWorld world, T arguments)
    {
        await world.LoseConfigurationAsync();
        return arguments;
    }

    private static Stmf.StmfResult Repeat(int count, Func<int, Stmf.StmfResult> step)
    {
        var done = Stmf.StmfResult.Success;
        for (var i = 0; i < count && done.Succeeded; i++) done = step(i);
        return done;
    }

    private sealed record Kind(
        GroupKind Dimension, AdminVerb<GroupArguments, NoValue> Create, AdminVerb<GroupArguments, NoValue> Delete,
        AdminVerb<NoArguments, IReadOnlyList<string>> List, AdminVerb<GroupArguments, IReadOnlyList<Devid>> Members,
        AdminVerb<MemberArguments, NoValue> Add, AdminVerb<MemberArguments, NoValue> Remove);
}
