using Lunette.Admin.Contracts;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Testing.Admin;
using StmfResult = Lunette.Admin.Contracts.StmfResult;

namespace Lunette.Verbs;

/// <summary>A framework and its store with disks and ports of no substance.</summary>
internal sealed class SmallWorld : IAsyncDisposable
{
    public const string TargetName = "iqn.2026-11.example:t";
    public const string DiskFile = "/disks/a.img";

    private readonly bool _remote;

    private SmallWorld(AdminKit kit, bool remote)
    {
        Kit = kit;
        _remote = remote;
    }

    public static Devid Target { get; } = Named(TargetName);

    public static Devid Host { get; } = Named("iqn.2026-11.example:host");

    /// <summary>A GUID nobody has.</summary>
    public static StmfGuid Stranger { get; } = new(6UL << 60, 99);

    public AdminKit Kit { get; private set; }

    public ILunetteAdmin Admin => _remote ? Kit.Remote : Kit.Local;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<SmallWorld> StartAsync(bool remote) => new(await AdminKit.StartAsync(), remote);

    public async ValueTask DisposeAsync()
    {
        Kit.Ports.Hold?.TrySetResult();
        Kit.Disks.Hold?.TrySetResult();
        Kit.Disks.Refusal = null;
        await Kit.DisposeAsync();
    }

    /// <summary>Begins again with other bounds, or without adapters.</summary>
    public async Task BeginAgainAsync(StmfOptions? limits = null, bool hostsAdapters = true)
    {
        await Kit.DisposeAsync();
        Kit = await AdminKit.StartAsync(limits, hostsAdapters);
    }

    public async Task<Devid> MakeTargetAsync()
    {
        Must(await Admin.CreateIscsiTargetAsync(new() { Name = TargetName }));
        await Kit.Framework.WaitForTargetAsync(TargetName, online: true, Stop);
        return Target;
    }

    public async Task<Devid> MakeOfflineTargetAsync()
    {
        await MakeTargetAsync();
        Must(await Admin.OfflineTargetAsync(Target));
        await Kit.Framework.WaitForTargetAsync(TargetName, online: false, Stop);
        return Target;
    }

    public async Task<StmfGuid> MakeDiskAsync(string file = DiskFile)
    {
        var resource = new LuResource();
        Must(resource.Set(LuProperty.Filename, file));
        var made = await Admin.CreateLuAsync(resource);
        Must(made);
        await Kit.Framework.WaitForLogicalUnitAsync(made.Value.ToUnit(), online: true, Stop);
        return made.Value;
    }

    public async Task<StmfGuid> MakeOfflineDiskAsync()
    {
        var disk = await MakeDiskAsync();
        Must(await Admin.OfflineLogicalUnitAsync(disk));
        await Kit.Framework.WaitForLogicalUnitAsync(disk.ToUnit(), online: false, Stop);
        return disk;
    }

    /// <summary>Transitions of ports, from now on, last until the world ends.</summary>
    public void HoldPorts() => Kit.Ports.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Transitions of disks, from now on, last until the world ends.</summary>
    public void HoldDisks() => Kit.Disks.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task GoOfflineAsync()
    {
        Must(await Admin.OfflineAsync());
        await Kit.Framework.WaitForServiceAsync(Stop);
    }

    /// <summary>The configuration cannot be read any more: none is loaded.</summary>
    public async Task LoseConfigurationAsync()
    {
        await GoOfflineAsync();
        Kit.ChangeStore("DROP TABLE view_entry");
        Assert.False((await Admin.LoadConfigAsync()).Succeeded);
    }

    /// <summary>Many changes as one.</summary>
    public async Task FillAsync(Func<ConfigurationEdit, Lunette.Stmf.StmfResult> change)
    {
        var filled = await Kit.Framework.ChangeAsync(change, Stop);
        Assert.True(filled.Succeeded, filled.ToString());
    }

    public static void Must(StmfResult result) => Assert.True(result.Succeeded, result.ToString());

    public static void Must<T>(Lunette.Admin.Contracts.StmfResult<T> result) => Must(result.WithoutValue);

    private static Devid Named(string text)
    {
        Assert.True(Devid.TryParse(text, out var devid));
        return devid;
    }
}
