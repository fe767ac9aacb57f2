using Lunette.Simulation.Machines;
using Lunette.Simulation.Network;

namespace Lunette.Simulation.World;

/// <summary>Whatever a scenario has drawn from the menu, at random times until the end.</summary>
internal sealed class Troubles(SimulatedWorld world)
{
    private readonly Scheduler _scheduler = world.Scheduler;

    public IEnumerable<Task> Begin()
    {
        var scenario = world.Scenario;
        if (scenario.NetworkFaults) yield return RepeatAsync(1500, BreakNetwork);
        if (scenario.Corruption) yield return RepeatAsync(600, () => AnyPipe()?.TurnsNext = true);
        if (scenario.Duplicates) yield return RepeatAsync(300, () => AnyPipe()?.RepeatsNext = true);
        if (scenario.Failover || scenario.TwoNodes) yield return RepeatAsync(5000, KillPortal);
        if (scenario.ClockSteps) yield return RepeatAsync(2000, StepClock);
        if (scenario.Shortages) yield return StarveAsync();
        if (scenario.DiskFaults) yield return RepeatAsync(2000, BreakDisk);
        if (scenario.PowerLosses)
            for (var node = 0; node < scenario.Nodes; node++) yield return CyclePowerAsync(node);
        if (world.Doors is { } doors)
        {
            yield return RepeatAsync(3000, doors.Trouble);
            yield return doors.HandOverAsync();
        }
        if (scenario.Administration) yield return new Administrator(world).RunAsync();
        if (scenario.Reservations && scenario.Hosts > 1) yield return new Cluster(world).RunAsync();
    }

    private async Task RepeatAsync(int millisecondsMax, Action trouble)
    {
        while (true)
        {
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(millisecondsMax)));
            if (world.IsEnding) return;
            trouble();
        }
    }

    private void BreakNetwork()
    {
        var host = world.Hosts[_scheduler.Random.Next(world.Hosts.Count)];
        var links = world.Network.Links.Where(link => link.Initiator == host.Machine).ToArray();
        switch (_scheduler.Random.Next(10))
        {
            case < 3:
                world.Network.Partition(host.Machine, TimeSpan.FromMilliseconds(_scheduler.Random.Next(6000)));
                break;
            case < 5:
                host.Reinstate();
                break;
            case 5:
                foreach (var link in links) link.HalfClose();
                break;
            case 6:
                foreach (var link in links) link.Silence(_scheduler.OneIn(2), _scheduler.OneIn(2));
                break;
            default:
                foreach (var link in links) link.Reset("trouble");
                break;
        }
    }

    private Pipe? AnyPipe()
    {
        var links = world.Network.Links;
        if (links.Count == 0) return null;
        var link = links[_scheduler.Random.Next(links.Count)];
        return _scheduler.OneIn(2) ? link.ToTarget : link.ToInitiator;
    }

    // One of them is dead at any time, and it stays dead when all is healed.
    private void KillPortal()
    {
        var portals = TargetSystem.PortalsOf(world.Scenario).ToArray();
        world.Network.KillPortal(portals[_scheduler.Random.Next(portals.Length)]);
    }

    private void StepClock()
    {
        var machine = AnyMachine();
        var step = TimeSpan.FromSeconds(_scheduler.Random.Next(-100_000, 100_000));
        _scheduler.Log(machine.Name, $"clock set by {step.TotalSeconds:0} s");
        machine.Clock.WallOffset += step;
    }

    private async Task StarveAsync()
    {
        while (true)
        {
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(3000)));
            if (world.IsEnding) return;
            var machine = AnyMachine();
            machine.Starve(spare: _scheduler.Random.Next(40));
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(2000)));
            machine.Relieve();
        }
    }

    // The target's half of the time, if it has power.
    private Machine AnyMachine() => AnyNode() is { } target && _scheduler.OneIn(2)
        ? target.Machine
        : world.Hosts[_scheduler.Random.Next(world.Hosts.Count)].Machine;

    private TargetSystem? AnyNode() =>
        world.Nodes[world.Nodes.Length == 1 ? 0 : _scheduler.Random.Next(world.Nodes.Length)];

    private void BreakDisk()
    {
        var disk = world.Disks[_scheduler.Random.Next(world.Disks.Count)];
        disk.Faults.Heal();
        switch (_scheduler.Random.Next(8))
        {
            case 0:
                disk.Faults.Hang(TimeSpan.FromMilliseconds(_scheduler.Random.Next(25_000)));
                break;
            case 1 or 2:
                disk.Faults.FailureChances = _scheduler.Random.Next(3, 30);
                break;
            case 3 or 4:
                disk.Faults.Slowness = _scheduler.Random.Next(1, 4);
                break;
        }
    }

    private async Task CyclePowerAsync(int node)
    {
        for (var i = 1; ; i++)
        {
            var milliseconds = (int)world.Scenario.Length.TotalMilliseconds;
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(milliseconds)));
            if (world.IsEnding) return;
            world.LosePower(node);
            if (world.Doors is { } doors && _scheduler.OneIn(2)) await doors.FailOverAsync(node);
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(1, 4000)));
            world.Nodes[node] = await TargetSystem.StartAsync(world, node, i);
        }
    }
}
