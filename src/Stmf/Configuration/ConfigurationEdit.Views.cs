using System.Collections.Immutable;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Configuration;

public sealed partial class ConfigurationEdit
{
    /// <summary>
    /// Maps a logical unit, which need not be registered, for a pair of groups. An overlapping entry of the same
    /// logical unit is a conflict, so a nexus never sees it twice; a LUN taken in any overlapping pair is in use.
    /// </summary>
    /// <param name="unit">What to map.</param>
    /// <param name="groups">For whom; null is All.</param>
    /// <param name="lun">0 to 16383; null chooses the lowest that is free in all overlapping pairs.</param>
    /// <returns>The entry, with the smallest index the logical unit has free.</returns>
    public StmfResult<ViewEntry> AddViewEntry(LogicalUnitId unit, GroupPair groups, int? lun)
    {
        var entries = EntriesOf(unit);
        var index = 0u;
        foreach (var entry in entries)
        {
            if (entry.Index == index) index++;
        }
        var checkedLun = CheckView(unit, entries, groups, lun);
        if (!checkedLun.Succeeded) return StmfResult<ViewEntry>.Refused(checkedLun.Outcome);
        var added = new ViewEntry(index, groups.HostGroup, groups.TargetGroup, checkedLun.Value);
        return StmfResult<ViewEntry>.Success(Map(unit, entries, added));
    }

    /// <summary>
    /// Whether a LUN could be mapped for a pair of groups now, and which; nothing is reserved. It names no logical
    /// unit, so it cannot find a conflict between entries of one.
    /// </summary>
    public StmfResult<int> ValidateView(GroupPair groups, int? lun)
    {
        if (groups.HostGroup is { } host && _hostGroups.Find(host) is null)
            return StmfResult<int>.Refused(Refusal.InvalidHostGroup, $"no host group {host}");
        if (groups.TargetGroup is { } target && _targetGroups.Find(target) is null)
            return StmfResult<int>.Refused(Refusal.InvalidTargetGroup, $"no target group {target}");
        if (lun is < 0 or > Lun.NumberMax)
            return StmfResult<int>.Refused(Refusal.InvalidArgument, $"a LUN is 0 to {Lun.NumberMax}");
        return ChooseLun(OverlappingTables(groups), lun);
    }

    /// <summary>Removes a view entry; the LUN and the index are free again.</summary>
    public StmfResult RemoveViewEntry(LogicalUnitId unit, uint index)
    {
        var entries = EntriesOf(unit);
        if (entries.FirstOrDefault(e => e.Index == index) is not { } entry)
            return StmfResult.Refused(Refusal.NotFound, $"logical unit {unit} has no view entry {index}");
        if (entries.Length == 1) _views.Remove(unit);
        else _views[unit] = entries.Remove(entry);
        var table = _luns[entry.Groups].Without(entry.Lun);
        if (table.Units.IsEmpty) _luns.Remove(entry.Groups);
        else _luns[entry.Groups] = table;
        return Done(new ViewEntryRemoved(unit, index));
    }

    private StmfResult RestoreViewEntry(LogicalUnitId unit, ViewEntry entry)
    {
        var entries = EntriesOf(unit);
        if (entries.Any(e => e.Index == entry.Index))
            return StmfResult.Refused(Refusal.Exists, $"logical unit {unit} has a view entry {entry.Index}");
        var checkedLun = CheckView(unit, entries, entry.Groups, entry.Lun);
        if (!checkedLun.Succeeded) return checkedLun.Outcome;
        Map(unit, entries, entry);
        return StmfResult.Success;
    }

    private StmfResult<int> CheckView(
        LogicalUnitId unit, ImmutableArray<ViewEntry> entries, GroupPair groups, int? lun)
    {
        if (!unit.IsNaa6) return StmfResult<int>.Refused(Refusal.InvalidArgument, $"{unit} is not an NAA 6 identifier");
        if (entries.Length >= ConfigurationLimits.ViewsOfLogicalUnit
            || (entries.IsEmpty && _views.Count >= ConfigurationLimits.LogicalUnits))
            return StmfResult<int>.Refused(Refusal.LimitReached, "there are too many view entries");
        // The groups and the LUN's range first, then this logical unit's own entries, then everybody's LUNs.
        var validated = ValidateView(groups, lun);
        if (!validated.Succeeded && validated.Refusal is not (Refusal.LunInUse or Refusal.NoFreeLun)) return validated;
        if (entries.FirstOrDefault(e => e.Groups.Overlaps(groups)) is { } conflict)
            return StmfResult<int>.Refused(
                Refusal.ViewEntryConflict, $"logical unit {unit} has an overlapping view entry {conflict.Index}");
        return validated;
    }

    private ViewEntry Map(LogicalUnitId unit, ImmutableArray<ViewEntry> entries, ViewEntry entry)
    {
        var at = 0;
        while (at < entries.Length && entries[at].Index < entry.Index) at++;
        _views[unit] = entries.Insert(at, entry);
        var table = _luns.TryGetValue(entry.Groups, out var known) ? known : LunTable.Empty;
        _luns[entry.Groups] = table.With(entry.Lun, unit);
        Done(new ViewEntryAdded(unit, entry));
        return entry;
    }

    private static StmfResult<int> ChooseLun(List<LunTable> tables, int? lun)
    {
        if (lun is { } wanted)
        {
            return tables.Exists(t => t.IsTaken(wanted))
                ? StmfResult<int>.Refused(Refusal.LunInUse, $"LUN {wanted} is in use in an overlapping view")
                : StmfResult<int>.Success(wanted);
        }
        var lowest = LunTable.LowestFree(tables);
        return lowest < 0
            ? StmfResult<int>.Refused(Refusal.NoFreeLun, "every LUN is in use in overlapping views")
            : StmfResult<int>.Success(lowest);
    }

    /// <summary>With two named groups at most four pairs overlap; only All makes us look at each pair.</summary>
    private List<LunTable> OverlappingTables(GroupPair groups)
    {
        var tables = new List<LunTable>(4);
        if (groups.HostGroup is null || groups.TargetGroup is null)
        {
            foreach (var (pair, table) in _luns)
                if (pair.Overlaps(groups)) tables.Add(table);
            return tables;
        }
        AddTable(groups);
        AddTable(groups with { HostGroup = null });
        AddTable(groups with { TargetGroup = null });
        AddTable(new(null, null));
        return tables;

        void AddTable(GroupPair pair)
        {
            if (_luns.TryGetValue(pair, out var table)) tables.Add(table);
        }
    }

    private ImmutableArray<ViewEntry> EntriesOf(LogicalUnitId unit) =>
        _views.TryGetValue(unit, out var entries) ? entries : [];
}
