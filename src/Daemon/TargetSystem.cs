using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Lunette.Adapter.ErrorLog;
using Lunette.Admin;
using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Admin.Iscsi;
using Lunette.Admin.Observation;
using Lunette.Admin.Serving;
using Lunette.Admin.Storage;
using Lunette.Backing;
using Lunette.Backing.Workers;
using Lunette.Daemon.Adapters;
using Lunette.Daemon.Disks;
using Lunette.Daemon.Iscsi;
using Lunette.Daemon.Isns;
using Lunette.Daemon.Proxying;
using Lunette.Daemon.Radius;
using Lunette.Daemon.Starting;
using Lunette.DeviceServer;
using Lunette.Lu.Disk.Provider;
using Lunette.Port.Iscsi;
using Lunette.Proxy;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Stmf;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon;

/// <summary>
/// Everything a daemon is made of, put together: the composition root, the only place that names the concrete providers
/// side by side. Tests start it in their own process, on a port of the system's choice.
/// </summary>
public sealed partial class TargetSystem : IAsyncDisposable
{
    private const int DescriptorsBesidesConnections = 256;
    private static readonly TimeSpan s_stopGrace = TimeSpan.FromSeconds(60);

    // In the order they were made; they end in the opposite one.
    private readonly Stack<Func<ValueTask>> _ends = new();
    private readonly BufferPool _buffers;
    private ServeOptions _options;
    private readonly ILogger<TargetSystem> _log;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly DateTimeOffset _startedAt;
    private IscsiPorts _ports = null!;
    private LoopGroup _loops = null!;
    private AdapterHost? _adapters;
    private bool _stopped;

    private TargetSystem(ServeOptions options, ILoggerFactory logs)
    {
        _options = options;
        _buffers = new(options.BufferBytes);
        _log = logs.CreateLogger<TargetSystem>();
        _startedAt = _time.GetUtcNow();
    }

    /// <summary>The verbs.</summary>
    public ILunetteAdmin Admin { get; private set; } = null!;

    /// <summary>The framework.</summary>
    public StmfFramework Framework { get; private set; } = null!;

    /// <summary>The iSCSI port provider.</summary>
    public IscsiPortProvider Iscsi { get; private set; } = null!;

    /// <summary>Where the default portal group listens.</summary>
    public IReadOnlyList<IPEndPoint> Portals => _ports.Portals;

    /// <summary>Where metrics are served; null for nowhere.</summary>
    public IPEndPoint? MetricsPortal { get; private set; }

    /// <summary>The logical unit number of the RAM disk; null where there is none.</summary>
    public int? RamLun { get; private set; }

    /// <summary>Starts everything: when it returns, initiators and administrators are served.</summary>
    /// <exception cref="StartException">Something is in the way; the message says what to do.</exception>
    /// <exception cref="Stmf.Configuration.ConfigStoreException">The configuration cannot be used; so does its
    /// message.</exception>
    public static async Task<TargetSystem> StartAsync(ServeOptions options, ILoggerFactory logs)
    {
        var system = new TargetSystem(options, logs);
        try
        {
            await system.StartAsync(logs);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes the service offline: initiators are asked to log out and dropped after the deadline, disks are flushed and
    /// closed.
    /// </summary>
    /// <param name="hurry">Drops initiators at once.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        if (_stopped) return;
        _stopped = true;
        // Our own initiators first: what they drive may be ours too.
        if (_adapters is not null) await _adapters.DisposeAsync();
        foreach (var target in Framework.TargetPorts)
            Framework.OfflineTarget(target.Port.Name, _options.StopDeadline, "the daemon stops");
        var dropping = Task.CompletedTask;
        await using (hurry.Register(() => dropping = Iscsi.DisposeAsync().AsTask()))
        {
            // The framework's own deadlines end every wait of its; this one is for what they do not know of.
            using var limit = new CancellationTokenSource(_options.StopDeadline + s_stopGrace, _time);
            try
            {
                await Framework.ShutDownAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                LogNotQuiet();
            }
        }
        await dropping;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Framework is not null) await StopAsync(CancellationToken.None);
        while (_ends.TryPop(out var end)) await end();
    }

    private async Task StartAsync(ILoggerFactory logs)
    {
        Own(HomeLock.Take(_options.Home));
        FirstStart.CheckNotLost(_options.Home);
        var database = Own(ConfigDatabase.Open(_options.Home.StorePath));
        var descriptors = DescriptorLimit.Raise();
        LogStarting(_options.Home.Path, descriptors);
        KeepConnectionsWithin(descriptors);
        LogLimits(string.Join(", ", ServeLimit.Describe(_options).Select(limit => $"{limit.Name} {limit.Value}")));
        Own(_buffers);
        var loops = _loops = LoopGroup.Start(
            new LoopGroupOptions
            {
                Count = _options.Loops,
                Spin = _options.Spin,
                Portable = _options.Portable,
                Streams = _options.Streams,
            },
            _buffers, LoopFaulted);
        Own(loops);
        var workers = new StoreWorkers();
        Own(workers);
        var journal = new DiskJournal(database);
        var store = new SqliteConfigStore(database, journal);
        Framework = new StmfFramework(store, new FallbackUnit(), _time, _options.Stmf);
        Own(Framework);

        var authority = new LoginAuthority(
            Own(new RadiusClient($"lunette:{_options.MachineName}", _time, SystemEntropy.Instance)));
        Iscsi = new IscsiPortProvider(
            loops, Framework, authority, _options.Iscsi, SystemEntropy.Instance,
            logs.CreateLogger<IscsiPortProvider>());
        Own(Iscsi);
        _ports = new IscsiPorts(Iscsi, _options.Portals, logs.CreateLogger<IscsiPorts>());
        var secrets = new SecretStore(database);
        var iscsit = Own(new IscsitProvider(Framework, _ports, secrets, logs.CreateLogger<IscsitProvider>()));
        authority.Provider = iscsit;

        var files = new DiskProvider(
            new StoreOpener(_buffers, workers), workers, new DiskIdSource(_time, SystemEntropy.Instance, HostOfDisks()),
            _options.Home.DisksPath, _time)
        {
            StallTime = _options.StallTime,
            TaskSetDepth = _options.UnitCommandsMax,
        };
        var sbd = Own(new SbdProvider(
            Framework, new FileDisks(files), journal, logs.CreateLogger<SbdProvider>()));
        var errors = Own(new SqliteErrorLogStore(database, logs.CreateLogger<SqliteErrorLogStore>()));
        var adapters = new AdapterHost(
            new AdapterStore(database), secrets,
            new AdapterTransports(loops, secrets, new VirtualPorts(Framework, _buffers)),
            new SystemErrorLog(_time, errors), SystemEntropy.Instance, _options.NamingAuthority,
            logs.CreateLogger<AdapterHost>());
        _adapters = adapters;
        var node = Own(new ProxyNode(
            Framework, loops.LeastLoaded, _buffers, _time, unit => SharedDisks.Describe(files, unit),
            unit => SharedDisks.Stand(files, unit), logs.CreateLogger<ProxyNode>()));
        Admin = new Administrator(
            Framework, store, sbd, iscsit, secrets, SystemEntropy.Instance, Describe, _options.NamingAuthority)
        {
            Adapters = adapters,
            Doors = new PeerDoors(node),
            Faults = new DiskFaults(),
        };
        await StartServiceAsync(files);
        await adapters.StartAsync();
        Own(new IsnsRegistrar(
            Framework, iscsit, () => Portals, $"lunette:{_options.MachineName}", _time,
            logs.CreateLogger<IsnsRegistrar>()));
        Own(await AdminSockets.OpenAsync(Admin, _options, logs.CreateLogger<AdminServer>()));
        Own(new Status.AttentionLog(
            new(Framework, Iscsi, loops), _time, logs.CreateLogger<Status.AttentionLog>()));
        Own(new LunetteMeter(Framework, Describe));
        ServeMetrics(logs);
    }

    // A connection that cannot have a descriptor is refused by us, with a reason, not by the system.
    private void KeepConnectionsWithin(long descriptors)
    {
        var room = Math.Max(1, descriptors - DescriptorsBesidesConnections);
        if (descriptors == 0 || room >= _options.Iscsi.ConnectionsMax) return;
        LogFewDescriptors(descriptors, room);
        _options = _options with { Iscsi = _options.Iscsi with { ConnectionsMax = (int)room } };
    }

    private async Task StartServiceAsync(DiskProvider files)
    {
        var loaded = await Admin.LoadConfigAsync();
        // Some target or disk that cannot be used does not keep the others from being served.
        if (Framework.State.Configuration != Stmf.Transitions.ConfigurationState.InitDone)
            throw new StartException(loaded.ToString());
        if (!loaded.Succeeded) LogPartlyLoaded(loaded.ToString());
        await FirstStart.RunAsync(Admin, _options);
        await AddRamDiskAsync(files);
        var online = Framework.Online();
        if (!online.Succeeded) throw new StartException($"the service cannot go online: {online}");
        await Framework.WaitForServiceAsync();
        // What did not come online says why; the rest is served.
        foreach (var unit in Framework.LogicalUnits.Where(unit => unit.LastFailure is not null))
            LogNotOnline(unit.LogicalUnit.Alias, unit.LastFailure!);
        _ports.Listen();
    }

    private async Task AddRamDiskAsync(DiskProvider files)
    {
        if (_options.RamBytes == 0)
        {
            await RamDisk.ForgetAsync(Framework);
            return;
        }
        var added = await RamDisk.AddAsync(Framework, files, _options.RamBytes, _options.RamShape);
        if (!added.Succeeded) throw new StartException($"the RAM disk cannot be made: {added.Outcome}");
        RamLun = added.Value;
    }

    private void ServeMetrics(ILoggerFactory logs)
    {
        if (_options.Metrics is not { } at) return;
        try
        {
            var endpoint = new Status.MetricsEndpoint(
                at, Admin.GetMetricsAsync, _time, logs.CreateLogger<Status.MetricsEndpoint>());
            MetricsPortal = Own(endpoint).EndPoint;
        }
        catch (SocketException failed)
        {
            throw new StartException(
                $"cannot serve metrics on {at}: {failed.Message}; choose another address with --metrics", failed);
        }
    }

    private DaemonStatus Describe()
    {
        var totals = Status.Totals.Of(Framework);
        return new(
            typeof(TargetSystem).Assembly.GetName().Version?.ToString(3) ?? "", _options.Home.Path,
            Environment.ProcessId, _startedAt, [.. Portals.Select(portal => portal.ToString())], totals.Sessions,
            totals.Commands, totals.ReadBytes, totals.WriteBytes,
            Status.Happenings.Of(new(Framework, Iscsi, _loops), _time),
            ServeLimit.Describe(_options));
    }

    private T Own<T>(T owned)
        where T : class
    {
        _ends.Push(owned switch
        {
            IAsyncDisposable ends => ends.DisposeAsync,
            IDisposable ends => () =>
            {
                ends.Dispose();
                return default;
            }
            ,
            _ => () => default,
        });
        return owned;
    }

    private static ulong? HostOfDisks() => DiskIdSource.ChooseHost(
        NetworkInterface.GetAllNetworkInterfaces().OrderBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => one.GetPhysicalAddress().GetAddressBytes()));

    private void LoopFaulted(LoopFault fault) => LogLoopFault(fault.Exception, fault.Loop.Name);

    [LoggerMessage(1, LogLevel.Debug, "Starting in {Home}; {Descriptors} descriptors may be open")]
    private partial void LogStarting(string home, long descriptors);

    [LoggerMessage(2, LogLevel.Error, "A connection on {Loop} ended by a fault of ours")]
    private partial void LogLoopFault(Exception fault, string loop);

    [LoggerMessage(3, LogLevel.Warning, "Not everything that is configured could be set up: {Reason}")]
    private partial void LogPartlyLoaded(string reason);

    [LoggerMessage(4, LogLevel.Error, "Logical unit {Name} is not online: {Reason}")]
    private partial void LogNotOnline(string name, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Not everything came to rest in time; the daemon ends all the same")]
    private partial void LogNotQuiet();

    [LoggerMessage(6, LogLevel.Information, "limits: {Limits}")]
    private partial void LogLimits(string limits);

    [LoggerMessage(7, LogLevel.Warning,
        "Only {Descriptors} descriptors may be open, so {Connections} connections are taken; raise ulimit -n for more")]
    private partial void LogFewDescriptors(long descriptors, long connections);
}
