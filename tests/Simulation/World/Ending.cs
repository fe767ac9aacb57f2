using System.Buffers.Binary;
using Lunette.Scsi;
using Lunette.Simulation.Machines;
using Lunette.Stmf.Configuration;

namespace Lunette.Simulation.World;

/// <summary>
/// After everything has been healed: all is put right, every block is read by every host, by either node where there
/// are two, unit attentions reach each nexus exactly once, everybody logs out and the target stops.
/// </summary>
internal sealed class Ending(SimulatedWorld world)
{
    // Conditions that may be pending after anything: more than there are kinds would mean that one comes twice.
    private const int AttentionsMax = 16;

    private static readonly TimeSpan s_partings = TimeSpan.FromSeconds(2);
    // The longest that a store hangs, a session waits for its logout, and an abort waits for the store.
    private static readonly TimeSpan s_stragglers = TimeSpan.FromSeconds(45);

    private static readonly byte[] s_testUnitReady = [0, 0, 0, 0, 0, 0];

    public async Task RunAsync()
    {
        await new Administrator(world).PutRightAsync();
        // A host that leaves while its command is stuck in a store has that logical unit taken offline, for an
        // administrator to look at: once more, when no store holds anything any more.
        await world.Scheduler.Delay(s_stragglers);
        await new Administrator(world).PutRightAsync();
        await ReadAllAsync();
        if (world.Scenario.TwoNodes)
        {
            world.Network.RevivePortals();
            foreach (var host in world.Hosts) await host.SwitchNodeAsync();
            await ReadAllAsync();
        }
        await ResetAsync();
        await ResizeAsync();
        await ChangeInventoryAsync();
        foreach (var host in world.Hosts) await host.LogoutAsync();
        if (world.Doors is { } doors) await LeaveDoorsAsync(doors);
        foreach (var node in world.Nodes) await node!.StopAsync();
    }

    private async Task ReadAllAsync()
    {
        foreach (var host in world.Hosts)
            for (var lun = 0; lun < world.Disks.Count; lun++)
                await BecomeReadyAsync(host, lun);
        foreach (var application in world.Applications)
            for (var lun = 0; lun < world.Disks.Count; lun++)
                await application.ReadAllAsync(lun);
    }

    // Nothing is on its way between the nodes, nor kept of anybody who has gone, while the door is still open.
    private async Task LeaveDoorsAsync(Doorkeeper doors)
    {
        await world.Scheduler.Delay(s_partings);
        doors.Rest();
        SimulationException.Unless(doors.IsOpen, "there is no door in the end");
        foreach (var node in world.Nodes)
        {
            var (load, there) = (node!.Proxy!.Load, world.Nodes[1 - node.Node]!.Proxy!.Load);
            // A session whose host went to the other node over a dead link is still there, until its target stops.
            SimulationException.Unless(
                load is { Forwarded: 0, Managing: 0 } && load.NexusesThere <= node.Ports.SessionCount
                && load.NexusesThere == there.NexusesHere,
                $"left over at {node.Machine.Name}: {load}, at the other node: {there}");
        }
    }

    // Until nothing is pending any more; answers with what was.
    private async Task<List<AdditionalSense>> BecomeReadyAsync(Host host, int lun)
    {
        List<AdditionalSense> attentions = [];
        while (true)
        {
            var result = await host.ExecuteAsync(lun, s_testUnitReady);
            if (result.IsGood) return attentions;
            world.Scheduler.Log(host.Name, $"lun {lun} in the end: {result.Describe()}");
            if (!result.TryGetSense(out var sense) || sense.Key != SenseKey.UnitAttention)
                await world.Scheduler.Delay(TimeSpan.FromMilliseconds(100));
            else attentions.Add(sense.Code);
            SimulationException.Unless(attentions.Count < AttentionsMax,
                $"{host.Name} lun {lun}: unit attentions without end: {string.Join(", ", attentions)}");
        }
    }

    private async Task ResetAsync()
    {
        var lun = world.Scheduler.Random.Next(world.Disks.Count);
        await world.Hosts[0].ManageAsync(TaskManagementFunction.LogicalUnitReset, lun);
        foreach (var host in world.Hosts)
            Once(host, lun, AdditionalSense.BusDeviceResetFunctionOccurred, await BecomeReadyAsync(host, lun));
    }

    private async Task ResizeAsync()
    {
        var lun = world.Scheduler.Random.Next(world.Disks.Count);
        var bytes = world.Disks[lun].Medium.LengthBytes + 4096;
        var resized = await world.OwnerOf(lun)!.Units[lun]!.ResizeAsync(bytes, CancellationToken.None);
        SimulationException.Unless(resized.Succeeded, $"lun {lun} cannot be resized: {resized.Reason}");
        foreach (var host in world.Hosts)
        {
            Once(host, lun, AdditionalSense.CapacityDataHasChanged, await BecomeReadyAsync(host, lun));
            var capacity = new byte[8];
            await host.ExecuteAsync(lun, [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], capacity);
            var blocks = BinaryPrimitives.ReadUInt32BigEndian(capacity) + 1L;
            SimulationException.Unless(blocks * BlockContent.Length == bytes,
                $"{host.Name} lun {lun}: {blocks} blocks after a resize to {bytes} bytes");
        }
    }

    private async Task ChangeInventoryAsync()
    {
        var id = TargetSystem.IdOf(0);
        foreach (var framework in world.Nodes.Select(node => node!.Framework))
        {
            foreach (var view in framework.Configuration.ViewsOf(id))
                await framework.RemoveViewEntryAsync(id, view.Index);
            await framework.AddViewEntryAsync(id, new GroupPair(null, null), 0);
        }
        foreach (var host in world.Hosts)
            for (var lun = 0; lun < world.Disks.Count; lun++)
                Once(host, lun, AdditionalSense.ReportedLunsDataHasChanged, await BecomeReadyAsync(host, lun));
    }

    private static void Once(Host host, int lun, AdditionalSense expected, List<AdditionalSense> found) =>
        SimulationException.Unless(found.Count(code => code == expected) == 1,
            $"{host.Name} lun {lun}: {expected} did not come once: {string.Join(", ", found)}");
}
