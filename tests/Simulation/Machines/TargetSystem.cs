using System.Net;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi;
using Lunette.Proxy;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Simulation.Network;
using Lunette.Simulation.Stores;
using Lunette.Simulation.World;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Simulation.Machines;

/// <summary>
/// A target's machine from power on to power off: loops, framework, iSCSI ports and disks, all the product's own, put
/// together as the daemon does it. Where there are two, each is a node and shows what the other one owns.
/// </summary>
internal sealed class TargetSystem
{
    private const int PortalsOfNode = 2;
    private static readonly IPEndPoint[] s_portals =
        [.. Enumerable.Range(1, 2 * PortalsOfNode).Select(i => new IPEndPoint(IPAddress.Parse($"10.0.0.{i}"), 3260))];

    private readonly SimulatedWorld _world;
    private readonly TaskCompletionSource _died = new();

    private TargetSystem(SimulatedWorld world, int node, int number)
    {
        _world = world;
        Node = node;
        var name = world.Scenario.TwoNodes ? $"node {node} {number}" : $"target {number}";
        Machine = new Machine(world.Network, name, s_portals[PortalsOfNode * node].Address);
        Loops = LoopGroup.Of([Machine.AddLoop("loop-0"), Machine.AddLoop("loop-1")],
            Machine.AddLoop("loop-control"), Machine.Buffers);
        Framework = new StmfFramework(
            new SimulatedConfigStore(Machine, world.Configurations[node]), new FallbackUnit(), Machine.Clock);
        Ports = new IscsiPortProvider(Loops, Framework, options: OptionsOf(world.Scenario),
            entropy: new SeededEntropy(world.Scheduler.Random));
        if (world.Scenario.TwoNodes)
        {
            Proxy = new ProxyNode(
                Framework, Loops.LeastLoaded, Machine.Buffers, Machine.Clock, Describe, Stand,
                NullLogger<ProxyNode>.Instance);
        }
    }

    /// <summary>Which of the two it is, 0 or 1.</summary>
    public int Node { get; }

    /// <summary>Its way to the other node; null where there is none.</summary>
    public ProxyNode? Proxy { get; }

    public Machine Machine { get; }

    public LoopGroup Loops { get; }

    public StmfFramework Framework { get; }

    public IscsiPortProvider Ports { get; }

    public DiskUnit?[] Units { get; private set; } = [];

    public static IscsiName TargetName(int number) => IscsiName.Parse($"iqn.2026-11.example:target{number}");

    /// <summary>Power on, and everything online.</summary>
    public static async Task<TargetSystem> StartAsync(SimulatedWorld world, int node, int number)
    {
        var scenario = world.Scenario;
        var system = new TargetSystem(world, node, number);
        Expect(await system.Framework.LoadConfigurationAsync());
        if (scenario.TwoNodes && !system.Framework.Configuration.Alua.Enabled)
            Expect(await system.Framework.SetAluaAsync(new AluaState(true, (uint)node)));
        var group = (ushort)(node + 1);
        for (var i = 0; i < scenario.Targets; i++)
        {
            var port = system.Ports.AddTarget(new IscsiTargetSettings(TargetName(i), PortalGroups: [group]))!;
            Expect(await system.Framework.RegisterTargetPortAsync(port));
        }
        system.Units = new DiskUnit?[world.Disks.Count];
        for (var i = 0; i < world.Disks.Count; i++)
            if (world.Disks[i].Owner == node) system.AddUnit(i);
        Expect(system.Framework.Online());
        await system.Framework.WaitForServiceAsync();
        foreach (var portal in PortalsOf(scenario, node)) system.Ports.OpenPortal(portal, group);
        world.Scheduler.Log(system.Machine.Name, "serves");
        return system;
    }

    /// <summary>The portals there are, of all nodes.</summary>
    public static IEnumerable<IPEndPoint> PortalsOf(Scenario scenario) =>
        Enumerable.Range(0, scenario.Nodes).SelectMany(node => PortalsOf(scenario, node));

    /// <summary>The node that has a portal.</summary>
    public static int NodeOf(IPEndPoint portal) => Array.IndexOf(s_portals, portal) / PortalsOfNode;

    private static IEnumerable<IPEndPoint> PortalsOf(Scenario scenario, int node) =>
        s_portals.Skip(PortalsOfNode * node).Take(scenario.Failover ? PortalsOfNode : 1);

    public static LogicalUnitId IdOf(int unit) => new(0x6000_0000_0000_0001, (ulong)unit + 1);

    /// <summary>Makes a logical unit of a disk and registers it.</summary>
    public void AddUnit(int number)
    {
        var disk = _world.Disks[number];
        var unit = new DiskUnit(
            ShapeOf(IdOf(number), disk.Medium.Name, disk.Medium.LengthBytes,
                new SimulatedPersistence(Machine, disk.Saved)),
            () => new(new SimulatedStore(Machine, disk.Medium, disk.Faults), null));
        Expect(Framework.RegisterLogicalUnit(unit));
        Units[number] = unit;
    }

    /// <summary>Has a disk that nobody else has now, once what stands by for it is gone.</summary>
    public async Task TakeUnitAsync(int number)
    {
        var id = IdOf(number);
        while (Framework.FindLogicalUnit(id) is not null)
            if (!await Proxy!.WithdrawAsync(id)) await _world.Scheduler.Delay(TimeSpan.FromMilliseconds(20));
        AddUnit(number);
        _world.Scheduler.Log(Machine.Name, $"takes disk {number}");
    }

    /// <summary>Forgets a disk; false where it does not come to rest.</summary>
    public async Task<bool> ForgetUnitAsync(int number)
    {
        var id = IdOf(number);
        Framework.OfflineLogicalUnit(id);
        await Framework.WaitForLogicalUnitAsync(id, online: false);
        if (!Framework.DeregisterLogicalUnit(id).Succeeded) return false;
        Units[number] = null;
        return true;
    }

    /// <summary>Whether it shows a disk of the other node's, and the way there is open.</summary>
    public bool Shows(int number) => Framework.FindLogicalUnit(IdOf(number)) is
    {
        State: Stmf.Transitions.ObjectState.Online,
        Access: AsymmetricAccessState.ActiveNonOptimized,
    };

    /// <summary>Its power went.</summary>
    public Task Died => _died.Task;

    /// <summary>Power off.</summary>
    public void Die()
    {
        Machine.Die();
        _died.SetResult();
    }

    /// <summary>Everything offline, nothing left.</summary>
    public async Task StopAsync()
    {
        if (Proxy is not null) await Proxy.DisposeAsync();
        await Framework.ShutDownAsync();
        await Ports.DisposeAsync();
    }

    /// <summary>What is left of a system that has stopped; null for nothing.</summary>
    public string? FindLeftover()
    {
        foreach (var unit in Units)
        {
            if (unit is { TaskCount: > 0 }) return $"{unit.Alias}: {unit.TaskCount} tasks in its set";
            if (unit is { NexusCount: > 0 }) return $"{unit.Alias}: {unit.NexusCount} nexuses";
        }
        if (Ports.SessionCount > 0) return $"{Ports.SessionCount} sessions";
        // What loops keep for the next connection is theirs, and is given back with them.
        foreach (var loop in Machine.Loops) loop.Streams.Dispose();
        var leases = Machine.Buffers.DescribeLeases();
        if (leases.Count > 0) return "leases: " + string.Join(", ", leases);
        foreach (var loop in Machine.Loops)
            if (loop.TimersArmed > 0) return $"{loop.TimersArmed} timers armed on {loop.Name}";
        return null;
    }

    private DiskOptions ShapeOf(LogicalUnitId id, string alias, long bytes, SimulatedPersistence? persistence) => new()
    {
        Unit = new UnitOptions { Id = id, Alias = alias, Time = Machine.Clock, Persistence = persistence },
        LengthBytes = bytes,
        WriteCacheDisabled = _world.Scenario.WriteCacheDisabled,
        Jobs = new SimulatedJobs(Machine),
    };

    private static ProxiedUnit? Describe(LogicalUnit unit) => unit is DiskUnit disk
        ? new ProxiedUnit(
            disk.Id, disk.Alias, disk.Options.VendorId, disk.Options.ProductId, disk.Options.SerialNumber,
            disk.Disk.LengthBytes, disk.Disk.BlockLengthBytes)
        : null;

    private DiskUnit Stand(ProxiedUnit unit) => new(
        ShapeOf(unit.Id, unit.Alias, unit.LengthBytes, persistence: null),
        () => new(new RamStore(unit.LengthBytes), null));

    private static IscsiPortOptions OptionsOf(Scenario scenario)
    {
        var options = new IscsiPortOptions();
        if (!scenario.SmallBursts) return options;
        return options with
        {
            CommandWindow = 8,
            Negotiation = options.Negotiation with
            {
                MaxRecvDataSegmentLength = 4096,
                FirstBurstLength = 4096,
                MaxBurstLength = 8192,
            },
        };
    }

    private static void Expect(StmfResult result) =>
        SimulationException.Unless(result.Succeeded, $"the target does not start: {result}");
}
