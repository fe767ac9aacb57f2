using System.Buffers.Binary;
using Lunette.Scsi;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Machines;

/// <summary>
/// What cluster software does: all hosts register, one reserves for registrants and then preempts another. From then
/// on, until the reservation is cleared, nothing of the preempted host reaches the disk.
/// </summary>
internal sealed class Cluster(SimulatedWorld world)
{
    private const byte WriteExclusiveRegistrantsOnly = 5;
    private const int TriesMax = 8;
    private const int LongestWayMilliseconds = 25;      // of what was sent before the fence, in a network that is well

    private readonly Scheduler _scheduler = world.Scheduler;

    public async Task RunAsync()
    {
        while (true)
        {
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(1000)));
            if (world.IsEnding) return;
            var lun = _scheduler.Random.Next(world.Disks.Count);
            if (world.Disks[lun].IsTaken) continue;
            world.Disks[lun].IsTaken = true;
            await FenceAsync(lun);
            world.Disks[lun].IsTaken = false;
        }
    }

    private async Task FenceAsync(int lun)
    {
        var disk = world.Disks[lun];
        var first = _scheduler.Random.Next(world.Hosts.Count);
        var host = world.Hosts[first];
        var other = world.Hosts[(first + 1) % world.Hosts.Count];
        var durable = _scheduler.OneIn(2);
        var target = world.Nodes[0];
        var ready = true;
        foreach (var each in world.Hosts)
            ready = ready && await ReserveOutAsync(each, lun, action: 6, key: 0, each.Key, durable);
        ready = ready && await ReserveOutAsync(host, lun, action: 1, host.Key, 0, durable);
        // Preempted in the middle of its writes, while the disk is slow.
        disk.Faults.Slowness = 3;
        var burst = ApplicationOf(other).BurstAsync(lun, writes: 8);
        await _scheduler.Delay(_scheduler.Microseconds(5000));
        if (ready && await ReserveOutAsync(host, lun, action: 5, host.Key, other.Key, durable)
            && world.Nodes[0] == target && target is not null)
        {
            disk.Fence(other.Name, durable, other.HasSentAll && !world.Scenario.Replays, _scheduler.Now);
            _scheduler.Log("cluster", $"lun {lun}: {host.Name} fences {other.Name}{(durable ? " durably" : "")}");
            disk.Faults.Heal();
            await ApplicationOf(host).LookAsync(lun);
            await _scheduler.Delay(TimeSpan.FromMilliseconds(_scheduler.Random.Next(LongestWayMilliseconds, 1500)));
            disk.EndFence();
        }
        disk.Faults.Heal();
        await burst;
        // A power loss in between may have taken the registration that clearing needs.
        await ReserveOutAsync(host, lun, action: 6, key: 0, host.Key, durable: false);
        await ReserveOutAsync(host, lun, action: 3, host.Key, 0, durable: false);
    }

    private Application ApplicationOf(Host host) => world.Applications.First(one => one.Host == host);

    private async Task<bool> ReserveOutAsync(
        Host host, int lun, byte action, ulong key, ulong serviceKey, bool durable)
    {
        byte[] cdb = [0x5F, action, WriteExclusiveRegistrantsOnly, 0, 0, 0, 0, 0, 24, 0];
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), serviceKey);
        list[20] = (byte)(durable ? 1 : 0);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(30), host.Machine.Clock);
            var result = await host.ExecuteAsync(lun, cdb, default, list, giveUp.Token);
            _scheduler.Log("cluster", $"lun {lun} {host.Name} {CdbDescription.Describe(cdb)}: {result.Describe()}");
            if (result.IsGood) return true;
            if (!result.TryGetSense(out var sense) || sense.Key != SenseKey.UnitAttention) return false;
        }
        return false;
    }
}
