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
    private const long BuffersBytesMax = 32 << 20;
    private static readonly StreamOptions s_streams = new() { ReceiveBytes = 64 << 10 };

    private readonly List<SimulatedLoop> _loops = [];

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

    public TimeProvider Clock { get; }

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

    /// <summary>The power goes: nothing of it runs any more.</summary>
    public void Die()
    {
        IsAlive = false;
        Network.PowerLost(this);
    }

    /// <summary>Gives its memory back; what a dead machine held in buffers stays lost.</summary>
    public void Free()
    {
        foreach (var loop in _loops) loop.Streams.Dispose();
        if (Buffers.LeasedBytes == 0) Buffers.Dispose();
    }
}
