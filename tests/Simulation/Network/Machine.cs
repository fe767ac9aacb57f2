using System.Net;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Network;

/// <summary>
/// A computer from one power on to the next power off: its clock, its memory, its loops. What is posted to it after it
/// has died is lost.
/// </summary>
internal sealed class Machine
{
    private const long BuffersBytesMax = 8 << 20;
    private static readonly StreamOptions s_streams = new() { ReceiveBytes = 64 << 10 };

    private readonly List<SimulatedLoop> _loops = [];
    private readonly LeaseList _taken = new();
    private readonly LeaseList _spared = new();

    public Machine(SimulatedNetwork network, string name, IPAddress address)
    {
        Network = network;
        Name = name;
        Address = address;
        Clock = new MachineClock(network.Scheduler, () => IsAlive);
    }

    public SimulatedNetwork Network { get; }

    public Scheduler Scheduler => Network.Scheduler;

    public string Name { get; }

    public IPAddress Address { get; }

    public MachineClock Clock { get; }

    public BufferPool Buffers { get; } = new(BuffersBytesMax);

    public bool IsAlive { get; private set; } = true;

    public IReadOnlyList<SimulatedLoop> Loops => _loops;

    public SimulatedLoop AddLoop(string name)
    {
        var loop = new SimulatedLoop(this,
            new LoopOptions { Name = name, Time = Clock, Buffers = Buffers, Streams = s_streams });
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Somebody else has all its buffers but a few of the smallest.</summary>
    public void Starve(int spare)
    {
        Scheduler.Log(Name, $"has {spare} buffers left");
        while (spare-- > 0 && Buffers.TryLease(BufferPool.SmallestBytes, "spare", out var lease)) _spared.Add(lease);
        for (var bytes = BufferPool.LargestBytes; bytes >= BufferPool.SmallestBytes; bytes /= 2)
            while (Buffers.TryLease(bytes, "shortage", out var lease)) _taken.Add(lease);
        _spared.Release();
    }

    /// <summary>They are back.</summary>
    public void Relieve()
    {
        if (_taken.Count > 0) Scheduler.Log(Name, "has buffers again");
        _taken.Release();
    }

    /// <summary>The power goes: nothing of it runs any more.</summary>
    public void Die()
    {
        IsAlive = false;
        Network.PowerLost(this);
    }

    /// <summary>Gives its memory back; what a dead machine held in buffers stays lost.</summary>
    public void Free()
    {
        _taken.Release();
        foreach (var loop in _loops) loop.Streams.Dispose();
        if (Buffers.LeasedBytes == 0) Buffers.Dispose();
    }
}
