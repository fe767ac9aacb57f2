using Lunette.Runtime;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Objects;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Routing;
using Lunette.Stmf.Sessions;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

/// <summary>
/// The SCSI target mode framework: it knows the target ports, the sessions at them and the logical units, decides what
/// each nexus sees, routes tasks, and takes everything online and offline. One object per target system; any thread.
/// </summary>
/// <remarks>
/// <para>Configuration changes are checked whole, written to the store, applied and announced, one at a time; a
/// refused or unwritten change changes nothing. Online and offline requests return when they are accepted; one service
/// task carries them out, and the <c>WaitFor</c> methods await the outcome.</para>
/// <para>All state changes under one leaf lock, held for a decision only: no provider, logical unit or store is called
/// under it.</para>
/// </remarks>
public sealed partial class StmfFramework : ITargetFramework, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly StmfOptions _options;
    private readonly IConfigStore _store;
    private readonly TimeProvider _time;
    private readonly SlotTable _slots;
    private readonly SessionMaps _sessions;
    private readonly EventFeed _events;
    private readonly TaskRouter _router;
    private readonly Dictionary<string, ManagedPort> _ports = new(StringComparer.Ordinal);
    private readonly Dictionary<LogicalUnitId, ManagedUnit> _units = [];
    private StmfConfiguration _configuration = StmfConfiguration.Empty;
    private ulong _nexusNumber;
    private int _disposed;

    /// <summary>Makes a framework, offline and without a configuration.</summary>
    /// <param name="store">Where the configuration survives.</param>
    /// <param name="fallback">The logical unit that answers for every LUN where nothing is mapped.</param>
    /// <param name="time">What time it is.</param>
    /// <param name="options">Times and bounds; null for the defaults.</param>
    public StmfFramework(IConfigStore store, LogicalUnit fallback, TimeProvider time, StmfOptions? options = null)
    {
        _options = options ?? new();
        _store = store;
        _time = time;
        _slots = new(_options.LogicalUnitsMax + 1);
        Invariant.That(_slots.TryAdd(fallback), "the first slot is the fallback unit's");
        _sessions = new(FindOnline);
        _events = new(_options.EventsKept);
        _activity = new(_options, time);
        _router = new(fallback, _slots, FaultLogicalUnit);
        _service = new(Transitions.ServiceTransitions.Table, ServiceState.Offline, time);
        _loading = new(ConfigurationTransitions.Table, ConfigurationState.None, time);
        _serviceTask = RunServiceAsync();
    }

    /// <summary>What time it is for it.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Everything the administrator said, as of now.</summary>
    public StmfConfiguration Configuration => Volatile.Read(ref _configuration);

    /// <summary>State of service and configuration.</summary>
    public StmfState State
    {
        get
        {
            lock (_gate) return new(_service.State, _loading.State);
        }
    }

    /// <summary>All registered target ports, by name.</summary>
    public IReadOnlyList<TargetPortInfo> TargetPorts
    {
        get
        {
            lock (_gate)
                return [.. _ports.Values.Select(p => p.Describe()).OrderBy(p => p.Port.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>All registered logical units, by identity. Those that only have view entries stand in
    /// <see cref="Configuration"/>.</summary>
    public IReadOnlyList<LogicalUnitInfo> LogicalUnits
    {
        get
        {
            lock (_gate) return [.. _units.Values.Select(u => u.Describe()).OrderBy(u => u.LogicalUnit.Id)];
        }
    }

    /// <summary>A registered target port; null where there is none of that name.</summary>
    public TargetPortInfo? FindTargetPort(string name)
    {
        lock (_gate) return _ports.GetValueOrDefault(name)?.Describe();
    }

    /// <summary>A registered logical unit; null where there is none of that identity.</summary>
    public LogicalUnitInfo? FindLogicalUnit(LogicalUnitId id)
    {
        lock (_gate) return _units.GetValueOrDefault(id)?.Describe();
    }

    /// <summary>Sessions at a target port, oldest first; null where there is no such port.</summary>
    public IReadOnlyList<ItNexus>? SessionsAt(string port)
    {
        lock (_gate)
        {
            return _ports.GetValueOrDefault(port) is { } at
                ? [.. at.Sessions.Select(s => s.Nexus).OrderBy(n => n.Number)]
                : null;
        }
    }

    /// <summary>All sessions, oldest first.</summary>
    public IReadOnlyList<ItNexus> Sessions
    {
        get
        {
            lock (_gate) return [.. _sessions.Sessions.Select(s => s.Nexus).OrderBy(n => n.Number)];
        }
    }

    /// <summary>The last transitions of a target port, oldest first; empty where there is none of that name.</summary>
    public IReadOnlyList<Transition> DescribeTarget(string name)
    {
        lock (_gate) return _ports.GetValueOrDefault(name)?.Machine.Describe() ?? [];
    }

    /// <summary>The last transitions of a logical unit, oldest first; empty where it is not registered.</summary>
    public IReadOnlyList<Transition> DescribeLogicalUnit(LogicalUnitId id)
    {
        lock (_gate) return _units.GetValueOrDefault(id)?.Machine.Describe() ?? [];
    }

    /// <summary>The last transitions of the service, oldest first.</summary>
    public IReadOnlyList<Transition> DescribeService()
    {
        lock (_gate) return _service.Describe();
    }

    /// <summary>The last transitions of the configuration, oldest first.</summary>
    public IReadOnlyList<Transition> DescribeConfiguration()
    {
        lock (_gate) return _loading.Describe();
    }

    /// <summary>Hears of everything that happens from now on.</summary>
    public EventSubscription Subscribe() => _events.Subscribe();

    /// <summary>
    /// Ends the service task. What is online stays as it is; a graceful end takes the service offline first and waits
    /// for it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _stop.Cancel();
        _work.Writer.TryComplete();
        await _serviceTask;
        lock (_gate)
        {
            foreach (var managed in _ports.Values.Concat<ManagedObject>(_units.Values)) managed.Abandon();
            _serviceSettled?.TrySetCanceled();
        }
        _events.End();
        _changing.Dispose();
        _stop.Dispose();
    }

    private LogicalUnit? FindOnline(LogicalUnitId id) =>
        _units.GetValueOrDefault(id) is { State: ObjectState.Online } unit ? unit.Unit : null;
}
