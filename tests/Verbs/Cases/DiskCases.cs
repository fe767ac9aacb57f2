using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Stmf;
using static Lunette.Admin.Contracts.LuProperty;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;

namespace Lunette.Verbs.Cases;

/// <summary>Logical units that are there: their states, properties and end.</summary>
internal static class DiskCases
{
    private static readonly LogicalUnitArguments s_stranger = new(SmallWorld.Stranger);

    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.DeleteLu, Success, async world => Of(await world.MakeDiskAsync())),
        Small(StmfVerbs.DeleteLu, NotFound, _ => s_stranger),
        Small(StmfVerbs.DeleteLu, LuBusy, async world =>
        {
            var disk = await world.MakeDiskAsync();
            world.Kit.Disks.Refusal = "commands are under way";
            return Of(disk);
        }),
        Small(StmfVerbs.DeleteLu, ConfigNone, async world =>
        {
            var disk = await world.MakeDiskAsync();
            await world.LoseConfigurationAsync();
            return Of(disk);
        }),
        Small(StmfVerbs.LuStandby, Success, async world => Of(await world.MakeDiskAsync())),
        Small(StmfVerbs.LuStandby, NotFound, _ => s_stranger),
        Small(StmfVerbs.GetLogicalUnitList, Success, _ => Nothing),
        Small(StmfVerbs.GetLogicalUnitProperties, Success, async world => Of(await world.MakeDiskAsync())),
        Small(StmfVerbs.GetLogicalUnitProperties, NotFound, _ => s_stranger),
        Small(StmfVerbs.OnlineLogicalUnit, Success, async world => Of(await world.MakeOfflineDiskAsync())),
        Small(StmfVerbs.OnlineLogicalUnit, NotFound, _ => s_stranger),
        Small(StmfVerbs.OnlineLogicalUnit, Busy, async world =>
        {
            var disk = await world.MakeDiskAsync();
            world.HoldDisks();
            SmallWorld.Must(await world.Admin.OfflineLogicalUnitAsync(disk));
            return Of(disk);
        }),
        Small(StmfVerbs.OfflineLogicalUnit, Success, async world => Of(await world.MakeDiskAsync())),
        Small(StmfVerbs.OfflineLogicalUnit, NotFound, _ => s_stranger),
        Small(StmfVerbs.OfflineLogicalUnit, Busy, async world =>
        {
            var disk = await world.MakeOfflineDiskAsync();
            world.HoldDisks();
            SmallWorld.Must(await world.Admin.OnlineLogicalUnitAsync(disk));
            return Of(disk);
        }),
        Small(StmfVerbs.GetLuResource, Success, async world => Of(await world.MakeDiskAsync())),
        Small(StmfVerbs.GetLuResource, NotFound, _ => s_stranger),
        Small(StmfVerbs.GetGlobalLuProp, Success, async world =>
        {
            SmallWorld.Must(await world.Admin.SetGlobalLuPropAsync(LuResourceType.Disk, MgmtUrl, "http://example"));
            return new GlobalLuPropertyArguments(LuResourceType.Disk, MgmtUrl);
        }),
        Small(StmfVerbs.GetGlobalLuProp, NoProp, _ => new GlobalLuPropertyArguments(LuResourceType.Disk, MgmtUrl)),
        Small(StmfVerbs.GetGlobalLuProp, InvalidProp, _ => new GlobalLuPropertyArguments(LuResourceType.Disk, Alias)),
        Small(StmfVerbs.SetGlobalLuProp, Success, _ => Url("http://example")),
        Small(StmfVerbs.SetGlobalLuProp, InvalidProp, _ => Url("a") with { Property = Alias }),
        Small(StmfVerbs.SetGlobalLuProp, InvalidPropSize, _ => Url(new string('u', 1025))),
        Small(StmfVerbs.SetGlobalLuProp, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return Url("http://example");
        }),
        Small(StmfVerbs.CreateLu, ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return new LuResourceArguments(new LuResource().With(Filename, SmallWorld.DiskFile));
        }),
        Small(StmfVerbs.CreateLu, NoMem, async world =>
        {
            await world.BeginAgainAsync(new StmfOptions { LogicalUnitsMax = 0 });
            return new LuResourceArguments(new LuResource().With(Filename, SmallWorld.DiskFile));
        }),
        Small(StmfVerbs.ImportLu, ConfigNone, async world =>
        {
            SmallWorld.Must(await world.Admin.DeleteLuAsync(await world.MakeDiskAsync()));
            await world.LoseConfigurationAsync();
            return new LuFileArguments(LuResourceType.Disk, SmallWorld.DiskFile);
        }),
        Small(StmfVerbs.ImportLu, NoMem, async world =>
        {
            await world.BeginAgainAsync(new StmfOptions { LogicalUnitsMax = 1 });
            SmallWorld.Must(await world.Admin.DeleteLuAsync(await world.MakeDiskAsync()));
            await world.MakeDiskAsync("/disks/b.img");
            return new LuFileArguments(LuResourceType.Disk, SmallWorld.DiskFile);
        }),
    ];

    private static LogicalUnitArguments Of(StmfGuid disk) => new(disk);

    private static GlobalLuPropertyValueArguments Url(string url) => new(LuResourceType.Disk, MgmtUrl, url);
}
