using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Stmf.Configuration;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using ViewEntry = Lunette.Admin.Contracts.ViewEntry;

namespace Lunette.Verbs.Cases;

/// <summary>The configuration as a file. What a plan refuses, carrying it out refuses too.</summary>
internal static class DocumentCases
{
    private const string Key = "600144F04E086D08000058255D130003";
    private static readonly StmfGuid s_guid = new(0x600144F04E086D08, 0x000058255D130003);
    private static readonly StmfGuid s_other = new(0x600144F04E086D08, 0x000058255D130004);
    private static readonly ConfigurationDocument s_empty = new() { Lunette = ConfigurationDocument.CurrentFormat };
    private static readonly string s_tooMuch = $"{long.MaxValue / 512 * 512}";

    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.ExportConfiguration, Success, _ => new ExportArguments(ExportScope.Whole, null)),
        Small(StmfVerbs.ExportConfiguration, NotFound, _ => new ExportArguments(ExportScope.LogicalUnit, Key)),
        Small(StmfVerbs.ExportSecrets, Success, _ => new ReferencesArguments([])),
        .. OfConfiguration(Success, _ => Task.FromResult(s_empty)),
        .. OfConfiguration(ServiceDataVersion, _ => Task.FromResult(s_empty with { Lunette = 99 })),
        .. OfConfiguration(NotFound, _ => Task.FromResult(s_empty with
        {
            Targets = [new() { Name = SmallWorld.TargetName, PortalGroups = ["nowhere"] }],
        })),
        .. OfConfiguration(Exists, _ => Task.FromResult(s_empty with { HostGroups = [Hosts("one"), Hosts("two")] })),
        .. OfConfiguration(GroupInUse, async world =>
        {
            SmallWorld.Must(await world.Admin.CreateHostGroupAsync("g"));
            var entry = ViewEntry.ToAll with { HostGroup = "g" };
            SmallWorld.Must(await world.Admin.AddViewEntryAsync(s_guid, entry));
            return s_empty with { Whole = true, Disks = [Views(s_guid, new ViewSection { HostGroup = "g" })] };
        }),
        .. OfConfiguration(InvalidHg, _ => Shown(new ViewSection { HostGroup = "nobody" })),
        .. OfConfiguration(InvalidTg, _ => Shown(new ViewSection { TargetGroup = "none" })),
        .. OfConfiguration(VeConflict, _ => Shown(new ViewSection { Lun = 1 }, new ViewSection { Lun = 2 })),
        .. OfConfiguration(LunInUse, _ => Task.FromResult(s_empty with
        {
            Disks = [Views(s_guid, new ViewSection { Lun = 1 }), Views(s_other, new ViewSection { Lun = 1 })],
        })),
        .. OfConfiguration(TgOnline, async world =>
        {
            await world.MakeTargetAsync();
            return s_empty with { TargetGroups = [new() { Name = "g", Members = [SmallWorld.TargetName] }] };
        }),
        .. OfConfiguration(NoMem, async world =>
        {
            await world.FillAsync(edit =>
            {
                var done = Stmf.StmfResult.Success;
                for (var i = 0; i < ConfigurationLimits.Groups && done.Succeeded; i++)
                    done = edit.CreateGroup(GroupKind.Host, $"group {i}");
                return done;
            });
            return s_empty with { HostGroups = [new() { Name = "one more" }] };
        }),
        .. OfConfiguration(ConfigNone, async world =>
        {
            await world.LoseConfigurationAsync();
            return s_empty with { HostGroups = [new() { Name = "g" }] };
        }),
        .. OfDisks(MissingPropVal, _ => Task.FromResult(s_empty with
        {
            Disks = [new() { Guid = s_guid, Properties = new() { ["alias"] = "a" } }],
        })),
        .. OfDisks(InvalidProp, world => New(world, ("colour", "red"))),
        .. OfDisks(InvalidPropSize, world => New(world, ("vid", "far too long"))),
        .. OfDisks(SizeOutOfRange, async world => Known(world, await world.MakeDiskAsync(), ("size", "512"))),
        .. OfDisks(DataFileName, _ => Task.FromResult(s_empty with
        {
            Disks = [new() { Guid = s_guid, File = "no/absolute/path" }],
        })),
        .. OfDisks(FileInUse, async world =>
        {
            await world.MakeDiskAsync();
            return await New(world);
        }),
        .. OnlyApplied,
    ];

    private static VerbCase[] OnlyApplied =>
    [
        Small(StmfVerbs.ApplyConfiguration, Busy, _ =>
            new ApplyArguments(s_empty with { HostGroups = [new() { Name = "g" }] }, "another plan")),
        Whole(StmfVerbs.ApplyConfiguration, GuidInUse, async world =>
        {
            await world.MakeForgottenDiskAsync();
            return Apply(await New(world));
        }),
        Whole(StmfVerbs.ApplyConfiguration, InvalidBlkSize, async world =>
            Apply(await New(world, ("size", "1m"), ("blk", "513")))),
        Whole(StmfVerbs.ApplyConfiguration, FileSizeInvalid, async world =>
            Apply(await New(world, ("size", s_tooMuch)))),
        Whole(StmfVerbs.ApplyConfiguration, MetaCreation, async world =>
        {
            var disk = await world.MakeDiskAsync();
            File.Delete(world.PathOf("a.img.lunette"));
            Directory.CreateDirectory(world.PathOf("a.img.lunette/in-the-way"));
            return Apply(Known(world, disk, ("alias", "name")));
        }),
        Small(StmfVerbs.ApplyConfiguration, LuBusy, async world =>
        {
            await world.MakeDiskAsync();
            world.Kit.Disks.Refusal = "commands are under way";
            return Apply(s_empty with { Whole = true });
        }),
    ];

    private static VerbCase[] OfConfiguration(
        StmfStatus code, Func<SmallWorld, Task<ConfigurationDocument>> arrange) =>
    [
        Small(StmfVerbs.PlanConfiguration, code, async world => new DocumentArguments(await arrange(world))),
        Small(StmfVerbs.ApplyConfiguration, code, async world => Apply(await arrange(world))),
    ];

    private static VerbCase[] OfDisks(StmfStatus code, Func<WholeWorld, Task<ConfigurationDocument>> arrange) =>
    [
        Whole(StmfVerbs.PlanConfiguration, code, async world => new DocumentArguments(await arrange(world))),
        Whole(StmfVerbs.ApplyConfiguration, code, async world => Apply(await arrange(world))),
    ];

    private static ApplyArguments Apply(ConfigurationDocument document) => new(document, Fingerprint: null);

    private static GroupSection Hosts(string name) =>
        new() { Name = name, Members = [SmallWorld.Host.Name] };

    private static Task<ConfigurationDocument> Shown(params ViewSection[] views) =>
        Task.FromResult(s_empty with { Disks = [Views(s_guid, views)] });

    private static DiskSection Views(StmfGuid guid, params ViewSection[] views) => new() { Guid = guid, Views = views };

    private static Task<ConfigurationDocument> New(WholeWorld world, params (string Key, string Value)[] said) =>
        Task.FromResult(Known(world, s_guid, said));

    private static ConfigurationDocument Known(
        WholeWorld world, StmfGuid disk, params (string Key, string Value)[] said) => s_empty with
        {
            Disks =
            [
                new()
                {
                    Guid = disk,
                    File = world.PathOf("a.img"),
                    Properties = new(said.ToDictionary(one => one.Key, one => one.Value)),
                },
            ],
        };
}
