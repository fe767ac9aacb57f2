using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Stmf;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;

namespace Lunette.Verbs.Cases;

/// <summary>What itadm administers.</summary>
internal static class IscsiCases
{
    private const string Host = "iqn.2026-11.example:host";
    private static readonly IscsiTargetSettings s_named = new() { Name = SmallWorld.TargetName };
    private static readonly IscsiPortalGroupArguments s_front = new("front", ["192.0.2.1"]);
    private static readonly IscsiInitiatorArguments s_host = new(Host, new() { ChapUser = "user" });
    private static readonly IscsiDefaultsArguments s_chap = new(new() { Authentication = IscsiAuthentication.Chap });

    public static IReadOnlyList<VerbCase> All => [.. Targets, .. PortalGroups, .. Initiators];

    private static VerbCase[] Targets =>
    [
        Small(StmfVerbs.GetIscsiTargets, Success, _ => Nothing),
        Small(StmfVerbs.CreateIscsiTarget, Success, _ => new IscsiTargetSettingsArguments(s_named)),
        Small(StmfVerbs.CreateIscsiTarget, Exists, async world =>
        {
            await world.MakeTargetAsync();
            return new IscsiTargetSettingsArguments(s_named);
        }),
        Small(StmfVerbs.CreateIscsiTarget, NotFound, _ => new IscsiTargetSettingsArguments(InFront)),
        Small(StmfVerbs.CreateIscsiTarget, NoMem, async world =>
        {
            await world.BeginAgainAsync(new StmfOptions { TargetPortsMax = 0 });
            return new IscsiTargetSettingsArguments(s_named);
        }),
        Small(StmfVerbs.CreateIscsiTarget, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return new IscsiTargetSettingsArguments(s_named);
        }),
        Small(StmfVerbs.ModifyIscsiTarget, Success, async world =>
            await ModifyAsync(world, new() { Alias = "name" })),
        Small(StmfVerbs.ModifyIscsiTarget, NotFound, _ => new IscsiTargetArguments(SmallWorld.TargetName, new())),
        Small(StmfVerbs.ModifyIscsiTarget, Exists, async world =>
        {
            const string Other = "iqn.2026-11.example:other";
            SmallWorld.Must(await world.Admin.CreateIscsiTargetAsync(new() { Name = Other }));
            return await ModifyAsync(world, new() { Name = Other });
        }),
        Small(StmfVerbs.ModifyIscsiTarget, TgOnline, async world =>
            await ModifyAsync(world, new() { Name = "iqn.2026-11.example:new" })),
        Small(StmfVerbs.DeleteIscsiTarget, Success, async world => await DeleteAsync(world, force: true)),
        Small(StmfVerbs.DeleteIscsiTarget, NotFound, _ => new DeleteArguments(SmallWorld.TargetName, Force: true)),
        Small(StmfVerbs.DeleteIscsiTarget, Busy, async world => await DeleteAsync(world, force: false)),
    ];

    private static VerbCase[] PortalGroups =>
    [
        Small(StmfVerbs.GetIscsiPortalGroups, Success, _ => Nothing),
        Small(StmfVerbs.CreateIscsiPortalGroup, Success, _ => s_front),
        Small(StmfVerbs.CreateIscsiPortalGroup, Exists, async world =>
        {
            await MakeFrontAsync(world);
            return s_front;
        }),
        Small(StmfVerbs.CreateIscsiPortalGroup, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return s_front;
        }),
        Small(StmfVerbs.DeleteIscsiPortalGroup, Success, async world =>
        {
            await MakeFrontAsync(world);
            return new DeleteArguments("front", Force: false);
        }),
        Small(StmfVerbs.DeleteIscsiPortalGroup, NotFound, _ => new DeleteArguments("front", Force: false)),
        Small(StmfVerbs.DeleteIscsiPortalGroup, GroupInUse, async world =>
        {
            await MakeFrontAsync(world);
            SmallWorld.Must(await world.Admin.CreateIscsiTargetAsync(InFront));
            return new DeleteArguments("front", Force: false);
        }),
    ];

    private static VerbCase[] Initiators =>
    [
        Small(StmfVerbs.GetIscsiInitiators, Success, _ => Nothing),
        Small(StmfVerbs.CreateIscsiInitiator, Success, _ => s_host),
        Small(StmfVerbs.CreateIscsiInitiator, Exists, async world =>
        {
            await MakeHostAsync(world);
            return s_host;
        }),
        Small(StmfVerbs.CreateIscsiInitiator, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return s_host;
        }),
        Small(StmfVerbs.ModifyIscsiInitiator, Success, async world =>
        {
            await MakeHostAsync(world);
            return s_host;
        }),
        Small(StmfVerbs.ModifyIscsiInitiator, NotFound, _ => s_host),
        Small(StmfVerbs.DeleteIscsiInitiator, Success, async world =>
        {
            await MakeHostAsync(world);
            return new NameArguments(Host);
        }),
        Small(StmfVerbs.DeleteIscsiInitiator, NotFound, _ => new NameArguments(Host)),
        Small(StmfVerbs.GetIscsiDefaults, Success, _ => Nothing),
        Small(StmfVerbs.ModifyIscsiDefaults, Success, _ => s_chap),
        Small(StmfVerbs.ModifyIscsiDefaults, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return s_chap;
        }),
    ];

    private static IscsiTargetSettings InFront => s_named with { PortalGroups = ["front"] };

    private static async Task<IscsiTargetArguments> ModifyAsync(SmallWorld world, IscsiTargetSettings settings)
    {
        await world.MakeTargetAsync();
        return new(SmallWorld.TargetName, settings);
    }

    private static async Task<DeleteArguments> DeleteAsync(SmallWorld world, bool force)
    {
        await world.MakeTargetAsync();
        return new(SmallWorld.TargetName, force);
    }

    private static async Task MakeFrontAsync(SmallWorld world) =>
        SmallWorld.Must(await world.Admin.CreateIscsiPortalGroupAsync(s_front.Name, s_front.Portals));

    private static async Task MakeHostAsync(SmallWorld world) =>
        SmallWorld.Must(await world.Admin.CreateIscsiInitiatorAsync(Host, s_host.Settings));
}
