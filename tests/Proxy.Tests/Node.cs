using Lunette.Backing.Ram;
using Lunette.Backing.Files;
using Lunette.DeviceServer;
using Lunette.Lu.Disk;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Proxy.Tests;

/// <summary>One of two nodes: a framework with a port, and a proxy beside it.</summary>
internal sealed class Node : IAsyncDisposable
{
    public const long LengthBytes = 16 << 20;

    private const int Units = 3;

    private readonly BufferPool _buffers = new(256 << 20);
    private readonly LoopGroup _loops;
    private readonly VirtualTargetPort _port;

    private Node(uint number)
    {
        _loops = LoopGroup.Start(new LoopGroupOptions { Count = 2, Spin = false }, _buffers);
        _port = new VirtualTargetPort($"iqn.2026-11.test:node{number}");
        Framework = new StmfFramework(new MemoryConfigStore(), new FallbackUnit(), TimeProvider.System);
        Proxy = new ProxyNode(
            Framework, _loops.LeastLoaded, _buffers, TimeProvider.System, Describe, Disk,
            NullLogger<ProxyNode>.Instance);
    }

    public static LogicalUnitId Id { get; } = IdOf(0);

    /// <summary>How many nexuses each of its own disks knows.</summary>
    public int[] NexusCounts => [.. Enumerable.Range(0, Units)
        .Select(unit => Framework.FindLogicalUnit(IdOf(unit))?.LogicalUnit).OfType<DiskUnit>()
        .Select(disk => disk.NexusCount)];

    public StmfFramework Framework { get; }

    public ProxyNode Proxy { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<Node> StartAsync(uint number)
    {
        var node = new Node(number);
        var framework = node.Framework;
        Assert.True((await framework.LoadConfigurationAsync(Stop)).Succeeded);
        Assert.True((await framework.SetAluaAsync(new AluaState(true, number))).Succeeded);
        Assert.True((await framework.RegisterTargetPortAsync(node._port, Stop)).Succeeded);
        for (var unit = 0; unit < Units; unit++)
            Assert.True((await framework.AddViewEntryAsync(IdOf(unit), new GroupPair(null, null), unit)).Succeeded);
        Assert.True(framework.Online().Succeeded);
        await framework.WaitForServiceAsync(Stop);
        return node;
    }

    public static LogicalUnitId IdOf(int unit) => new(0x6024_C550_0000_0000, 0x0000_0001 + (ulong)unit);

    /// <summary>Registers a disk both nodes share, as its owner.</summary>
    public async Task OwnAsync(int unit = 0)
    {
        Assert.True(Framework.RegisterLogicalUnit(Disk(ShapeOf(IdOf(unit)))).Succeeded);
        Assert.True((await Framework.WaitForLogicalUnitAsync(IdOf(unit), online: true, Stop)).Succeeded);
    }

    /// <summary>Deregisters it.</summary>
    public async Task ForgetAsync(int unit)
    {
        Assert.True(Framework.OfflineLogicalUnit(IdOf(unit)).Succeeded);
        await Framework.WaitForLogicalUnitAsync(IdOf(unit), online: false, Stop);
        Assert.True(Framework.DeregisterLogicalUnit(IdOf(unit)).Succeeded);
    }

    /// <summary>Waits until it shows a disk of the other node, and carries commands there.</summary>
    public Task ShowsAsync(int unit) => Eventually.IsSoAsync(() => Framework.FindLogicalUnit(IdOf(unit)) is
    {
        State: Stmf.Transitions.ObjectState.Online,
        Access: Scsi.AsymmetricAccessState.ActiveNonOptimized,
    });

    public VirtualInitiator Login(string name) =>
        VirtualInitiator.Login(Framework, _port, name, 1, _loops.Loops[0], _buffers)!;

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        foreach (var initiator in _port.Initiators) initiator.BeginLogout();
        await Framework.ShutDownAsync(Stop);
        await Framework.DisposeAsync();
        await _loops.DisposeAsync();
        Assert.Empty(_buffers.DescribeLeases());
        _buffers.Dispose();
    }

    private static ProxiedUnit ShapeOf(LogicalUnitId id) => new(id, "shared", "LUNETTE", "DISK", "", LengthBytes, 512);

    private static ProxiedUnit? Describe(LogicalUnit unit) => unit is DiskUnit ? ShapeOf(unit.Id) : null;

    private static DiskUnit Disk(ProxiedUnit unit) => new(
        new DiskOptions
        {
            Unit = new UnitOptions { Id = unit.Id, Alias = unit.Alias },
            LengthBytes = unit.LengthBytes,
            BlockLengthBytes = unit.BlockLengthBytes,
        },
        () => new StoreOpening(new RamStore(unit.LengthBytes), null));
}
