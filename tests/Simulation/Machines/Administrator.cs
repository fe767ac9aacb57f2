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
            if (!world.Scenario.TwoNodes && world.Nodes[0] is null) continue;
            var lun = _scheduler.Random.Next(world.Disks.Count);
            var disk = world.Disks[lun];
            if (world.OwnerOf(lun) is not { } target) continue;
            if (disk.IsTaken) continue;
            disk.IsTaken = true;
            // What is waited for on a machine that dies never ends.
            await await Task.WhenAny(ActAsync(target, lun), target.Died);
            disk.IsTaken = false;
        }
    }

    /// <summary>Everything as it was meant to be: mapped, and online, and shown by the other node where there is
    /// one.</summary>
    public async Task PutRightAsync()
    {
        foreach (var node in world.Nodes) await node!.Framework.WaitForServiceAsync();
        for (var lun = 0; lun < world.Disks.Count; lun++)
        {
            await PutRightAsync(world.OwnerOf(lun)!, lun);
            foreach (var node in world.Nodes)
                await node!.Framework.AddViewEntryAsync(TargetSystem.IdOf(lun), s_all, lun);
        }
        for (var i = 0; i < world.Scenario.Targets; i++)
        {
            var name = TargetSystem.TargetName(i).Value;
            foreach (var node in world.Nodes)
            {
                node!.Framework.OnlineTarget(name);
                await node.Framework.WaitForTargetAsync(name, online: true);
            }
        }
        for (var lun = 0; lun < world.Disks.Count; lun++)
            foreach (var node in world.Nodes)
                while (node!.Node != world.Disks[lun].Owner && !node.Shows(lun))
                    await _scheduler.Delay(TimeSpan.FromMilliseconds(100));
    }

    private async Task PutRightAsync(TargetSystem target, int lun)
    {
        var framework = target.Framework;
        var id = TargetSystem.IdOf(lun);
        if (target.Units[lun] is null) await target.TakeUnitAsync(lun);
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
        var forgotten = await target.ForgetUnitAsync(lun);
        _scheduler.Log("administrator", $"delete lun {lun}: {forgotten}");
        if (!forgotten) return;
        await PauseAsync();
        await target.TakeUnitAsync(lun);
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
