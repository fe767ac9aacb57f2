using System.Collections.Concurrent;
using System.Net;
using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Login;
using Lunette.Port.Iscsi.Portals;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Kit;

/// <summary>A whole target on a port of this machine: the framework, one disk in memory, one iSCSI target.</summary>
internal sealed class TargetHost : IAsyncDisposable
{
    public const string TargetName = SocketInitiator.DefaultTarget;

    private TargetHost()
    {
    }

    public BufferPool Buffers { get; } = new(256 << 20);

    public LoopGroup Loops { get; private set; } = null!;

    public StmfFramework Framework { get; private set; } = null!;

    public IscsiPortProvider Provider { get; private set; } = null!;

    public IscsiTargetPort Target { get; private set; } = null!;

    public IscsiPortal Portal { get; private set; } = null!;

    public ConcurrentQueue<LoopFault> Faults { get; } = new();

    public static async Task<TargetHost> StartAsync(
        IscsiPortOptions? options = null, ILoginAuthority? authority = null, bool portable = false,
        IPAddress? at = null)
    {
        var host = new TargetHost();
        await host.BeginAsync(options, authority, portable, at ?? IPAddress.Loopback);
        return host;
    }

    public async Task OnlineAsync()
    {
        Assert.Equal(StmfResult.Success, Framework.OnlineTarget(TargetName));
        Assert.True((await Framework.WaitForTargetAsync(TargetName, online: true)).Succeeded);
    }

    /// <summary>A drop is counted a moment after the peer can see it.</summary>
    public async Task ExpectDropsAsync(DropReason reason, long count)
    {
        await Eventually.IsSoAsync(() => Provider.Counters.Drops(reason) >= count);
        Assert.Equal(count, Provider.Counters.Drops(reason));
    }

    /// <summary>Waits until it is offline.</summary>
    public async Task OfflineAsync() => Assert.True(
        (await Framework.WaitForTargetAsync(TargetName, online: false).AsTask().WaitAsync(TimeSpan.FromSeconds(120)))
        .Succeeded);

    private async Task BeginAsync(
        IscsiPortOptions? options, ILoginAuthority? authority, bool portable, IPAddress address)
    {
        Loops = LoopGroup.Start(
            new LoopGroupOptions { Count = 2, Portable = portable }, Buffers, fault => Faults.Enqueue(fault));
        Framework = new StmfFramework(new MemoryConfigStore(), new FallbackUnit(), TimeProvider.System);
        await Framework.LoadConfigurationAsync();
        Framework.Online();
        await Framework.WaitForServiceAsync();
        var id = new LogicalUnitId(0x6000_0000_0000_0001, 1);
        var disk = new DiskUnit(
            new DiskOptions { Unit = new UnitOptions { Id = id, Alias = "disk" }, LengthBytes = 16 << 20 },
            () => new StoreOpening(new RamStore(16 << 20), null));
        Assert.True(Framework.RegisterLogicalUnit(disk).Succeeded);
        Assert.True((await Framework.AddViewEntryAsync(id, new GroupPair(null, null), 0)).Succeeded);
        Assert.True((await Framework.WaitForLogicalUnitAsync(id, online: true)).Succeeded);
        // A test that says nothing of it may be slow: its sessions are not asked whether they are there.
        options ??= new IscsiPortOptions { PingInterval = TimeSpan.FromHours(1) };
        Provider = new IscsiPortProvider(Loops, Framework, authority, options);
        Target = Provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse(TargetName), "the disks"))!;
        Assert.True((await Framework.RegisterTargetPortAsync(Target)).Succeeded);
        Assert.True((await Framework.WaitForTargetAsync(TargetName, online: true)).Succeeded);
        Portal = Provider.OpenPortal(new IPEndPoint(address, 0));
    }

    /// <summary>Nothing is left over, and nothing of ours broke.</summary>
    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        await Framework.ShutDownAsync();
        await Framework.DisposeAsync();
        await Loops.DisposeAsync();
        Assert.Empty(Faults);
        Assert.Equal(0, Buffers.LeasedBytes);
        Buffers.Dispose();
    }
}
