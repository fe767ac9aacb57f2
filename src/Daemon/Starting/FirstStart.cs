using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Daemon.Starting;

/// <summary>
/// What a new user finds: a thin disk, and a target that shows it to everybody at LUN 0. Done once, when neither a disk
/// nor a target was ever configured; whoever takes them away does not get them again.
/// </summary>
internal static class FirstStart
{
    /// <summary>The disk's file, in the home.</summary>
    public const string DiskFile = "disk0.img";

    /// <summary>Refuses a home whose disks are there and whose configuration is not: what was shown to some would be
    /// shown to everybody.</summary>
    /// <exception cref="StartException">It is such a home.</exception>
    public static void CheckNotLost(LunetteHome home)
    {
        if (new FileInfo(home.StorePath) is { Exists: true, Length: > 0 }) return;
        if (!Directory.Exists(home.DisksPath) || !Directory.EnumerateFiles(home.DisksPath).Any()) return;
        throw new StartException(
            $"the configuration {home.StorePath} is {(File.Exists(home.StorePath) ? "empty" : "gone")} and there are "
            + $"disks in {home.DisksPath}: put a copy of it back, or move the disks away and import them "
            + "(sbdadm import-lu) after the start");
    }

    /// <summary>Makes disk and target where nothing was ever configured.</summary>
    /// <exception cref="StartException">They cannot be made.</exception>
    public static async Task RunAsync(ILunetteAdmin admin, ServeOptions options)
    {
        var providers = await admin.GetProviderDataListAsync();
        if (!providers.Succeeded) throw Failed("the configuration cannot be read", providers.WithoutValue);
        var hadDisks = providers.Value!.Any(provider => provider.Type == ProviderType.LogicalUnit);
        var hadTargets = providers.Value!.Any(provider => provider.Type == ProviderType.Port);
        if (!hadDisks) await MakeDiskAsync(admin, options);
        else if (!hadTargets) await ShowDiskAsync(admin);
        if (!hadTargets) await MakeTargetAsync(admin, options);
    }

    private static async Task MakeDiskAsync(ILunetteAdmin admin, ServeOptions options)
    {
        var path = Path.Combine(options.Home.DisksPath, DiskFile);
        var resource = new LuResource();
        resource.Set(LuProperty.Filename, path);
        resource.Set(LuProperty.Size, SizeInBytes(options.FirstDiskBytes));
        // What an earlier start left, between making the file and remembering it, is taken up again.
        var made = File.Exists(path)
            ? await admin.ImportLuAsync(LuResourceType.Disk, path)
            : await admin.CreateLuAsync(resource);
        if (made.Status == StmfStatus.MetaFileName) made = await admin.CreateLuAsync(resource);
        if (!made.Succeeded) throw Failed($"the first disk {path} cannot be made", made.WithoutValue);
        await ShowAsync(admin, made.Value);
    }

    // The first start ended before it was over: its disk may be there and be shown to nobody.
    private static async Task ShowDiskAsync(ILunetteAdmin admin)
    {
        if ((await admin.GetLogicalUnitListAsync()).Value is not [var disk]) return;
        if ((await admin.GetViewEntryListAsync(disk)).Value is null or []) await ShowAsync(admin, disk);
    }

    private static async Task ShowAsync(ILunetteAdmin admin, StmfGuid disk)
    {
        var shown = await admin.AddViewEntryAsync(disk, ViewEntry.ToAll with { Lun = 0 });
        if (!shown.Succeeded) throw Failed("the first disk cannot be shown", shown.WithoutValue);
    }

    private static async Task MakeTargetAsync(ILunetteAdmin admin, ServeOptions options)
    {
        var name = $"{options.NamingAuthority}:{NamePart(options.MachineName)}";
        var made = await admin.CreateIscsiTargetAsync(new IscsiTargetSettings { Name = name });
        if (!made.Succeeded) throw Failed($"the first target {name} cannot be made", made.WithoutValue);
    }

    // iSCSI names keep letters, digits, dots and hyphens; a machine's name may have more.
    private static string NamePart(string machine)
    {
        var kept = machine.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-').Take(64);
        var part = string.Concat(kept).Trim('.', '-');
        return part.Length > 0 ? part : "disk";
    }

    private static string SizeInBytes(long bytes) => bytes.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static StartException Failed(string what, StmfResult result) => new($"{what}: {result}");
}
