using Lunette.Iscsi;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi.Tests.Kit;

/// <summary>
/// An initiator and targets in memory, on one thread and in virtual time: nothing moves unless the test says so.
/// </summary>
internal sealed class SimulatedNetwork : IStreamDialer, IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ManualLoop _loop = new();
    private readonly BufferPool _buffers = new(64 << 20);
    private readonly List<Wire> _wires = [];

    public SimulatedNetwork() => Initiator = new IscsiInitiator(
        new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2001-04.com.example:host"), Entropy = new Seeded() },
        this);

    public Loop Loop => _loop;

    public IscsiInitiator Initiator { get; }

    public SimulatedTarget Target { get; } = new();

    /// <summary>Other targets by port; what is not there refuses.</summary>
    public Dictionary<int, SimulatedTarget> Others { get; } = [];

    /// <summary>Whether anybody answers.</summary>
    public bool Reachable { get; set; } = true;

    /// <summary>Whether a dial ends at all.</summary>
    public bool HoldsDials { get; set; }

    /// <summary>Cuts what the target sends into pieces; null sends it whole.</summary>
    public Random? Splits { get; set; }

    public List<IscsiSessionNotice> Notices { get; } = [];

    public List<string> Dials { get; } = [];

    public int OpenWires => _wires.Count(wire => !wire.Connection.IsShut);

    public IscsiSessionOptions Options => new()
    {
        TargetName = SimulatedTarget.Name,
        Portals = [new PortalAddress("sim", 3260)],
        InlineContinuations = true,
        VerifyIdentity = false,
        Observer = Notices.Add,
    };

    public void Dial(string host, int port, StreamDial dial)
    {
        Dials.Add($"{host}:{port}");
        if (!HoldsDials) _loop.Post(new Arrival(this, port, dial));
    }

    public async Task<IscsiSession> ConnectAsync(IscsiSessionOptions? options = null)
    {
        var stop = TestContext.Current.CancellationToken;
        var connecting = IscsiSession.ConnectAsync(Initiator, options ?? Options, stop);
        Advance(TimeSpan.FromMilliseconds(100));
        return await connecting.WaitAsync(Patience, stop);
    }

    /// <summary>Runs until nothing moves any more.</summary>
    public void Pump()
    {
        for (var rounds = 0; ; rounds++)
        {
            Assert.True(rounds < 100_000, "the network does not come to rest");
            _loop.Pump();
            if (!Carry() && _loop.IsIdle) return;
        }
    }

    /// <summary>Moves the clock on; what is said meanwhile arrives.</summary>
    public void Advance(TimeSpan by)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (; by > TimeSpan.Zero; by -= step)
        {
            _loop.Advance(by < step ? by : step);
            Pump();
        }
    }

    /// <summary>This machine stands still: time passes, and what was said meanwhile comes behind its timers.</summary>
    public void StandStill(TimeSpan by)
    {
        _loop.StandStill(by);
        Pump();
    }

    /// <summary>Every connection breaks; what was on the way is lost.</summary>
    public void Cut()
    {
        foreach (var wire in _wires) wire.Connection.ClosePeer();
        _wires.Clear();
    }

    /// <summary>The target takes only so many bytes more on the newest connection.</summary>
    public void Clog(long bytes) => _wires[^1].Connection.SendRoom = bytes;

    /// <summary>The loop ends under whatever is open.</summary>
    public void EndLoop()
    {
        foreach (var wire in _wires) wire.Connection.Close(StreamEnd.LoopEnded);
        _loop.End();
    }

    /// <summary>A command, carried through.</summary>
    public async Task<ScsiResult> RunAsync(
        IscsiSession session, byte[] cdb, Memory<byte> dataIn = default, ReadOnlyMemory<byte> dataOut = default)
    {
        var task = Start(session, cdb, dataIn, dataOut);
        Pump();
        return await task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>A command, handed over; it goes on the wire when the network moves.</summary>
    public static Task<ScsiResult> Start(
        IscsiSession session, byte[] cdb, Memory<byte> dataIn = default, ReadOnlyMemory<byte> dataOut = default) =>
        session.ExecuteAsync(new IscsiCommand(Lun.Zero, cdb), dataIn, dataOut, CancellationToken.None).AsTask();

    /// <summary>One that can be cancelled.</summary>
    public static Task<ScsiResult> StartCancellable(
        IscsiSession session, byte[] cdb, Memory<byte> dataIn, ReadOnlyMemory<byte> dataOut, CancellationToken stop) =>
        session.ExecuteAsync(new IscsiCommand(Lun.Zero, cdb), dataIn, dataOut, stop).AsTask();

    public async Task CloseAsync(IscsiSession session)
    {
        var closing = session.DisposeAsync().AsTask();
        Pump();
        await closing.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        foreach (var wire in _wires) wire.Connection.Close();
        _loop.Pump();
        foreach (var wire in _all) wire.Connection.Dispose();
        _buffers.Dispose();         // says when anything was left on lease
    }

    public static byte[] Read10(int lba, int count) =>
        [0x28, 0, 0, 0, (byte)(lba >> 8), (byte)lba, 0, 0, (byte)count, 0];

    public static byte[] Write10(int lba, int count) =>
        [0x2A, 0, 0, 0, (byte)(lba >> 8), (byte)lba, 0, (byte)(count >> 8), (byte)count, 0];

    private readonly List<Wire> _all = [];

    private bool Carry()
    {
        var moved = false;
        for (var i = _wires.Count - 1; i >= 0; i--)
        {
            var wire = _wires[i];
            moved |= wire.Carry(Splits);
            if (!wire.IsDone) continue;
            wire.Connection.ClosePeer();
            _wires.RemoveAt(i);
            moved = true;
        }
        return moved;
    }

    private void Arrive(int port, StreamDial dial)
    {
        var target = port == 3260 ? Target : Others.GetValueOrDefault(port);
        if (!Reachable || target is null)
        {
            dial.EndWith("cannot connect: nobody listens");
            return;
        }
        var connection = new MemoryConnection(_loop, _buffers);
        var wire = new Wire(connection, target.Accept());
        _wires.Add(wire);
        _all.Add(wire);
        dial.EndWith(connection);
    }

    private sealed class Wire(MemoryConnection connection, TargetSide side)
    {
        public MemoryConnection Connection { get; } = connection;

        public bool IsDone => Connection.IsShut || (side.Closing && side.OutLength == 0);

        public bool Carry(Random? splits)
        {
            var sent = Connection.Take();
            if (sent.Length > 0) side.Receive(sent);
            if (side.OutLength == 0) return sent.Length > 0;
            var said = side.Out.ToArray();
            side.TakeOut();
            for (var at = 0; at < said.Length;)
            {
                var take = splits is null ? said.Length : Math.Min(said.Length - at, splits.Next(1, 30_000));
                Connection.Put(said.AsMemory(at, take));
                at += take;
            }
            return true;
        }
    }

    private sealed class Arrival(SimulatedNetwork network, int port, StreamDial dial) : LoopWork
    {
        public override void Run() => network.Arrive(port, dial);
    }

    private sealed class Seeded : IEntropy
    {
        private readonly Random _random = new(7);

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }
}
