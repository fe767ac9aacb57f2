using System.Net;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Network;

/// <summary>The network all machines are on.</summary>
internal sealed class SimulatedNetwork(Scheduler scheduler)
{
    private readonly Dictionary<IPEndPoint, Listener> _listeners = [];
    private readonly Dictionary<Machine, long> _partitions = [];
    private readonly List<Link> _links = [];
    private IPEndPoint? _deadPortal;
    private int _numbers;

    public Scheduler Scheduler => scheduler;

    /// <summary>Whether PDUs may come again, so that links keep some.</summary>
    public bool RepeatsPdus { get; init; }

    /// <summary>Links that may still be in use.</summary>
    public IReadOnlyList<Link> Links
    {
        get
        {
            _links.RemoveAll(link => link.IsOver || (link.ToTarget.EndSent && link.ToInitiator.EndSent));
            return _links;
        }
    }

    public StreamListener Listen(SimulatedLoop loop, IPEndPoint endPoint, IStreamAcceptor acceptor) =>
        _listeners[endPoint] = new Listener(this, loop, endPoint, acceptor);

    /// <summary>A machine's pieces get through again at this time.</summary>
    public long PartitionedUntil(Machine machine) => _partitions.GetValueOrDefault(machine);

    public void Partition(Machine machine, TimeSpan time)
    {
        scheduler.Log(machine.Name, $"partitioned for {time.TotalMilliseconds:0} ms");
        _partitions[machine] = scheduler.Now + (time.Ticks * 100);
    }

    /// <summary>The target's machine has lost power: its connections are gone, told or not.</summary>
    public void PowerLost(Machine machine)
    {
        foreach (var end in _listeners.Where(l => l.Value.Loop.Machine == machine).Select(l => l.Key).ToArray())
            _listeners.Remove(end);
        foreach (var link in _links.Where(link => link.Target == machine))
        {
            if (scheduler.OneIn(2)) link.Reset("power loss");
            else link.Silence(toTarget: true, toInitiator: true);
        }
    }

    /// <summary>A portal cannot be reached from now on, and the one that could not be can: connections by it break or
    /// fall silent. It stays so when all is healed: whoever has another way must take it.</summary>
    public void KillPortal(IPEndPoint portal)
    {
        scheduler.Log("network", $"{portal} is dead");
        _deadPortal = portal;
        foreach (var link in Links.Where(link => link.Portal.Equals(portal)).ToArray())
        {
            if (scheduler.OneIn(2)) link.Reset("dead portal");
            else link.Silence(toTarget: true, toInitiator: true);
        }
    }

    /// <summary>Every portal can be reached.</summary>
    public void RevivePortals() => _deadPortal = null;

    public void Heal()
    {
        _partitions.Clear();
        foreach (var pipe in Links.SelectMany(link => (Pipe[])[link.ToTarget, link.ToInitiator]))
            pipe.RepeatsNext = pipe.TurnsNext = false;
    }

    /// <summary>Connects an initiator's machine to wherever it wants to.</summary>
    public void Connect(
        Machine initiator, SimulatedLoop loop, IPEndPoint to, StreamDial dial, SimulatedDialer dialer)
    {
        var at = Math.Max(scheduler.Now + scheduler.Random.Next(300_000), PartitionedUntil(initiator));
        scheduler.At(at, () =>
        {
            var isDead = to.Equals(_deadPortal);
            // Half of the time nothing says so.
            if (isDead && scheduler.OneIn(2)) return;
            if (!isDead && _listeners.TryGetValue(to, out var listener))
                Establish(initiator, loop, listener, dial, dialer);
            else loop.Post(new Act(() => dial.EndWith("connection refused")));
        });
    }

    private void Establish(
        Machine initiator, SimulatedLoop loop, Listener listener, StreamDial dial, SimulatedDialer dialer)
    {
        var link = new Link(this, ++_numbers, initiator, listener.Loop.Machine, listener.EndPoint);
        _links.Add(link);
        scheduler.Log(link.Name, $"{initiator.Name} connects");
        var local = new IPEndPoint(initiator.Address, 40_000 + (_numbers % 20_000));
        listener.Loop.Post(new Act(() => listener.Accept(
            new SimulatedConnection(listener.Loop, link, isInitiator: false, local, listener.EndPoint))));
        loop.Post(new Act(() => dialer.Connected(dial,
            new SimulatedConnection(loop, link, isInitiator: true, listener.EndPoint, local))));
    }

    private sealed class Listener(
        SimulatedNetwork network, SimulatedLoop loop, IPEndPoint endPoint, IStreamAcceptor acceptor) : StreamListener
    {
        public SimulatedLoop Loop => loop;

        public override IPEndPoint EndPoint => endPoint;

        public void Accept(SimulatedConnection connection)
        {
            if (acceptor.Accepted(connection) is { } handler) connection.Start(handler);
            else connection.Close();
        }

        public override void Dispose()
        {
            if (network._listeners.GetValueOrDefault(endPoint) == this) network._listeners.Remove(endPoint);
        }
    }

    private sealed class Act(Action act) : LoopWork
    {
        public override void Run() => act();
    }
}

/// <summary>Dials over the simulated network.</summary>
internal sealed class SimulatedDialer(Machine machine, SimulatedLoop loop) : IStreamDialer
{
    /// <inheritdoc/>
    public Loop Loop => loop;

    /// <summary>Where the last connection went; null before the first.</summary>
    public IPEndPoint? LastPortal { get; private set; }

    /// <summary>A connection is there.</summary>
    public void Connected(StreamDial dial, SimulatedConnection connection)
    {
        LastPortal = connection.RemoteEndPoint;
        dial.EndWith(connection);
    }

    /// <inheritdoc/>
    public void Dial(string host, int port, StreamDial dial) =>
        machine.Network.Connect(machine, loop, new IPEndPoint(IPAddress.Parse(host), port), dial, this);
}
