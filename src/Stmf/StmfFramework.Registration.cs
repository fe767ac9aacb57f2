using System.Collections.Immutable;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.AsymmetricAccess;
using Lunette.Stmf.Objects;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Sessions;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

/// <content>What exists: target ports, logical units, and their asymmetric access.</content>
public sealed partial class StmfFramework
{
    // One snapshot for all logical units with the same access, until ports or settings change.
    private readonly Dictionary<AsymmetricAccessState, TargetPortGroups> _portGroups = [];
    private bool _renewingAll;
    private PeerNode? _peer;

    /// <summary>How many more target ports may be registered.</summary>
    public int FreeTargetPorts
    {
        get
        {
            lock (_gate) return Math.Max(0, _options.TargetPortsMax - _ports.Count);
        }
    }

    /// <summary>
    /// Registers a target port, offline, and gives it its relative identifier, which it keeps for good. While the
    /// service runs and the default state says so, it comes online. Exists, LimitReached, InvalidArgument, StoreFailed.
    /// </summary>
    public async ValueTask<StmfResult> RegisterTargetPortAsync(TargetPort port, CancellationToken stop = default)
    {
        await _changing.WaitAsync(stop);
        try
        {
            if (State.Configuration == ConfigurationState.InitDone)
            {
                if (FindTargetPort(port.Name) is not null) return PortExists(port);
                var edit = Configuration.Edit(IsPortOffline);
                var assigned = edit.AssignRelativePort(port.Name);
                if (!assigned.Succeeded) return assigned.Outcome;
                if (edit.Changes.Count > 0)
                {
                    var written = await WriteAsync(edit.Changes);
                    if (!written.Succeeded) return written;
                    Apply(edit);
                }
            }
            return Register(port);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Deregisters a target port that is offline and has no session. Its relative identifier stays its own.
    /// NotFound, Busy.</summary>
    public StmfResult DeregisterTargetPort(string name)
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(name, out var port)) return NoTarget(name);
            if (!CanLeave(port) || port.Sessions.Count > 0)
                return StmfResult.Refused(Refusal.Busy, $"target {name} must be offline and without sessions");
            _ports.Remove(name);
            RenewPortGroups();
            _events.Publish(new TargetPortDeregistered(port.Port));
            return StmfResult.Success;
        }
    }

    /// <summary>
    /// Registers a logical unit, offline; view entries its identity has already apply. While the service runs and the
    /// default state says so, it comes online. InvalidArgument, LogicalUnitExists, LimitReached.
    /// </summary>
    public StmfResult RegisterLogicalUnit(LogicalUnit unit)
    {
        lock (_gate)
        {
            if (!unit.Id.IsNaa6)
                return StmfResult.Refused(Refusal.InvalidArgument, $"{unit.Id} is not an NAA 6 identifier");
            if (_units.ContainsKey(unit.Id))
                return StmfResult.Refused(Refusal.LogicalUnitExists, $"logical unit {unit.Id} is registered already");
            if (!_slots.TryAdd(unit))
                return StmfResult.Refused(Refusal.LimitReached, $"{_units.Count} logical units are registered already");
            var managed = new ManagedUnit(unit, _options, _time);
            _units.Add(unit.Id, managed);
            unit.AccessStateRequest = (group, access) => ChangeAccessState(unit.Id, group, access);
            _events.Publish(new LogicalUnitRegistered(unit));
            _work.Writer.TryWrite(new(ServiceWorkKind.RenewPortGroups, managed));
            if (_running && _configuration.Properties.LogicalUnitsOnline)
                Request(managed, ObjectEvent.AutomaticOnlineRequested, "registered");
            return StmfResult.Success;
        }
    }

    /// <summary>Deregisters a logical unit that is offline. Its view entries stay. NotFound, Busy.</summary>
    public StmfResult DeregisterLogicalUnit(LogicalUnitId id)
    {
        lock (_gate)
        {
            if (!_units.TryGetValue(id, out var unit)) return NoUnit(id);
            if (!CanLeave(unit)) return StmfResult.Refused(Refusal.Busy, $"logical unit {id} must be offline");
            _units.Remove(id);
            FreeSlot(unit.Unit);
            _events.Publish(new LogicalUnitDeregistered(unit.Unit));
            return StmfResult.Success;
        }
    }

    /// <summary>
    /// Changes the access state of a logical unit through this node's ports: active/optimized, standby, unavailable or
    /// transitioning. NotFound, InvalidArgument.
    /// </summary>
    public StmfResult SetAccessState(LogicalUnitId id, AsymmetricAccessState access)
    {
        lock (_gate)
        {
            if (!_units.TryGetValue(id, out var unit)) return NoUnit(id);
            if (!Enum.IsDefined(access) || access == AsymmetricAccessState.LogicalBlockDependent)
                return StmfResult.Refused(Refusal.InvalidArgument, $"a logical unit cannot be {access} here");
            if (unit.Access == access) return StmfResult.Success;
            unit.Access = access;
            _work.Writer.TryWrite(new(ServiceWorkKind.RenewPortGroups, unit));
            _events.Publish(new AccessStateChanged(unit.Unit, access));
            return StmfResult.Success;
        }
    }

    /// <summary>
    /// Says what is known of the other node while it can be reached: through its ports every logical unit of this one
    /// is accessible. Null where it cannot be reached: there they are in standby.
    /// </summary>
    public void SetPeer(PeerNode? peer)
    {
        lock (_gate)
        {
            if (peer is null ? _peer is null : _peer?.Ports.AsSpan().SequenceEqual(peer.Ports.AsSpan()) == true) return;
            _peer = peer;
            RenewPortGroups();
        }
    }

    /// <summary>
    /// SET TARGET PORT GROUPS: what initiators may have changed is which node of a pair serves a logical unit. While
    /// the other node is there both do.
    /// </summary>
    private bool ChangeAccessState(LogicalUnitId id, ushort group, AsymmetricAccessState access)
    {
        lock (_gate)
        {
            var alua = _configuration.Alua;
            var own = group == alua.TargetPortGroup;
            if (!alua.Enabled || _peer is not null || (!own && group != alua.OtherTargetPortGroup)) return false;
            if (own) return SetAccessState(id, access).Succeeded;
            // The other node's group is what this node's is not.
            var serves = access is AsymmetricAccessState.ActiveOptimized or AsymmetricAccessState.ActiveNonOptimized;
            return SetAccessState(
                id, serves ? AsymmetricAccessState.Standby : AsymmetricAccessState.ActiveOptimized).Succeeded;
        }
    }

    // "Settled" counts the acknowledgement in: an object whose provider has not heard of its last transition stays.
    private static bool CanLeave(ManagedObject managed) =>
        managed.State is ObjectState.Offline or ObjectState.ForcedOffline && managed.Settled.IsCompleted;

    private StmfResult Register(TargetPort port)
    {
        lock (_gate)
        {
            if (_ports.ContainsKey(port.Name)) return PortExists(port);
            if (_ports.Count >= _options.TargetPortsMax)
                return StmfResult.Refused(Refusal.LimitReached, $"{_ports.Count} target ports are registered already");
            var managed = new ManagedPort(port, _options, _time);
            _ports.Add(port.Name, managed);
            _events.Publish(new TargetPortRegistered(port));
            RenewPortGroups();
            if (_running && _configuration.Properties.TargetPortsOnline)
                Request(managed, ObjectEvent.AutomaticOnlineRequested, "registered");
            return StmfResult.Success;
        }
    }

    private static StmfResult PortExists(TargetPort port) =>
        StmfResult.Refused(Refusal.Exists, $"target {port.Name} is registered already");

    /// <summary>Each nexus forgets the slot on its own loop; then the number may be given out again.</summary>
    private void FreeSlot(LogicalUnit unit)
    {
        // The logical unit keeps its number: a task that was on its way when it went offline may still look at it.
        var slot = unit.Slot;
        _slots.Remove(unit);
        var nexuses = _sessions.Sessions.Select(s => s.Nexus).ToList();
        if (nexuses.Count == 0)
        {
            _slots.Free(slot);
            return;
        }
        var waiting = new SlotRelease(slot, nexuses.Count, Freed);
        foreach (var nexus in nexuses) nexus.Loop.Post(new ForgetSlot(nexus, slot, waiting));
    }

    private void Freed(int slot)
    {
        lock (_gate) _slots.Free(slot);
    }

    /// <summary>Under the lock: numbers the ports, and has the service task tell all logical units.</summary>
    private void RenewPortGroups()
    {
        foreach (var port in _ports.Values)
        {
            port.Port.TargetPortGroup = _configuration.Alua.TargetPortGroup;
            port.Port.RelativePortIdentifier = _configuration.RelativePorts.GetValueOrDefault(port.Name);
        }
        _portGroups.Clear();
        if (_renewingAll) return;
        _renewingAll = true;
        _work.Writer.TryWrite(new(ServiceWorkKind.RenewPortGroups));
    }

    /// <summary>The service task's: logical units are told outside the lock, in the order things happened.</summary>
    private void RenewPortGroupsNow(ManagedUnit? only)
    {
        List<(LogicalUnit Unit, TargetPortGroups Groups)> renewed = [];
        lock (_gate)
        {
            if (only is null) _renewingAll = false;
            foreach (var unit in only is null ? _units.Values.ToList() : [only])
            {
                if (!_portGroups.TryGetValue(unit.Access, out var groups))
                    _portGroups.Add(unit.Access, groups = PortGroupsFor(unit.Access));
                renewed.Add((unit.Unit, groups));
            }
        }
        foreach (var (unit, groups) in renewed) unit.ChangePortGroups(groups);
    }

    private TargetPortGroups PortGroupsFor(AsymmetricAccessState access)
    {
        var alua = _configuration.Alua;
        ImmutableArray<ushort> ports =
            [.. _ports.Values.Select(p => p.Port.RelativePortIdentifier).Where(id => id != 0).Order()];
        var active = access == AsymmetricAccessState.ActiveOptimized;
        var own = new TargetPortGroup(alua.TargetPortGroup, access, Preferred: active, ports);
        if (!alua.Enabled) return new([own]);
        // The other node serves what this one does not. Which ports it has, it says itself.
        var otherAccess = !active ? AsymmetricAccessState.ActiveOptimized
            : _peer is null ? AsymmetricAccessState.Standby : AsymmetricAccessState.ActiveNonOptimized;
        return new([own, new(alua.OtherTargetPortGroup, otherAccess, Preferred: !active, _peer?.Ports ?? [])]);
    }
}
