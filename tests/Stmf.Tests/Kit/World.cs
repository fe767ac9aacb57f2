using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Lu.Disk;
using Lunette.Port.Virtual;
using Lunette.Stmf.Configuration;

namespace Lunette.Stmf.Tests.Kit;

/// <summary>
/// The framework with the product's own port, disk and fallback unit; the port and the disk are online.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly RamStore _store = new(1 << 20);

    private World(Func<BackingStore, BackingStore> filtered, StmfOptions? stmf)
    {
        Framework = new(new MemoryConfigStore(), new FallbackUnit(), TimeProvider.System, stmf);
        var options = new DiskOptions
        {
            Unit = new() { Id = SmallUnit.IdOf(1), Alias = "disk" },
            LengthBytes = 1 << 20,
        };
        Disk = new(options, () => new(filtered(new KeptOpen(_store)), null));
    }

    public StmfFramework Framework { get; }
    public VirtualTargetPort Port { get; } = new("iqn.2026-11.example:disks");
    public DiskUnit Disk { get; }

    public static async Task<World> StartAsync(
        Func<BackingStore, BackingStore>? filtered = null, StmfOptions? stmf = null)
    {
        var world = new World(filtered ?? (store => store), stmf);
        Target.Accepted(await world.Framework.LoadConfigurationAsync());
        Target.Accepted(world.Framework.RegisterLogicalUnit(world.Disk));
        Target.Accepted(await world.Framework.RegisterTargetPortAsync(world.Port));
        Target.Accepted(world.Framework.Online());
        await world.Framework.WaitForServiceAsync().AsTask().WaitAsync(Patience);
        return world;
    }

    public VirtualInitiator Login(string name) => VirtualInitiator.Login(Framework, Port, name)!;

    public async Task ViewAsync(GroupPair groups, int lun) =>
        Target.Accepted((await Framework.AddViewEntryAsync(Disk.Id, groups, lun)).Outcome);

    public async ValueTask DisposeAsync()
    {
        await Framework.ShutDownAsync().AsTask().WaitAsync(Patience);
        await Framework.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>The disk disposes of what it opened when it goes offline; the memory beneath stays.</summary>
    private sealed class KeptOpen(BackingStore beneath) : StoreFilter(beneath)
    {
        public override string Name => "kept open";
    }
}
