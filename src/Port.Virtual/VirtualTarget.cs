using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Virtual;

/// <summary>
/// A whole SCSI target in the process, without configuration: logical units by LUN, seen by every initiator. For unit
/// tests and programs that want a device and no framework:
/// <code>
/// using var target = await VirtualTarget.StartAsync(disk);
/// using var host = target.Login("iqn.2026-11.example:host");
/// var inquiry = host.Execute(new ScsiRequest(cdb) { DataIn = buffer });
/// </code>
/// </summary>
public sealed class VirtualTarget : ITargetFramework, IDisposable
{
    private readonly Lock _gate = new();
    private readonly LogicalUnit? _fallback;
    private readonly TimeProvider _time;
    private readonly List<ItNexus> _nexuses = [];
    private LunMap _map = LunMap.Empty;
    private ulong _nexusNumbers;
    private int _slots;

    private VirtualTarget(VirtualTargetPort port, LogicalUnit? fallback, TimeProvider time)
    {
        Port = port;
        _fallback = fallback;
        _time = time;
        if (fallback is not null) fallback.Slot = _slots++;
    }

    /// <summary>Its port.</summary>
    public VirtualTargetPort Port { get; }

    /// <summary>The LUNs.</summary>
    public LunMap Map => Volatile.Read(ref _map);

    /// <summary>Makes a target of logical units, LUN 0 and up, and takes all into service.</summary>
    public static Task<VirtualTarget> StartAsync(params IReadOnlyList<LogicalUnit> units) => StartAsync(null, units);

    /// <summary>Makes a target of logical units, LUN 0 and up, and takes all into service.</summary>
    /// <param name="fallback">Serves LUNs where nothing is; null where addressing them is a mistake of the
    /// caller.</param>
    /// <param name="units">The logical units.</param>
    public static async Task<VirtualTarget> StartAsync(LogicalUnit? fallback, IReadOnlyList<LogicalUnit> units)
    {
        var target = new VirtualTarget(
            new VirtualTargetPort("iqn.2026-11.lunette:virtual") { RelativePortIdentifier = 1 },
            fallback, TimeProvider.System);
        await target.Port.OnlineAsync(CancellationToken.None).ConfigureAwait(false);
        for (var lun = 0; lun < units.Count; lun++)
            await target.AddAsync(Lun.FromNumber(lun), units[lun]).ConfigureAwait(false);
        return target;
    }

    /// <summary>Takes a logical unit into service and maps it.</summary>
    /// <exception cref="InvalidOperationException">It did not go online; the message says why.</exception>
    public async Task AddAsync(Lun lun, LogicalUnit unit)
    {
        lock (_gate) unit.Slot = _slots++;
        var online = await unit.OnlineAsync(CancellationToken.None).ConfigureAwait(false);
        if (!online.Succeeded) throw new InvalidOperationException(online.Reason);
        ChangeMap(lun, unit);
    }

    /// <summary>Unmaps a LUN; whoever is logged in is told that the inventory has changed.</summary>
    public void Remove(Lun lun) => ChangeMap(lun, null);

    /// <summary>Logs an initiator in.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isid">Tells its ports apart.</param>
    /// <param name="loop">Its loop; a <see cref="ManualLoop"/> of its own where null.</param>
    public VirtualInitiator Login(string name, ulong isid = 1, Loop? loop = null) =>
        VirtualInitiator.Login(this, Port, name, isid, loop)
        ?? throw new InvalidOperationException("the virtual port is offline");

    /// <inheritdoc/>
    public ItNexus? OpenSession(TargetPort port, InitiatorPort initiator, Loop loop)
    {
        lock (_gate)
        {
            var nexus = new ItNexus(++_nexusNumbers, initiator, port, loop, _map, _time.GetUtcNow());
            _nexuses.Add(nexus);
            return nexus;
        }
    }

    /// <inheritdoc/>
    public void CloseSession(ItNexus nexus, LoopWork closed)
    {
        lock (_gate) _nexuses.Remove(nexus);
        var closing = new Closing(closed);
        for (var slot = nexus.NextState(0); slot >= 0; slot = nexus.NextState(slot + 1))
            if (FindBySlot(slot) is { } unit) closing.Reset(nexus, unit);
        closing.Started(nexus);
    }

    /// <inheritdoc/>
    public void Submit(ScsiTask task)
    {
        var unit = task.Nexus.Map.Find(task.Lun) ?? _fallback
            ?? throw new InvalidOperationException(
                $"nothing is at LUN {task.Lun}, and this target has no fallback unit");
        task.LogicalUnit = unit;
        unit.Submit(task);
    }

    /// <inheritdoc/>
    public void Manage(TaskManagementRequest request)
    {
        if (request.Function == TaskManagementFunction.TargetWarmReset) ResetAll(request);
        else if (request.Nexus.Map.Find(request.Lun) is { } unit) unit.Manage(request);
        else request.Complete(ServiceResponse.IncorrectLogicalUnitNumber);
    }

    /// <summary>Closes all sessions. Logical units stay in service: they are their maker's.</summary>
    public void Dispose()
    {
        foreach (var initiator in Port.Initiators) initiator.Dispose();
    }

    // A target reset is a LOGICAL UNIT RESET of each logical unit; all on the nexus' loop.
    private static void ResetAll(TaskManagementRequest request)
    {
        var reset = new WarmReset(request);
        foreach (var entry in request.Nexus.Map.Entries) reset.Begin(entry);
        reset.Ended();
    }

    private sealed class WarmReset(TaskManagementRequest request)
    {
        private int _waiting = 1;

        public void Begin(LunMapEntry entry)
        {
            _waiting++;
            entry.LogicalUnit.Manage(new UnitReset(this)
            {
                Nexus = request.Nexus,
                Function = TaskManagementFunction.LogicalUnitReset,
                Lun = entry.Lun,
            });
        }

        public void Ended()
        {
            if (--_waiting == 0) request.Complete(ServiceResponse.FunctionComplete);
        }

        private sealed class UnitReset(WarmReset reset) : TaskManagementRequest
        {
            protected override void Completed() => reset.Ended();
        }
    }

    private LogicalUnit? FindBySlot(int slot)
    {
        if (_fallback?.Slot == slot) return _fallback;
        foreach (var entry in Map.Entries)
            if (entry.LogicalUnit.Slot == slot) return entry.LogicalUnit;
        return null;
    }

    private void ChangeMap(Lun lun, LogicalUnit? unit)
    {
        lock (_gate)
        {
            Volatile.Write(ref _map, _map.With(lun.Number, unit));
            foreach (var nexus in _nexuses) nexus.ChangeMap(_map);
        }
    }

    // Counts the logical units that still have tasks of the nexus; all on the nexus' loop.
    private sealed class Closing(LoopWork closed)
    {
        private int _waiting = 1;

        public void Reset(ItNexus nexus, LogicalUnit unit)
        {
            _waiting++;
            unit.Manage(new Loss(this)
            {
                Nexus = nexus,
                Function = TaskManagementFunction.ItNexusReset,
                NexusIsGone = true,
            });
        }

        public void Started(ItNexus nexus) => Ended(nexus);

        private void Ended(ItNexus nexus)
        {
            if (--_waiting == 0) nexus.Loop.Post(closed);
        }

        private sealed class Loss(Closing closing) : TaskManagementRequest
        {
            protected override void Completed() => closing.Ended(Nexus);
        }
    }
}
