using System.Collections.Immutable;
using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Disks;
using Lunette.Stmf.Configuration;

namespace Lunette.Admin.Documents;

/// <content>Logical units and their view entries.</content>
internal sealed partial class DocumentPlanner
{
    private StmfResult PlanDisks()
    {
        var indexed = Index(wanted.Disks, section => section.Guid, "disk");
        if (!indexed.Succeeded) return indexed.WithoutValue;
        if (wanted.Whole)
        {
            var gone = now.Disks.Keys.Union(now.Framework.Views.Keys.Select(unit => unit.ToAdmin()))
                .Where(guid => !indexed.Value!.ContainsKey(guid)).Order();
            foreach (var guid in gone)
            {
                Forget(guid);
                PlanViews(guid, []);
            }
        }
        var byPath = now.Disks.ToDictionary(disk => Path.GetFullPath(disk.Value.Path), disk => disk.Key);
        foreach (var section in indexed.Value!.Values.OrderBy(section => section.Guid))
        {
            var planned = section.File is { } file ? PlanDisk(section, file, byPath) : PlanNoDisk(section);
            if (!planned.Succeeded) return planned;
            if (section.Views is { } views) PlanViews(section.Guid, views);
            else if (wanted.Whole) PlanViews(section.Guid, []);
        }
        return StmfStatus.Success;
    }

    private StmfResult PlanNoDisk(DiskSection section)
    {
        if (section.Properties is { Count: > 0 })
            return new(StmfStatus.MissingPropVal, $"disk {section.Guid} has properties and no file");
        if (wanted.Whole) Forget(section.Guid);
        return StmfStatus.Success;
    }

    private void Forget(StmfGuid guid)
    {
        if (!now.Disks.TryGetValue(guid, out var disk)) return;
        _plan.Say(PlannedChange.Remove, $"disk {guid} in {disk.Path}; its data stay");
        _plan.DisksToRemove.Add(guid);
        _plan.Edit(EditPhase.Providers, edit => SbdProvider.Remember(edit, guid, null));
    }

    private StmfResult PlanDisk(DiskSection section, string file, Dictionary<string, StmfGuid> byPath)
    {
        if (!Path.IsPathFullyQualified(file))
            return new(StmfStatus.DataFileName, $"disk {section.Guid}: {file} is no absolute path");
        if (!section.Guid.ToFramework().IsNaa6)
            return new(StmfStatus.InvalidArg, $"{section.Guid} is no GUID of a disk: its first digit is 6");
        var judged = Judge(section);
        if (!judged.Succeeded) return judged.WithoutValue;
        var path = Path.GetFullPath(file);
        if (byPath.TryGetValue(path, out var there) && there != section.Guid)
            return new(StmfStatus.FileInUse, $"{path} is disk {there} already");
        if (!now.Disks.TryGetValue(section.Guid, out var known))
        {
            byPath.Add(path, section.Guid);
            var size = judged.Value!.TryGetValue(LuProperty.Size, out var bytes)
                ? ", " + SizeText.Describe(long.Parse(bytes, CultureInfo.InvariantCulture)) : "";
            _plan.Say(PlannedChange.Add, $"disk {section.Guid} in {path}{size}");
            _plan.DisksToAdd.Add(new(section.Guid, path, judged.Value));
            _plan.Edit(EditPhase.Providers, edit => SbdProvider.Remember(edit, section.Guid, path));
            return StmfStatus.Success;
        }
        return there == section.Guid
            ? PlanProperties(section.Guid, known, judged.Value!)
            : new(StmfStatus.FileInUse,
                $"disk {section.Guid} lies in {known.Path}: forget it there first (delete-lu -k)");
    }

    private static StmfResult<Dictionary<LuProperty, string>> Judge(DiskSection section)
    {
        var values = new Dictionary<LuProperty, string>();
        foreach (var (key, text) in section.Properties ?? [])
        {
            if (!DiskKeys.Rows.TryGetValue(key, out var row))
                return new StmfResult(StmfStatus.InvalidProp, $"disk {section.Guid}: there is no property {key}");
            var judged = row.Check(text);
            if (!judged.Succeeded)
                return new StmfResult(judged.Status, $"disk {section.Guid}, {key}: {judged}");
            values[row.Property] = judged.Value!;
        }
        return values;
    }

    private StmfResult PlanProperties(StmfGuid guid, DiskState known, Dictionary<LuProperty, string> values)
    {
        // A disk that could not be opened is left as it is.
        if (known.Resource is not { } resource) return StmfStatus.Success;
        foreach (var (property, after) in values)
        {
            var before = resource.Values.GetValueOrDefault(property, "");
            if (before == after) continue;
            var row = LuPropertyRow.Find(property)!;
            var key = row.Key ?? "size";
            if (!row.Modifiable)
            {
                return new(StmfStatus.InvalidProp,
                    $"disk {guid}: {key} is {before} and cannot become {after}; only a new disk takes it");
            }
            // What is cut off is gone: that is for a command of its own, which nothing has to take back.
            if (property == LuProperty.Size && long.Parse(after, CultureInfo.InvariantCulture)
                < long.Parse(before, CultureInfo.InvariantCulture))
            {
                return new(StmfStatus.SizeOutOfRange,
                    $"disk {guid} would shrink from {before} to {after} bytes: say so with modify-lu -s");
            }
            _plan.Say(PlannedChange.Change, $"disk {guid}: " + Changed(key, before, after));
            _plan.DiskChanges.Add(new(guid, known.Path, property, before, after));
        }
        return StmfStatus.Success;
    }

    private void PlanViews(StmfGuid guid, IReadOnlyList<ViewSection> views)
    {
        var unit = guid.ToFramework();
        var left = now.Framework.ViewsOf(unit).ToList();
        // Those that say their number take the entry they mean before those to which any number is right.
        foreach (var view in views.OrderBy(view => view.Lun is null))
        {
            var same = left.Find(entry => entry.HostGroup == view.HostGroup && entry.TargetGroup == view.TargetGroup
                && (view.Lun is null || view.Lun == entry.Lun));
            if (same is not null)
            {
                left.Remove(same);
                continue;
            }
            _plan.Say(PlannedChange.Add, $"view of disk {guid}: {Describe(view.HostGroup, view.TargetGroup)}, "
                + (view.Lun is { } lun ? $"LUN {lun}" : "the lowest free LUN"));
            _plan.Edit(view.Lun is null ? EditPhase.AddViewsWithoutLun : EditPhase.AddViewsWithLun, edit =>
                edit.AddViewEntry(unit, new GroupPair(view.HostGroup, view.TargetGroup), view.Lun).Outcome);
        }
        foreach (var entry in left)
        {
            _plan.Say(PlannedChange.Remove,
                $"view of disk {guid}: {Describe(entry.HostGroup, entry.TargetGroup)}, LUN {entry.Lun}");
            _plan.Edit(EditPhase.RemoveViews, edit => edit.RemoveViewEntry(unit, entry.Index));
        }
    }

    private static string Describe(string? hosts, string? targets) =>
        $"{(hosts is null ? "all initiators" : "host group " + hosts)}, "
        + (targets is null ? "all targets" : "target group " + targets);
}
