using Lunette.Simulation.Checks;
using Lunette.Simulation.Machines;
using Lunette.Simulation.Network;
using Lunette.Stmf.Configuration;

namespace Lunette.Simulation.World;

/// <summary>
/// Everything there is in one run: hosts, a network, the target's machine, its disks, and whoever breaks and mends
/// them. First things break and safety is looked at; then all is healed, and everything must come to rest and be clean.
/// </summary>
internal sealed class SimulatedWorld
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lingering = TimeSpan.FromSeconds(10);
    private const long LettingGo = 5_000_000;       // nanoseconds: the tasks of a door that has ended are aborted
    private static readonly TimeSpan s_restLimit = TimeSpan.FromMinutes(5);

    private readonly HashSet<(int Lun, int Block)> _blocksTaken = [];
    private readonly List<TargetSystem> _dead = [];
    private ulong _writes;

    private SimulatedWorld(Scenario scenario, Scheduler scheduler)
    {
        Scenario = scenario;
        Scheduler = scheduler;
        Network = new SimulatedNetwork(scheduler) { RepeatsPdus = scenario.Duplicates };
        Nodes = new TargetSystem?[scenario.Nodes];
        Configurations = [.. Nodes.Select(_ => new MemoryConfigStore())];
        Disks = [.. Enumerable.Range(0, scenario.Units)
            .Select(i => new WorldDisk(scheduler, i, scenario.TwoNodes) { Owner = i % scenario.Nodes })];
        if (scenario.TwoNodes) Doors = new Doorkeeper(this);
        Hosts = [.. Enumerable.Range(0, scenario.Hosts).Select(i => new Host(this, i))];
        Applications = [.. Hosts.SelectMany(
            host => Enumerable.Range(0, scenario.Applications).Select(i => new Application(this, host, i)))];
    }

    public Scenario Scenario { get; }

    public Scheduler Scheduler { get; }

    public SimulatedNetwork Network { get; }

    public IReadOnlyList<WorldDisk> Disks { get; }

    public IReadOnlyList<Host> Hosts { get; }

    public IReadOnlyList<Application> Applications { get; }

    /// <summary>What of the configuration outlives each of the target's machines.</summary>
    public IReadOnlyList<MemoryConfigStore> Configurations { get; }

    /// <summary>The target's machines now; null while the power is off.</summary>
    public TargetSystem?[] Nodes { get; }

    /// <summary>The doors between two nodes; null where there is one.</summary>
    public Doorkeeper? Doors { get; }

    /// <summary>Nothing new is begun.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Runs a scenario; what it finds it throws.</summary>
    /// <param name="scenario">What there is.</param>
    /// <param name="scheduler">Time and chance.</param>
    /// <param name="script">What happens instead of applications and troubles, where it is too rare for chance.</param>
    public static void Run(Scenario scenario, Scheduler scheduler, Func<SimulatedWorld, Task>? script = null)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(scheduler);
        var world = new SimulatedWorld(scenario, scheduler);
        try
        {
            world.Run(script);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            world.Free();
        }
    }

    public ulong NextWrite() => ++_writes;

    /// <summary>Takes blocks for one writer, where the initiator may send a write twice: a second execution must not
    /// undo another's write.</summary>
    public bool TryTakeBlocks(int lun, int block, int count)
    {
        if (!Scenario.Replays) return true;
        for (var i = 0; i < count; i++)
            if (_blocksTaken.Contains((lun, block + i))) return false;
        for (var i = 0; i < count; i++) _blocksTaken.Add((lun, block + i));
        return true;
    }

    public void GiveBlocks(int lun, int block, int count)
    {
        for (var i = 0; i < count; i++) _blocksTaken.Remove((lun, block + i));
    }

    /// <summary>The machine that has a disk; null while its power is off.</summary>
    public TargetSystem? OwnerOf(int lun) => Nodes[Disks[lun].Owner];

    /// <summary>A host's session was made anew where it was: what its last one had begun there is over, or will be
    /// when a door is opened anew.</summary>
    public void SessionRenewed(SessionWay way)
    {
        foreach (var disk in Disks) disk.History.SessionRenewed(way, Doors is null or { IsOpen: true }, Scheduler.Now);
    }

    /// <summary>What the last door took with it is over in a moment.</summary>
    public void DoorOpened()
    {
        foreach (var disk in Disks) disk.History.DoorOpened(Scheduler.Now + LettingGo);
    }

    /// <summary>The power of one of the target's machines goes, now.</summary>
    public void LosePower(int node)
    {
        var target = Nodes[node]!;
        Scheduler.Log(target.Machine.Name, "power loss");
        Nodes[node] = null;
        target.Die();
        Doors?.PowerLost(target.Machine);
        _dead.Add(target);
        foreach (var disk in Disks)
        {
            disk.History.NodeDied(node);
            if (disk.Owner != node) continue;
            disk.Medium.PowerLost();
            disk.History.PowerLost(
                block => BlockContent.Read(disk.Medium.Read(block), disk.Medium.Name), Scheduler.Now);
            disk.FencePowerLost();
        }
    }

    private void Run(Func<SimulatedWorld, Task>? script)
    {
        Complete(StartAsync(), s_startLimit, "the target does not start");
        var doors = Doors?.RunAsync() ?? Task.CompletedTask;
        List<Task> busy = script is not null
            ? [script(this)]
            : [.. Applications.Select(application => application.RunAsync()), .. new Troubles(this).Begin()];
        _ = Scheduler.RunUntil(
            () => doors.IsFaulted || busy.Exists(task => task.IsFaulted) || (script is not null && busy[0].IsCompleted),
            Scenario.Length);
        IsEnding = true;
        Scheduler.Log("world", "heals");
        Network.Heal();
        Doors?.Heal();
        foreach (var disk in Disks) disk.Faults.Heal();
        Complete(Task.WhenAll(busy), s_restLimit, "not everybody comes to rest");
        Complete(new Ending(this).RunAsync(), s_restLimit, "the end does not come");
        Complete(doors, s_restLimit, "doors are opened without end");
        // Connections that close in order linger; then nothing may be left.
        _ = Scheduler.RunUntil(() => false, s_lingering);
        foreach (var disk in Disks) disk.History.Check();
        foreach (var host in Hosts) Clean(host.FindLeftover());
        foreach (var node in Nodes) Clean(node!.FindLeftover());
        Scheduler.Log("world", $"{_writes} writes, {Scheduler.Events} events");
    }

    private async Task StartAsync()
    {
        for (var node = 0; node < Nodes.Length; node++)
        {
            var target = Nodes[node] = await TargetSystem.StartAsync(this, node, 0);
            for (var i = 0; i < Disks.Count; i++)
                await target.Framework.AddViewEntryAsync(TargetSystem.IdOf(i), new GroupPair(null, null), i);
        }
    }

    private void Complete(Task task, TimeSpan within, string otherwise)
    {
        _ = Scheduler.RunUntil(() => task.IsCompleted, within);
        if (task.Exception is { } failure)
        {
            throw failure.Flatten().InnerExceptions.OfType<SimulationException>().FirstOrDefault()
                ?? failure.InnerException!;
        }
        SimulationException.Unless(task.IsCompleted, otherwise);
    }

    private static void Clean(string? leftover) =>
        SimulationException.Unless(leftover is null, $"left over: {leftover}");

    private void Free()
    {
        foreach (var host in Hosts) host.Machine.Free();
        foreach (var dead in _dead) dead.Machine.Free();
        foreach (var node in Nodes) node?.Machine.Free();
    }
}
