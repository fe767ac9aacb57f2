using Lunette.Simulation.World;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;

namespace Lunette.Simulation.Machines;

/// <summary>
/// Somebody who takes targets and logical units offline and online, changes views, deletes logical units and makes them
/// again.
/// </summary>
internal sealed class Administrator(SimulatedWorld world)
{
    private static readonly GroupPair s_all = new(null, null);

    private readonly Scheduler _scheduler = world.Scheduler;

    public async Task RunAsync()
    {
        while (true)
        {
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(2500)));
            if (world.IsEnding) return;
            if (world.Target is not { } target) continue;
            var lun = _scheduler.Random.Next(world.Disks.Count);
            var disk = world.Disks[lun];
            if (disk.IsTaken) continue;
            disk.IsTaken = true;
            // What is waited for on a machine that dies never ends.
            await await Task.WhenAny(ActAsync(target, lun), target.Died);
            disk.IsTaken = false;
        }
    }

    /// <summary>Everything as it was meant to be: mapped, and online.</summary>
    public async Task PutRightAsync(TargetSystem target)
    {
        var framework = target.Framework;
        await framework.WaitForServiceAsync();
        for (var lun = 0; lun < world.Disks.Count; lun++)
        {
            var id = TargetSystem.IdOf(lun);
            if (target.Units[lun] is null) target.AddUnit(lun);
            var unit = target.Units[lun]!;
            while (unit.FenceReason is not null
                || framework.FindLogicalUnit(id)!.State != Stmf.Transitions.ObjectState.Online)
            {
                // Offline and online: what is still in its store has to come out of it first.
                if (unit.FenceReason is not null)
                {
                    framework.OfflineLogicalUnit(id);
                    await framework.WaitForLogicalUnitAsync(id, online: false);
                }
                framework.OnlineLogicalUnit(id);
                await framework.WaitForLogicalUnitAsync(id, online: true);
                await _scheduler.Delay(TimeSpan.FromMilliseconds(100));
            }
            await framework.AddViewEntryAsync(id, s_all, lun);
        }
        for (var i = 0; i < world.Scenario.Targets; i++)
        {
            var name = TargetSystem.TargetName(i).Value;
            framework.OnlineTarget(name);
            await framework.WaitForTargetAsync(name, online: true);
        }
    }

    private async Task ActAsync(TargetSystem target, int lun)
    {
        var framework = target.Framework;
        var id = TargetSystem.IdOf(lun);
        var name = TargetSystem.TargetName(_scheduler.Random.Next(world.Scenario.Targets)).Value;
        switch (_scheduler.Random.Next(8))
        {
            case 0:
                Note($"offline {name}", framework.OfflineTarget(name, TimeSpan.FromSeconds(_scheduler.Random.Next(3))));
                await framework.WaitForTargetAsync(name, online: false);
                await PauseAsync();
                Note($"online {name}", framework.OnlineTarget(name));
                await framework.WaitForTargetAsync(name, online: true);
                break;
            case 1 or 2:
                Note($"offline lun {lun}", framework.OfflineLogicalUnit(id));
                await framework.WaitForLogicalUnitAsync(id, online: false);
                await PauseAsync();
                Note($"online lun {lun}", framework.OnlineLogicalUnit(id));
                await framework.WaitForLogicalUnitAsync(id, online: true);
                break;
            case 3 or 4:
                foreach (var view in framework.Configuration.ViewsOf(id))
                    Note($"remove view of lun {lun}", await framework.RemoveViewEntryAsync(id, view.Index));
                await PauseAsync();
                Note($"add view of lun {lun}", (await framework.AddViewEntryAsync(id, s_all, lun)).Outcome);
                break;
            case 5:
                await ResizeAsync(target, lun);
                break;
            default:
                await DeleteAsync(target, lun);
                break;
        }
    }

    private async Task DeleteAsync(TargetSystem target, int lun)
    {
        var id = TargetSystem.IdOf(lun);
        target.Framework.OfflineLogicalUnit(id);
        Note($"delete lun {lun}", await target.Framework.WaitForLogicalUnitAsync(id, online: false));
        if (!target.Framework.DeregisterLogicalUnit(id).Succeeded) return;
        target.Units[lun] = null;
        await PauseAsync();
        target.AddUnit(lun);
        await target.Framework.WaitForLogicalUnitAsync(id, online: true);
        _scheduler.Log("administrator", $"created lun {lun}");
    }

    private async Task ResizeAsync(TargetSystem target, int lun)
    {
        if (target.Units[lun] is not { } unit) return;
        var bytes = WorldDisk.LengthBytes + (_scheduler.Random.Next(64) * 4096L);
        var result = await unit.ResizeAsync(bytes, CancellationToken.None);
        _scheduler.Log("administrator", $"resize lun {lun} to {bytes}: {result.Succeeded}");
    }

    private Task PauseAsync() => _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(800)));

    private void Note(string what, StmfResult result) => _scheduler.Log("administrator", $"{what}: {result}");
}
