using Lunette.Simulation.Network;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Machines;

/// <summary>
/// What cluster software does for two nodes: opens a door between them whenever there is none, hands disks over in
/// order, and gives those of a node that has certainly died to the other.
/// </summary>
internal sealed class Doorkeeper(SimulatedWorld world)
{
    private readonly Scheduler _scheduler = world.Scheduler;
    private DoorLink? _link;
    private int _doors;
    private bool _rests;

    /// <summary>Whether commands get through between both nodes.</summary>
    public bool IsOpen => _link is { IsWhole: true } && world.Nodes.All(node => node is { Proxy.IsOpen: true });

    /// <summary>Opens doors until there is no need for any.</summary>
    public async Task RunAsync()
    {
        while (!_rests)
        {
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(400)));
            if (world.Nodes[0] is not { Proxy.IsOpen: false } first) continue;
            if (world.Nodes[1] is not { Proxy.IsOpen: false } second || _rests) continue;
            _link = new DoorLink(++_doors, first.Machine, second.Machine);
            first.Proxy.Open(_link.Ends[0]);
            second.Proxy.Open(_link.Ends[1]);
            world.DoorOpened();
        }
    }

    /// <summary>No more doors.</summary>
    public void Rest() => _rests = true;

    /// <summary>The door breaks, or the nodes do not reach each other for a while.</summary>
    public void Trouble()
    {
        if (_link is not { IsWhole: true } link) return;
        if (_scheduler.OneIn(2)) link.Hold(TimeSpan.FromMilliseconds(_scheduler.Random.Next(6000)));
        if (_scheduler.OneIn(2)) link.Break();
    }

    public void Heal() => _link?.Heal();

    public void PowerLost(Machine machine) => _link?.PowerLost(machine);

    /// <summary>Disks change their node, in order.</summary>
    public async Task HandOverAsync()
    {
        while (true)
        {
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(5000)));
            if (world.IsEnding) return;
            var lun = _scheduler.Random.Next(world.Disks.Count);
            var disk = world.Disks[lun];
            if (disk.IsTaken || world.OwnerOf(lun) is not { } from) continue;
            disk.IsTaken = true;
            await HandOverAsync(lun, from);
            disk.IsTaken = false;
        }
    }

    /// <summary>The other node takes what a dead one had.</summary>
    public async Task FailOverAsync(int dead)
    {
        if (world.Nodes[1 - dead] is not { } heir) return;
        for (var lun = 0; lun < world.Disks.Count; lun++)
        {
            if (world.Disks[lun].Owner != dead || world.Nodes[dead] is not null || !heir.Machine.IsAlive) continue;
            world.Disks[lun].Owner = heir.Node;
            _scheduler.Log("cluster", $"lun {lun} fails over to {heir.Machine.Name}");
            await await Task.WhenAny(heir.TakeUnitAsync(lun), heir.Died);
        }
    }

    private async Task HandOverAsync(int lun, TargetSystem from)
    {
        if (world.Nodes[1 - from.Node] is not { } to || from.Units[lun] is null) return;
        _scheduler.Log("cluster", $"lun {lun} is handed over from {from.Machine.Name}");
        var forgets = from.ForgetUnitAsync(lun);
        await Task.WhenAny(forgets, from.Died);
        if (!forgets.IsCompleted || !await forgets || world.Disks[lun].Owner != from.Node) return;
        world.Disks[lun].Owner = to.Node;
        // Whoever loses its power now finds on the way up what is its own.
        if (world.Nodes[to.Node] is { } heir) await await Task.WhenAny(heir.TakeUnitAsync(lun), heir.Died);
    }
}
