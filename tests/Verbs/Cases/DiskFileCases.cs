using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Faults;
using Lunette.Admin.Contracts.Verbs;
using static Lunette.Admin.Contracts.LuProperty;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;

namespace Lunette.Verbs.Cases;

/// <summary>Disks and the files they lie in: made, imported, modified, and faults over them.</summary>
internal static class DiskFileCases
{
    private const string Guid = "600144F04E086D08000058255D130003";
    private static readonly string s_bytes = $"{WholeWorld.DiskBytes}";
    // More than any file system has, and a whole number of blocks.
    private static readonly string s_tooMuch = $"{long.MaxValue / 512 * 512}";

    public static IReadOnlyList<VerbCase> All => [.. Creations, .. Imports, .. Changes, .. ChangesByFile, .. Faults];

    private static VerbCase[] Creations =>
    [
        Whole(StmfVerbs.CreateLu, Success, world => Make(world, "a.img", (Size, s_bytes))),
        Whole(StmfVerbs.CreateLu, MissingPropVal, _ => new LuResourceArguments(new())),
        Whole(StmfVerbs.CreateLu, InvalidProp, world => Make(world, "a.img", (AccessState, "0"))),
        Whole(StmfVerbs.CreateLu, InvalidPropSize, world => Make(world, "a.img", (LuProperty.Guid, "60"))),
        Whole(StmfVerbs.CreateLu, FileInUse, async world =>
        {
            await world.MakeDiskAsync();
            return Make(world, "a.img", (Size, s_bytes));
        }),
        Whole(StmfVerbs.CreateLu, GuidInUse, async world =>
        {
            await world.MakeDiskAsync("a.img", (LuProperty.Guid, Guid));
            return Make(world, "b.img", (Size, s_bytes), (LuProperty.Guid, Guid));
        }),
        Whole(StmfVerbs.CreateLu, InvalidBlkSize, world => Make(world, "a.img", (Size, s_bytes), (BlockSize, "513"))),
        Whole(StmfVerbs.CreateLu, SizeOutOfRange, world => Make(world, "a.img", (Size, "512"))),
        Whole(StmfVerbs.CreateLu, FileSizeInvalid, world => Make(world, "a.img", (Size, s_tooMuch))),
        Whole(StmfVerbs.CreateLu, DataFileName, world => Make(world, "no/a.img", (Size, s_bytes))),
        Whole(StmfVerbs.CreateLu, MetaFileName, world =>
            Make(world, "a.img", (Size, s_bytes), (MetaFilename, world.PathOf("no/meta")))),
        Whole(StmfVerbs.CreateLu, MetaCreation, world =>
        {
            Directory.CreateDirectory(world.PathOf("a.img.lunette/in-the-way"));
            return Make(world, "a.img", (Size, s_bytes));
        }),
    ];

    private static VerbCase[] Imports =>
    [
        Whole(StmfVerbs.ImportLu, Success, async world => Named(await world.MakeForgottenDiskAsync())),
        Whole(StmfVerbs.ImportLu, FileInUse, async world =>
        {
            await world.MakeDiskAsync();
            return Named(world.PathOf("a.img"));
        }),
        Whole(StmfVerbs.ImportLu, GuidInUse, async world =>
        {
            var path = await world.MakeForgottenDiskAsync();
            File.Copy(path, world.PathOf("copy.img"));
            File.Copy(path + ".lunette", world.PathOf("copy.img.lunette"));
            SmallWorld.Must(await world.Admin.ImportLuAsync(LuResourceType.Disk, path));
            return Named(world.PathOf("copy.img"));
        }),
        Whole(StmfVerbs.ImportLu, MetaFileName, world => Named(world.MakeFile("a.img", WholeWorld.DiskBytes))),
        Whole(StmfVerbs.ImportLu, DataFileName, async world =>
        {
            var path = await world.MakeForgottenDiskAsync();
            File.Delete(path);
            return Named(path);
        }),
        Whole(StmfVerbs.ImportLu, FileSizeInvalid, async world =>
        {
            await world.MakeForgottenDiskAsync();
            return Named(world.MakeFile("a.img", 512));
        }),
    ];

    private static VerbCase[] Changes =>
    [
        Whole(StmfVerbs.ModifyLu, Success, async world => Set(await world.MakeDiskAsync(), Alias, "name")),
        Whole(StmfVerbs.ModifyLu, NotFound, _ => Set(SmallWorld.Stranger, Alias, "name")),
        Whole(StmfVerbs.ModifyLu, InvalidProp, async world => Set(await world.MakeDiskAsync(), Vid, "ACME")),
        Whole(StmfVerbs.ModifyLu, InvalidPropSize, async world =>
            Set(await world.MakeDiskAsync(), Alias, new string('a', 256))),
        Whole(StmfVerbs.ModifyLu, SizeOutOfRange, async world => Set(await world.MakeDiskAsync(), Size, "512")),
        Whole(StmfVerbs.ModifyLu, FileSizeInvalid, async world => Set(await world.MakeDiskAsync(), Size, s_tooMuch)),
        Whole(StmfVerbs.ModifyLu, MetaCreation, async world =>
        {
            var disk = await world.MakeDiskAsync();
            PutInTheWay(world);
            return Set(disk, Alias, "name");
        }),
        Whole(StmfVerbs.ModifyLu, LuBusy, async world =>
        {
            var disk = await world.MakeDiskAsync();
            await world.GoOfflineAsync(disk);
            return Set(disk, Size, "2m");
        }),
    ];

    private static VerbCase[] ChangesByFile =>
    [
        Whole(StmfVerbs.ModifyLuByFileName, Success, async world =>
            Set(await world.MakeForgottenDiskAsync(), Size, "2m")),
        Whole(StmfVerbs.ModifyLuByFileName, InvalidProp, async world =>
            Set(await world.MakeForgottenDiskAsync(), Vid, "ACME")),
        Whole(StmfVerbs.ModifyLuByFileName, InvalidPropSize, async world =>
            Set(await world.MakeForgottenDiskAsync(), Alias, new string('a', 256))),
        Whole(StmfVerbs.ModifyLuByFileName, SizeOutOfRange, async world =>
            Set(await world.MakeForgottenDiskAsync(), Size, "512")),
        Whole(StmfVerbs.ModifyLuByFileName, FileSizeInvalid, async world =>
            Set(await world.MakeForgottenDiskAsync(), Size, s_tooMuch)),
        Whole(StmfVerbs.ModifyLuByFileName, MetaCreation, async world =>
        {
            await world.MakeDiskAsync();
            PutInTheWay(world);
            return Set(world.PathOf("a.img"), Alias, "name");
        }),
        Whole(StmfVerbs.ModifyLuByFileName, LuBusy, async world =>
        {
            await world.GoOfflineAsync(await world.MakeDiskAsync());
            return Set(world.PathOf("a.img"), Size, "2m");
        }),
        Whole(StmfVerbs.ModifyLuByFileName, MetaFileName, world => Set(world.PathOf("a.img"), Alias, "name")),
        Whole(StmfVerbs.ModifyLuByFileName, DataFileName, async world =>
        {
            var path = await world.MakeForgottenDiskAsync();
            File.Delete(path);
            return Set(path, Alias, "name");
        }),
    ];

    private static VerbCase[] Faults =>
    [
        Whole(StmfVerbs.InjectFault, Success, async world => Delay(await world.MakeDiskAsync())),
        Whole(StmfVerbs.InjectFault, NotFound, _ => Delay(SmallWorld.Stranger)),
        Whole(StmfVerbs.InjectFault, Busy, async world => Delay((await OfflineAsync(world)).LogicalUnit)),
        Whole(StmfVerbs.GetInjectedFaults, Success, async world =>
            new LogicalUnitArguments(await world.MakeDiskAsync())),
        Whole(StmfVerbs.GetInjectedFaults, NotFound, _ => new LogicalUnitArguments(SmallWorld.Stranger)),
        Whole(StmfVerbs.GetInjectedFaults, Busy, OfflineAsync),
        Whole(StmfVerbs.ClearFaults, Success, async world => new LogicalUnitArguments(await world.MakeDiskAsync())),
        Whole(StmfVerbs.ClearFaults, NotFound, _ => new LogicalUnitArguments(SmallWorld.Stranger)),
        Whole(StmfVerbs.ClearFaults, Busy, OfflineAsync),
    ];

    private static async Task<LogicalUnitArguments> OfflineAsync(WholeWorld world)
    {
        var disk = await world.MakeDiskAsync();
        await world.GoOfflineAsync(disk);
        return new(disk);
    }

    // What is a folder can be neither written nor replaced by a file.
    private static void PutInTheWay(WholeWorld world)
    {
        File.Delete(world.PathOf("a.img.lunette"));
        Directory.CreateDirectory(world.PathOf("a.img.lunette/in-the-way"));
    }

    private static LuResourceArguments Make(
        WholeWorld world, string file, params (LuProperty Property, string Value)[] said) =>
        new(world.Resource(file, said));

    private static LuFileArguments Named(string path) => new(LuResourceType.Disk, path);

    private static LuPropertyArguments Set(StmfGuid disk, LuProperty property, string value) =>
        new(disk, property, value);

    private static LuFilePropertyArguments Set(string path, LuProperty property, string value) =>
        new(LuResourceType.Disk, path, property, value);

    private static FaultArguments Delay(StmfGuid disk) => new(disk, new Fault(FaultKind.Delay, Milliseconds: 1));
}
