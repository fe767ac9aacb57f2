using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Stmf.Contracts;

namespace Lunette.Micro.Port.Iscsi;

/// <summary>A session in full feature phase with a disk in memory, without network, threads and clock.</summary>
internal sealed class MemorySession : IAsyncDisposable
{
    private const int DiskBytes = 16 << 20;

    private readonly BufferPool _buffers = new(64 << 20);
    private readonly ManualLoop _loop = new();
    private readonly LoopGroup _loops;
    private readonly VirtualTarget _target;
    private readonly MemoryConnection _wire;
    private uint _cmdSn = 1;

    private MemorySession(
        LoopGroup loops, VirtualTarget target, IscsiPortProvider provider, IscsiTargetPort port)
    {
        (_loops, _target) = (loops, target);
        var host = IscsiName.Parse("iqn.2026-11.example:host");
        var identity = new LoginIdentity(
            host, null, port.Settings.Name, SessionType.Normal, new Isid(1), Tsih.None, new Cid(1), new CmdSn(_cmdSn));
        var nexus = target.OpenSession(port, new InitiatorPort(host.Value, "p", default, "", ""), _loop);
        var session = new TargetSession(
            provider, port, new SessionKey(host, identity.Isid, 1), provider.ReserveHandle(), _loop, nexus, identity);
        port.TryAdd(session);
        var connection = new ConnectionParameters
        {
            MaxSendDataSegmentLength = 262144,
            MaxRecvDataSegmentLength = 262144,
        };
        var result = new TargetLoginResult(
            identity, null, session.Tsih, new SessionParameters { InitialR2T = false, FirstBurstLength = 262144 },
            connection, new StatSn(1),
            new Negotiation(NegotiationSide.Target, provider.Options.Negotiation, leading: true));
        _wire = new MemoryConnection(_loop, _buffers);
        _wire.Start(new TargetConnection(session, result));
        _loop.Pump();
    }

    public static async Task<MemorySession> StartAsync()
    {
        var disk = new DiskUnit(
            new DiskOptions
            {
                Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 1), Alias = "disk" },
                LengthBytes = DiskBytes,
            },
            () => new StoreOpening(new RamStore(DiskBytes), null));
        var target = await VirtualTarget.StartAsync(new FallbackUnit(), [disk]);
        // The provider wants loops for logins; nobody logs in here.
        var loops = LoopGroup.Start(new LoopGroupOptions { Count = 1, Spin = false }, new BufferPool(1 << 20));
        var provider = new IscsiPortProvider(loops, target);
        var port = provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse("iqn.2026-11.example:target")))!;
        await port.OnlineAsync(CancellationToken.None);
        var session = new MemorySession(loops, target, provider, port);
        session.Run(WireCommand.TestUnitReady());       // past the power on attention
        return session;
    }

    /// <summary>Sends commands that lie one behind the other, and returns how many bytes were answered.</summary>
    public int Run(byte[] batch)
    {
        for (var at = 0; at < batch.Length;)
        {
            var pdu = batch.AsSpan(at);
            WireCommand.Number(pdu, _cmdSn++);
            at += new PduFraming(pdu, headerDigest: false, dataDigest: false).TotalLength;
        }
        _wire.Put(batch);
        _loop.Pump();
        return _wire.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        _wire.ClosePeer();
        _loop.Advance(TimeSpan.FromSeconds(5));
        _wire.Dispose();
        await _loops.DisposeAsync();
        _target.Dispose();
    }
}
