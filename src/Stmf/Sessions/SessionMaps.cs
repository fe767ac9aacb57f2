using Lunette.Runtime;
using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Sessions;

/// <summary>
/// All sessions and the maps they see, one map for each pair of groups some session is in. The framework's lock guards
/// it. A change is noted on every map it touches, however many sessions share it, and then announced once to each
/// session whose view of the world it changed.
/// </summary>
internal sealed class SessionMaps(Func<LogicalUnitId, LogicalUnit?> onlineUnit)
{
    private readonly Dictionary<GroupPair, SharedMap> _maps = [];
    private readonly Dictionary<ItNexus, Session> _sessions = [];
    private readonly Dictionary<string, HashSet<Session>> _byInitiator = new(StringComparer.Ordinal);
    private readonly HashSet<SharedMap> _touched = [];
    private readonly HashSet<Session> _moved = [];

    public int Count => _sessions.Count;

    public IEnumerable<Session> Sessions => _sessions.Values;

    public Session? Find(ItNexus nexus) => _sessions.GetValueOrDefault(nexus);

    /// <summary>The map of a pair of groups; made of the configuration when no session has needed it yet.</summary>
    public SharedMap MapFor(GroupPair groups, StmfConfiguration configuration)
    {
        if (_maps.TryGetValue(groups, out var known)) return known;
        var made = new SharedMap(groups, new LunMap(EntriesFor(groups, configuration)));
        _maps.Add(groups, made);
        return made;
    }

    public void Add(Session session)
    {
        _sessions.Add(session.Nexus, session);
        session.Map.Sessions.Add(session);
        session.Port.Sessions.Add(session);
        if (!_byInitiator.TryGetValue(session.Nexus.Initiator.Name, out var own))
            _byInitiator.Add(session.Nexus.Initiator.Name, own = []);
        own.Add(session);
    }

    public void Remove(Session session)
    {
        Invariant.That(_sessions.Remove(session.Nexus), "a session is closed once");
        session.Port.Sessions.Remove(session);
        LeaveMap(session);
        var initiator = session.Nexus.Initiator.Name;
        var own = _byInitiator[initiator];
        own.Remove(session);
        if (own.Count == 0) _byInitiator.Remove(initiator);
    }

    /// <summary>A logical unit came online: it appears wherever a view entry has it.</summary>
    public void UnitAppears(LogicalUnit unit, StmfConfiguration configuration)
    {
        foreach (var entry in configuration.ViewsOf(unit.Id)) Touch(entry, unit);
    }

    /// <summary>A logical unit leaves service: it vanishes everywhere.</summary>
    public void UnitVanishes(LogicalUnit unit, StmfConfiguration configuration)
    {
        foreach (var entry in configuration.ViewsOf(unit.Id)) Touch(entry, null);
    }

    /// <summary>
    /// View entries of some logical units changed. What is gone goes first, because what is new may take its LUN.
    /// </summary>
    public void ViewsChanged(
        IReadOnlyCollection<LogicalUnitId> units, StmfConfiguration before, StmfConfiguration after)
    {
        foreach (var id in units)
            foreach (var entry in before.ViewsOf(id).Except(after.ViewsOf(id))) Touch(entry, null);
        foreach (var id in units)
        {
            if (onlineUnit(id) is not { } unit) continue;
            foreach (var entry in after.ViewsOf(id).Except(before.ViewsOf(id))) Touch(entry, unit);
        }
    }

    private void Touch(ViewEntry entry, LogicalUnit? unit)
    {
        // Two named groups are seen by the nexuses of exactly that pair; only All makes us look at every map.
        if (entry.HostGroup is not null && entry.TargetGroup is not null)
        {
            if (_maps.TryGetValue(entry.Groups, out var exact)) Touch(exact, entry.Lun, unit);
            return;
        }
        foreach (var map in _maps.Values)
            if (map.Groups.Sees(entry.Groups)) Touch(map, entry.Lun, unit);
    }

    /// <summary>An initiator changed its host group: each of its sessions sees another map.</summary>
    public void InitiatorMoved(string initiator, StmfConfiguration configuration)
    {
        if (!_byInitiator.TryGetValue(initiator, out var own)) return;
        foreach (var session in own) Move(session, configuration);
    }

    /// <summary>A target port changed its target group; normally it is offline and has no session.</summary>
    public void PortMoved(Objects.ManagedPort port, StmfConfiguration configuration)
    {
        foreach (var session in port.Sessions) Move(session, configuration);
    }

    /// <summary>Everything may be different: all maps are made anew.</summary>
    public void Rebuild(StmfConfiguration configuration)
    {
        _maps.Clear();
        _touched.Clear();
        foreach (var session in _sessions.Values)
        {
            var groups = configuration.GroupsOfNexus(session.Nexus.Initiator.Name, session.Port.Name);
            session.Map = MapFor(groups, configuration);
            session.Map.Sessions.Add(session);
            _moved.Add(session);
        }
    }

    /// <summary>
    /// Gives every session whose world changed its new map, which announces it. Logical units that a session sees no
    /// more, though they are alive, are told on its loop when <paramref name="unmapping"/>.
    /// </summary>
    public void Announce(bool unmapping)
    {
        foreach (var map in _touched)
        {
            if (!map.Map.SeesSameAs(map.Announced)) GiveToAll(map, unmapping ? [.. map.Vanished] : []);
            map.Announced = map.Map;
            map.Vanished.Clear();
            if (map.Sessions.Count == 0) _maps.Remove(map.Groups);
        }
        _touched.Clear();
        foreach (var session in _moved)
            if (!session.Map.Map.SeesSameAs(session.Nexus.Map)) GiveOther(session, unmapping);
        _moved.Clear();
    }

    private void GiveToAll(SharedMap map, LogicalUnit[] vanished)
    {
        foreach (var session in map.Sessions)
        {
            // One that was moved here meanwhile comes from another map, and is told by what it saw there.
            if (!_moved.Contains(session)) Give(session, map.Map, vanished);
        }
    }

    private static void GiveOther(Session session, bool unmapping)
    {
        var before = session.Nexus.Map;
        var after = session.Map.Map;
        LogicalUnit[] vanished = unmapping
            ? [.. before.Entries.Where(e => after.Find(e.Lun) != e.LogicalUnit).Select(e => e.LogicalUnit)]
            : [];
        Give(session, after, vanished);
    }

    private static void Give(Session session, LunMap after, LogicalUnit[] vanished)
    {
        if (session.Closing) return;
        session.Nexus.ChangeMap(after);
        if (vanished.Length > 0) session.Nexus.Loop.Post(new UnmappedUnits(session.Nexus, vanished, after));
    }

    private void Touch(SharedMap map, int lun, LogicalUnit? unit)
    {
        if (map.Map.Find(Lun.FromNumber(lun)) is { } before && before != unit) map.Vanished.Add(before);
        map.Map = map.Map.With(lun, unit);
        _touched.Add(map);
    }

    private void Move(Session session, StmfConfiguration configuration)
    {
        var groups = configuration.GroupsOfNexus(session.Nexus.Initiator.Name, session.Port.Name);
        if (groups == session.Map.Groups) return;
        _moved.Add(session);
        LeaveMap(session);
        session.Map = MapFor(groups, configuration);
        session.Map.Sessions.Add(session);
    }

    private void LeaveMap(Session session)
    {
        session.Map.Sessions.Remove(session);
        // A map nobody sees is made anew when somebody comes; keeping it would cost each later change a page.
        if (session.Map.Sessions.Count == 0 && !_touched.Contains(session.Map)) _maps.Remove(session.Map.Groups);
    }

    private List<LunMapEntry> EntriesFor(GroupPair groups, StmfConfiguration configuration)
    {
        var entries = new List<LunMapEntry>();
        Add(new(null, null));
        if (groups.HostGroup is not null) Add(groups with { TargetGroup = null });
        if (groups.TargetGroup is not null) Add(groups with { HostGroup = null });
        if (groups.HostGroup is not null && groups.TargetGroup is not null) Add(groups);
        return entries;

        void Add(GroupPair pair)
        {
            if (!configuration.Luns.TryGetValue(pair, out var table)) return;
            foreach (var (lun, id) in table.Units)
                if (onlineUnit(id) is { } unit) entries.Add(new(Lun.FromNumber(lun), unit));
        }
    }
}
