using System.Net;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Simulation.Network;
using Lunette.Simulation.Stores;
using Lunette.Simulation.World;
using Lunette.Stmf;
using Lunette.Stmf.Contracts;

namespace Lunette.Simulation.Machines;

/// <summary>
/// The target's machine from power on to power off: loops, framework, iSCSI ports and disks, all the product's own, put
/// together as the daemon does it.
/// </summary>
internal sealed class TargetSystem
{
    /// <summary>Where it is reached: by the first, or by both where one of them fails.</summary>
    public static readonly IReadOnlyList<IPEndPoint> Portals =
        [new(IPAddress.Parse("10.0.0.1"), 3260), new(IPAddress.Parse("10.0.0.2"), 3260)];

    private readonly SimulatedWorld _world;
    private readonly TaskCompletionSource _died = new();

    private TargetSystem(SimulatedWorld world, int number)
    {
        _world = world;
        Machine = new Machine(world.Network, $"target {number}", Portals[0].Address);
        Loops = LoopGroup.Of([Machine.AddLoop("loop-0"), Machine.AddLoop("loop-1")],
            Machine.AddLoop("loop-control"), Machine.Buffers);
        Framework = new StmfFramework(
            new SimulatedConfigStore(Machine, world.Configuration), new FallbackUnit(), Machine.Clock);
        Ports = new IscsiPortProvider(Loops, Framework, options: OptionsOf(world.Scenario),
            entropy: new SeededEntropy(world.Scheduler.Random));
    }

    public Machine Machine { get; }

    public LoopGroup Loops { get; }

    public StmfFramework Framework { get; }

    public IscsiPortProvider Ports { get; }

    public DiskUnit?[] Units { get; private set; } = [];

    public static IscsiName TargetName(int number) => IscsiName.Parse($"iqn.2026-11.example:target{number}");

    /// <summary>Power on, and everything online.</summary>
    public static async Task<TargetSystem> StartAsync(SimulatedWorld world, int number)
    {
        var system = new TargetSystem(world, number);
        Expect(await system.Framework.LoadConfigurationAsync());
        for (var i = 0; i < world.Scenario.Targets; i++)
        {
            var port = system.Ports.AddTarget(new IscsiTargetSettings(TargetName(i)))!;
            Expect(await system.Framework.RegisterTargetPortAsync(port));
        }
        system.Units = new DiskUnit?[world.Disks.Count];
        for (var i = 0; i < world.Disks.Count; i++) system.AddUnit(i);
        Expect(system.Framework.Online());
        await system.Framework.WaitForServiceAsync();
        foreach (var portal in PortalsOf(world.Scenario)) system.Ports.OpenPortal(portal);
        world.Scheduler.Log(system.Machine.Name, "serves");
        return system;
    }

    /// <summary>The portals there are.</summary>
    public static IEnumerable<IPEndPoint> PortalsOf(Scenario scenario) => Portals.Take(scenario.Failover ? 2 : 1);

    public static LogicalUnitId IdOf(int unit) => new(0x6000_0000_0000_0001, (ulong)unit + 1);

    /// <summary>Makes a logical unit of a disk and registers it.</summary>
    public void AddUnit(int number)
    {
        var disk = _world.Disks[number];
        var unit = new DiskUnit(new DiskOptions
        {
            Unit = new UnitOptions
            {
                Id = IdOf(number),
                Alias = disk.Medium.Name,
                Time = Machine.Clock,
                Persistence = new SimulatedPersistence(Machine, disk.Saved),
            },
            LengthBytes = disk.Medium.LengthBytes,
            WriteCacheDisabled = _world.Scenario.WriteCacheDisabled,
            Jobs = new SimulatedJobs(Machine),
        }, () => new(new SimulatedStore(Machine, disk.Medium, disk.Faults), null));
        Expect(Framework.RegisterLogicalUnit(unit));
        Units[number] = unit;
    }

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
        await Framework.ShutDownAsync();
        await Ports.DisposeAsync();
    }

    /// <summary>What is left of a system that has stopped; null for nothing.</summary>
    public string? FindLeftover()
    {
        foreach (var unit in Units)
            if (unit is { TaskCount: > 0 }) return $"{unit.Alias}: {unit.TaskCount} tasks in its set";
        if (Ports.SessionCount > 0) return $"{Ports.SessionCount} sessions";
        // What loops keep for the next connection is theirs, and is given back with them.
        foreach (var loop in Machine.Loops) loop.Streams.Dispose();
        var leases = Machine.Buffers.DescribeLeases();
        if (leases.Count > 0) return "leases: " + string.Join(", ", leases);
        foreach (var loop in Machine.Loops)
            if (loop.TimersArmed > 0) return $"{loop.TimersArmed} timers armed on {loop.Name}";
        return null;
    }

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
