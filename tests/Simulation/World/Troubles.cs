using Lunette.Simulation.Machines;

namespace Lunette.Simulation.World;

/// <summary>Whatever a scenario has drawn from the menu, at random times until the end.</summary>
internal sealed class Troubles(SimulatedWorld world)
{
    private readonly Scheduler _scheduler = world.Scheduler;

    public IEnumerable<Task> Begin()
    {
        var scenario = world.Scenario;
        if (scenario.NetworkFaults) yield return RepeatAsync(1500, BreakNetwork);
        if (scenario.DiskFaults) yield return RepeatAsync(2000, BreakDisk);
        if (scenario.PowerLosses) yield return CyclePowerAsync();
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

    private async Task CyclePowerAsync()
    {
        for (var i = 1; ; i++)
        {
            var milliseconds = (int)world.Scenario.Length.TotalMilliseconds;
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(milliseconds)));
            if (world.IsEnding) return;
            world.LosePower();
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(1, 4000)));
            world.Target = await TargetSystem.StartAsync(world, i);
        }
    }
}
