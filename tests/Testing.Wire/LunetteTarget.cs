using System.Net;
using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Login;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Testing.Wire;

/// <summary>Our own target, in this process.</summary>
public sealed class LunetteTarget : IWireTarget, ILoginAuthority
{
    private readonly BufferPool _buffers = new(256 << 20);
    private readonly WireSecrets? _secrets;
    private readonly LoopGroup _loops;
    private readonly StmfFramework _framework;
    private IscsiPortProvider _provider = null!;

    private LunetteTarget(WireSecrets? secrets)
    {
        _secrets = secrets;
        _loops = LoopGroup.Start(new LoopGroupOptions { Count = 1 }, _buffers);
        _framework = new StmfFramework(new MemoryConfigStore(), new FallbackUnit(), TimeProvider.System);
    }

    public int Port { get; private set; }

    public int LunNumber => 0;

    public static async Task<LunetteTarget> StartAsync(WireSecrets? secrets)
    {
        var target = new LunetteTarget(secrets);
        await target.BeginAsync();
        return target;
    }

    public ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
        LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop) =>
        ValueTask.FromResult<TargetAuthenticationTerms?>(
            _secrets is null
                ? TargetAuthenticationTerms.None
                : new() { Required = true, Initiator = _secrets.Host, Target = _secrets.Disk });

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _framework.ShutDownAsync();
        await _framework.DisposeAsync();
        await _loops.DisposeAsync();
        _buffers.Dispose();
    }

    private async Task BeginAsync()
    {
        await _framework.LoadConfigurationAsync();
        _framework.Online();
        await _framework.WaitForServiceAsync();
        var id = new LogicalUnitId(0x6000_0000_0000_0001, 1);
        var disk = new DiskUnit(
            new DiskOptions
            {
                Unit = new UnitOptions { Id = id, Alias = "disk" },
                LengthBytes = IWireTarget.LengthBytes,
            },
            () => new StoreOpening(new RamStore(IWireTarget.LengthBytes), null));
        Assert.True(_framework.RegisterLogicalUnit(disk).Succeeded);
        Assert.True((await _framework.AddViewEntryAsync(id, new GroupPair(null, null), 0)).Succeeded);
        Assert.True((await _framework.WaitForLogicalUnitAsync(id, online: true)).Succeeded);
        _provider = new IscsiPortProvider(_loops, _framework, this);
        var port = _provider.AddTarget(new IscsiTargetSettings(IWireTarget.Name))!;
        Assert.True((await _framework.RegisterTargetPortAsync(port)).Succeeded);
        Assert.True((await _framework.WaitForTargetAsync(port.Name, online: true)).Succeeded);
        Port = _provider.OpenPortal(new IPEndPoint(IPAddress.Loopback, 0)).EndPoint.Port;
    }
}
