using Lunette.Admin.Contracts;
using Lunette.Admin.Documents;
using Lunette.Admin.Storage;
using Lunette.Stmf.Contracts;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Disks;

/// <summary>
/// Work on many disks that is carried out as a whole: everything that can fail is done first, each step with what takes
/// it back, and what cannot be taken back only when the configuration has been written.
/// </summary>
internal sealed class DiskTransaction(
    StmfFramework framework, IDiskProvider disks, DiskJournal journal, Dictionary<StmfGuid, LogicalUnit> registered)
{
    private readonly Stack<Func<ValueTask>> _undo = new();
    private readonly List<(StmfGuid Guid, LogicalUnit Disk)> _leaving = [];

    /// <summary>Does all that can fail; a failure says which disk, and everything so far is to be undone.</summary>
    public async ValueTask<StmfResult> PrepareAsync(DocumentPlan plan)
    {
        foreach (var disk in plan.DisksToAdd)
        {
            var added = await AddAsync(disk);
            if (!added.Succeeded) return About(disk.Guid, added);
        }
        journal.Begin(plan.DiskChanges);
        foreach (var change in plan.DiskChanges)
        {
            var changed = await ModifyAsync(registered[change.Guid], change);
            if (!changed.Succeeded) return About(change.Guid, changed);
        }
        foreach (var guid in plan.DisksToRemove)
        {
            var leaving = await TakeOfflineAsync(guid);
            if (!leaving.Succeeded) return About(guid, leaving);
        }
        return StmfStatus.Success;
    }

    /// <summary>What was prepared stays when the change that is being made is written, and only then.</summary>
    public void StaysWithThisChange() => journal.EndWithNextWrite();

    /// <summary>Takes everything back, the last step first.</summary>
    public async ValueTask UndoAsync()
    {
        while (_undo.TryPop(out var step)) await step();
        journal.End();
    }

    /// <summary>Lets go of the disks that are forgotten.</summary>
    public async ValueTask FinishAsync()
    {
        journal.End();
        foreach (var (guid, disk) in _leaving)
        {
            framework.DeregisterLogicalUnit(disk.Id);
            registered.Remove(guid);
            await disks.CloseAsync(disk);
        }
    }

    private async ValueTask<StmfResult> AddAsync(DiskToAdd wanted)
    {
        if (framework.FindLogicalUnit(wanted.Guid.ToFramework()) is not null)
            return new(StmfStatus.GuidInUse, "another provider has a logical unit of this GUID");
        var made = await disks.ImportAsync(wanted.Path);
        if (made.Succeeded)
        {
            var disk = made.Value!;
            _undo.Push(() => disks.CloseAsync(disk));
            var fitted = await FitAsync(disk, wanted);
            if (!fitted.Succeeded) return fitted;
        }
        else if (made.Status == StmfStatus.MetaFileName)
        {
            var isNew = !File.Exists(wanted.Path);
            made = await disks.CreateAsync(Resource(wanted), _ => false);
            if (!made.Succeeded) return made.WithoutValue;
            var disk = made.Value!;
            _undo.Push(() => disks.DiscardAsync(disk, isNew));
        }
        return made.Succeeded ? Register(made.Value!) : made.WithoutValue;
    }

    private StmfResult Register(LogicalUnit disk)
    {
        var done = framework.RegisterLogicalUnit(disk).ToAdmin();
        if (!done.Succeeded) return done;
        var guid = disk.Id.ToAdmin();
        registered[guid] = disk;
        _undo.Push(async () =>
        {
            await framework.WaitForLogicalUnitAsync(disk.Id, online: true);
            framework.OfflineLogicalUnit(disk.Id, "taken back");
            await framework.WaitForLogicalUnitAsync(disk.Id, online: false);
            framework.DeregisterLogicalUnit(disk.Id);
            registered.Remove(guid);
        });
        return done;
    }

    // A disk that carries its metadata comes as it is; what of it may change is made what the document says.
    private async ValueTask<StmfResult> FitAsync(LogicalUnit disk, DiskToAdd wanted)
    {
        if (disk.Id.ToAdmin() != wanted.Guid)
            return new(StmfStatus.GuidInUse, $"{wanted.Path} is the disk {disk.Id}");
        var resource = disks.Describe(disk);
        foreach (var (property, after) in wanted.Properties)
        {
            var before = resource.Values.GetValueOrDefault(property, "");
            if (before == after || property == LuProperty.MetaFilename) continue;
            if (LuPropertyRow.Find(property) is not { Modifiable: true } || property == LuProperty.Size)
            {
                return new(StmfStatus.InvalidProp,
                    $"{wanted.Path} is a disk already, with {property} {before} and not {after}");
            }
            var changed = await ModifyAsync(disk, new(wanted.Guid, wanted.Path, property, before, after));
            if (!changed.Succeeded) return changed;
        }
        return StmfStatus.Success;
    }

    private async ValueTask<StmfResult> ModifyAsync(LogicalUnit disk, DiskPropertyChange change)
    {
        var changed = await disks.ModifyAsync(disk, change.Property, change.After);
        if (changed.Succeeded)
        {
            _undo.Push(async () =>
            {
                var undone = await disks.ModifyAsync(disk, change.Property, change.Before);
                if (!undone.Succeeded) journal.Keep(change);
            });
        }
        return changed;
    }

    private async ValueTask<StmfResult> TakeOfflineAsync(StmfGuid guid)
    {
        if (!registered.TryGetValue(guid, out var disk)) return StmfStatus.Success;
        await framework.WaitForLogicalUnitAsync(disk.Id, online: true);
        var offline = framework.OfflineLogicalUnit(disk.Id, "deleted");
        if (offline.Succeeded) offline = await framework.WaitForLogicalUnitAsync(disk.Id, online: false);
        if (!offline.Succeeded) return new(StmfStatus.LuBusy, offline.Detail);
        _undo.Push(() =>
        {
            framework.OnlineLogicalUnit(disk.Id);
            return default;
        });
        _leaving.Add((guid, disk));
        return StmfStatus.Success;
    }

    private static LuResource Resource(DiskToAdd wanted)
    {
        var resource = new LuResource()
            .With(LuProperty.Filename, wanted.Path)
            .With(LuProperty.Guid, wanted.Guid.ToString());
        foreach (var (property, value) in wanted.Properties.Where(said => said.Value.Length > 0))
            resource.With(property, value);
        return resource;
    }

    private static StmfResult About(StmfGuid guid, StmfResult failed) => new(failed.Status, $"disk {guid}: {failed}");
}
