using System.Net;
using Lunette.DeviceServer;
using Lunette.Port.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Target.Iscsi;

/// <summary>
/// An iSCSI target that lives in a program, over TCP, for any initiator: one target, its logical units seen by
/// everybody, nothing kept when it ends. What more is wanted of it is asked of <see cref="Framework"/>, as a daemon's
/// would be: groups, views, online and offline.
/// <code>
/// await using var target = await IscsiTarget.StartAsync(DiskUnit.InMemory(64 &lt;&lt; 20));
/// Console.WriteLine(target.UrlOf(0));
/// </code>
/// </summary>
public sealed class IscsiTarget : IAsyncDisposable
{
    private readonly BufferPool _buffers;
    private readonly LoopGroup _loops;
    private readonly IscsiTargetPort _port;

    private IscsiTarget(IscsiTargetOptions options)
    {
        _buffers = new BufferPool(options.BufferBytesMax);
        _loops = LoopGroup.Start(options.Loops, _buffers);
        Framework = new StmfFramework(new MemoryConfigStore(), new FallbackUnit(), options.Time);
        Ports = new IscsiPortProvider(
            _loops, Framework, options.Authority ?? new OptionsAuthority(options), options.Port, log: options.Log);
        _port = Ports.AddTarget(new IscsiTargetSettings(options.Name))!;
    }

    /// <summary>The target mode framework it is of.</summary>
    public StmfFramework Framework { get; }

    /// <summary>Its iSCSI side: portals, sessions, counts.</summary>
    public IscsiPortProvider Ports { get; }

    /// <summary>Its iSCSI name.</summary>
    public string Name => _port.Name;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts a target on the loopback address, with logical units at LUN 0, 1, ...</summary>
    /// <inheritdoc cref="StartAsync(IscsiTargetOptions, IReadOnlyList{LogicalUnit})"/>
    public static Task<IscsiTarget> StartAsync(params IReadOnlyList<LogicalUnit> units) =>
        StartAsync(new IscsiTargetOptions(), units);

    /// <summary>Starts a target with logical units at LUN 0, 1, ...; logins are taken when this returns.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="units">Its logical units, each with an identifier of its own; the target takes them into
    /// service and, when it ends, out of it.</param>
    /// <exception cref="InvalidOperationException">A logical unit cannot be served; the message says why.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, or not this
    /// machine's.</exception>
    /// <exception cref="ArgumentException">It is to prove itself, and nobody to it.</exception>
    public static async Task<IscsiTarget> StartAsync(IscsiTargetOptions options, IReadOnlyList<LogicalUnit> units)
    {
        // Silently open to anybody would be the worst reading.
        if (options is { Target: not null, Initiator: null, Authority: null })
            throw new ArgumentException("a target that proves itself needs Initiator too", nameof(options));
        var target = new IscsiTarget(options);
        try
        {
            await target.BeginAsync(options.EndPoint, units).ConfigureAwait(false);
            return target;
        }
        catch
        {
            await target.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What libiscsi and QEMU take for a logical unit: <c>iscsi://address:port/name/lun</c>.</summary>
    public string UrlOf(int lun) => $"iscsi://{EndPoint}/{Name}/{lun}";

    /// <summary>Takes a logical unit into service; whoever is logged in is told that there is more.</summary>
    /// <param name="unit">The logical unit.</param>
    /// <param name="lun">Where it is seen; null for the lowest free number.</param>
    /// <returns>Where it is seen.</returns>
    /// <exception cref="InvalidOperationException">It cannot be served; the message says why.</exception>
    public async Task<int> AddAsync(LogicalUnit unit, int? lun = null)
    {
        var everybody = new GroupPair(null, null);
        var view = await Framework.AddViewEntryAsync(unit.Id, everybody, lun).ConfigureAwait(false);
        Check(view.Outcome);
        var registered = Framework.RegisterLogicalUnit(unit);
        if (!registered.Succeeded)
        {
            await Framework.RemoveViewEntryAsync(unit.Id, view.Value.Index).ConfigureAwait(false);
            Check(registered);
        }
        var online = await Framework.WaitForLogicalUnitAsync(unit.Id, online: true).ConfigureAwait(false);
        if (!online.Succeeded)
        {
            await Framework.RemoveViewEntryAsync(unit.Id, view.Value.Index).ConfigureAwait(false);
            Framework.DeregisterLogicalUnit(unit.Id);
            Check(online);
        }
        return view.Value.Lun;
    }

    /// <summary>Takes a logical unit out of service: its commands end, then nobody sees it any more.</summary>
    /// <exception cref="InvalidOperationException">It is not of this target.</exception>
    public async Task RemoveAsync(LogicalUnit unit)
    {
        Check(Framework.OfflineLogicalUnit(unit.Id));
        Check(await Framework.WaitForLogicalUnitAsync(unit.Id, online: false).ConfigureAwait(false));
        foreach (var view in Framework.Configuration.ViewsOf(unit.Id))
            Check(await Framework.RemoveViewEntryAsync(unit.Id, view.Index).ConfigureAwait(false));
        Check(Framework.DeregisterLogicalUnit(unit.Id));
    }

    /// <summary>Takes no new logins and asks whoever is there to log out; returns when the last one has gone.</summary>
    /// <param name="deadline">How long they may take before they are dropped; null for the framework's.</param>
    /// <exception cref="InvalidOperationException">It is offline, or a transition runs.</exception>
    public async Task OfflineAsync(TimeSpan? deadline = null)
    {
        Check(Framework.OfflineTarget(Name, deadline));
        Check(await Framework.WaitForTargetAsync(Name, online: false).ConfigureAwait(false));
    }

    /// <summary>Takes logins again.</summary>
    /// <exception cref="InvalidOperationException">It is online, or a transition runs.</exception>
    public async Task OnlineAsync()
    {
        Check(Framework.OnlineTarget(Name));
        Check(await Framework.WaitForTargetAsync(Name, online: true).ConfigureAwait(false));
    }

    /// <summary>Drops whoever is there, ends the commands, and takes the logical units out of service.</summary>
    public async ValueTask DisposeAsync()
    {
        await Ports.DisposeAsync().ConfigureAwait(false);
        await Framework.ShutDownAsync().ConfigureAwait(false);
        await Framework.DisposeAsync().ConfigureAwait(false);
        await _loops.DisposeAsync().ConfigureAwait(false);
        _buffers.Dispose();
    }

    private async Task BeginAsync(IPEndPoint endPoint, IReadOnlyList<LogicalUnit> units)
    {
        Check(await Framework.LoadConfigurationAsync().ConfigureAwait(false));
        Check(Framework.Online());
        await Framework.WaitForServiceAsync().ConfigureAwait(false);
        for (var lun = 0; lun < units.Count; lun++) await AddAsync(units[lun], lun).ConfigureAwait(false);
        Check(await Framework.RegisterTargetPortAsync(_port).ConfigureAwait(false));
        Check(await Framework.WaitForTargetAsync(Name, online: true).ConfigureAwait(false));
        EndPoint = Ports.OpenPortal(endPoint).EndPoint;
    }

    private static void Check(StmfResult result)
    {
        if (!result.Succeeded) throw new InvalidOperationException(result.Detail);
    }
}
