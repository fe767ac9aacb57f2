using Lunette.Adapter.ErrorLog;
using Lunette.Admin;
using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Admin.Disks;
using Lunette.Admin.Iscsi;
using Lunette.Admin.Serving;
using Lunette.Admin.Storage;
using Lunette.Runtime;
using Lunette.Stmf;
using Lunette.Stmf.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using StmfResult = Lunette.Admin.Contracts.StmfResult;

namespace Lunette.Testing.Admin;

/// <summary>
/// A whole administrator over a real framework, a real store and a real socket; only the medium and the wire are
/// missing. It can end and begin again on the same files.
/// </summary>
public sealed class AdminKit : IAsyncDisposable
{
    private const string NamingAuthority = "iqn.2026-11.example";

    private readonly TestFolder _folder = new();
    private readonly StmfOptions? _limits;
    private readonly bool _hostsAdapters;
    private ConfigDatabase _database = null!;
    private AdminServer _server = null!;
    private SbdProvider _sbd = null!;
    private IscsitProvider _iscsit = null!;
    private AdapterHost _adapters = null!;

    private AdminKit(StmfOptions? limits, bool hostsAdapters)
    {
        _limits = limits;
        _hostsAdapters = hostsAdapters;
    }

    public SmallDisks Disks { get; } = new();

    public SmallPorts Ports { get; } = new();

    public StmfFramework Framework { get; private set; } = null!;

    public Administrator Local { get; private set; } = null!;

    public RemoteAdmin Remote { get; private set; } = null!;

    public string SocketPath => _folder.File("admin.sock");

    public string StorePath => _folder.File("lunette.db");

    public static async Task<AdminKit> StartAsync(StmfOptions? limits = null, bool hostsAdapters = true)
    {
        var kit = new AdminKit(limits, hostsAdapters);
        await kit.BeginAsync();
        return kit;
    }

    /// <summary>Another program does something to the store.</summary>
    public void ChangeStore(string statement)
    {
        using var other = new SqliteConnection($"Data Source={StorePath};Pooling=False;Foreign Keys=False");
        other.Open();
        using var command = other.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    /// <summary>Ends and begins again, as a daemon that is restarted.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        await BeginAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Dispose();
    }

    private async Task BeginAsync()
    {
        _database = ConfigDatabase.Open(StorePath);
        var journal = new DiskJournal(_database);
        var store = new SqliteConfigStore(_database, journal);
        var secrets = new SecretStore(_database);
        Framework = new StmfFramework(store, new NoUnit(), TimeProvider.System, _limits);
        _sbd = new SbdProvider(Framework, Disks, journal, NullLogger<SbdProvider>.Instance);
        _iscsit = new IscsitProvider(Framework, Ports, secrets, NullLogger<IscsitProvider>.Instance);
        _adapters = new AdapterHost(
            new AdapterStore(_database), secrets, new NoWire(), new SystemErrorLog(TimeProvider.System),
            SystemEntropy.Instance, NamingAuthority, NullLogger<AdapterHost>.Instance);
        Local = new Administrator(
            Framework, store, _sbd, _iscsit, secrets, SystemEntropy.Instance, Status, NamingAuthority)
        {
            Adapters = _hostsAdapters ? _adapters : null,
        };
        Assert.Equal(StmfResult.Success, await Local.StartAsync());
        await Framework.WaitForServiceAsync(TestContext.Current.CancellationToken);
        _server = new AdminServer(Local, SocketPath, SocketAccess.ForOwnGroup(), NullLogger<AdminServer>.Instance);
        Remote = RemoteAdmin.OverUnixSocket(SocketPath);
    }

    private async Task EndAsync()
    {
        await Remote.DisposeAsync();
        await _server.DisposeAsync();
        await _adapters.DisposeAsync();
        await Framework.ShutDownAsync(TestContext.Current.CancellationToken);
        await Framework.DisposeAsync();
        _sbd.Dispose();
        _iscsit.Dispose();
        _database.Dispose();
    }

    private DaemonStatus Status() => new(
        "test", _folder.Path, Environment.ProcessId, DateTimeOffset.UnixEpoch, ["127.0.0.1:3260"], 0, 0, 0, 0,
        [new("login", 3)], [new("sessions", 4096)]);

    /// <summary>Adapters can be configured, and none of them runs.</summary>
    private sealed class NoWire : IAdapterTransports
    {
        public ValueTask<Lunette.Admin.Contracts.StmfResult<OpenedTransport>> OpenAsync(AdapterDefinition definition) =>
            new(new StmfResult(StmfStatus.Error, "there is no wire here"));
    }

    /// <summary>What answers where nothing is mapped; no initiator is here to ask it.</summary>
    private sealed class NoUnit : LogicalUnit
    {
        public override LogicalUnitId Id => default;

        public override string Alias => "fallback";

        public override string ProviderName => "stmf";

        public override void Submit(Stmf.Contracts.Tasks.ScsiTask task) => throw new NotSupportedException();

        public override void DataOutArrived(Stmf.Contracts.Tasks.ScsiTask task, DataOutOutcome outcome) =>
            throw new NotSupportedException();

        public override void Continue(Stmf.Contracts.Tasks.ScsiTask task) => throw new NotSupportedException();

        public override void Manage(Stmf.Contracts.Tasks.TaskManagementRequest request) =>
            throw new NotSupportedException();

        public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop) => new(ControlResult.Success);

        public override ValueTask<ControlResult> OfflineAsync(CancellationToken stop) => new(ControlResult.Success);
    }
}
