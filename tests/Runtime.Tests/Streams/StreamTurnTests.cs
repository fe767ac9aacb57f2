using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Tests.Streams;

/// <summary>What one connection may do before the others of its loop have their turn.</summary>
public sealed class StreamTurnTests : IDisposable
{
    private readonly BufferPool _buffers = new(64 << 20);
    private readonly ManualLoop _loop = new();
    private readonly List<MessageEcho> _order = [];

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void Received_ManyRequestsAtOnceAndPeerTakesNothing_AnswersStayWithinTheBound()
    {
        using var peer = Connect(new StreamOptions { UnsentBytesMax = 50_000, TurnBytes = 10_000 }, out var echo);
        peer.SendRoom = 0;
        var stream = Messages(200, 900);
        peer.Put(stream);
        _loop.Pump();
        Assert.InRange(peer.UnsentBytes, 50_000, 50_000 + 10_000 + 904);
        var before = echo.Messages;
        peer.GiveRoom(10_000);
        _loop.Pump();
        Assert.Equal(before, echo.Messages);
        peer.GiveRoom(long.MaxValue);
        _loop.Pump();
        Assert.Equal(stream, peer.Take());
        Close(peer);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Fact]
    public void Received_OneAsksForMuch_NeighbourHasItsTurnInBetween()
    {
        var options = new StreamOptions { TurnBytes = 5000 };
        using var greedy = Connect(options, out var much);
        using var neighbour = Connect(options, out var little);
        greedy.Put(Messages(100, 900));
        neighbour.Put(Messages(1, 900));
        _loop.Pump();
        Assert.Equal(101, _order.Count);
        Assert.InRange(_order.IndexOf(little), 1, 6);
        Assert.Equal(100, much.Messages);
        Close(greedy);
        Close(neighbour);
    }

    [Fact]
    public void Received_AnswerLongerThanATurn_TurnsAreMissedUntilItIsMadeUpFor()
    {
        var options = new StreamOptions { TurnBytes = 5000 };
        using var greedy = Connect(options, out var much);
        using var neighbour = Connect(options, out var little);
        // 50,000 bytes are ten turns; in each the neighbour is answered once or twice.
        greedy.Put(Messages(1, 50_000));
        greedy.Put(Messages(1, 900));
        for (var i = 0; i < 30; i++) neighbour.Put(Messages(1, 100));
        _loop.Pump();
        var first = _order.IndexOf(much);
        var second = _order.IndexOf(much, first + 1);
        Assert.InRange(_order[first..second].Count(echo => echo == little), 8, 25);
        Close(greedy);
        Close(neighbour);
    }

    [Fact]
    public void Send_MoreThanATurn_SentInPortions()
    {
        using var peer = Connect(new StreamOptions { TurnBytes = 5000 }, out _);
        var stream = Messages(1, 30_000);
        peer.Put(stream);
        for (var i = 0; i < 100 && peer.UnsentBytes == 0; i++) _loop.PumpOne();
        var most = peer.UnsentBytes;
        while (peer.UnsentBytes > 0)
        {
            var before = peer.SentBytes;
            Assert.True(_loop.PumpOne(), "what is unsent gets a turn by itself");
            Assert.InRange(peer.SentBytes - before, 0, 5000);
        }
        Assert.Equal(stream.Length, most);
        Assert.Equal(stream, peer.Take());
        Close(peer);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    // Work of a handler's own goes on turn by turn, and does not keep it from what comes meanwhile.
    [Fact]
    public void LeaveForNextTurn_WorkLeft_BytesThatComeAreLookedAtMeanwhile()
    {
        using var peer = new MemoryConnection(_loop, _buffers, new StreamOptions());
        var worker = new Worker { Left = 20 };
        peer.Start(worker);
        peer.Put(new byte[1]);
        for (var i = 0; i < 100 && worker.Left > 15; i++) _loop.PumpOne();
        peer.Put(new byte[1]);
        _loop.Pump();
        Assert.Equal(0, worker.Left);
        Assert.Equal(2, worker.LeftWhenReceived.Count);
        Assert.InRange(worker.LeftWhenReceived[1], 12, 15);
        Close(peer);
    }

    // Nor does what goes straight into its place, round after round, keep it from that work.
    [Fact]
    public void LeaveForNextTurn_DirectReceiveGoesOn_WorkIsDoneMeanwhile()
    {
        using var peer = new MemoryConnection(_loop, _buffers, new StreamOptions { TurnBytes = 1000 });
        using var place = new LeaseHolder(_buffers, 100_000);
        var worker = new Worker { Left = 20, Direct = place.Leases };
        peer.Start(worker);
        peer.Put(new byte[1]);
        peer.Put(new byte[100_000]);
        _loop.Pump();
        Assert.Equal(0, worker.LeftWhenDirect);
        Assert.Equal(0, worker.Left);
        Close(peer);
    }

    private sealed class LeaseHolder : IDisposable
    {
        public LeaseHolder(BufferPool buffers, int length) => Assert.True(buffers.TryLease(length, "place", Leases));

        public LeaseList Leases { get; } = new();

        public void Dispose() => Leases.Release();
    }

    private sealed class Worker : StreamHandler
    {
        private StreamConnection _stream = null!;

        /// <summary>Where what follows the first bytes goes.</summary>
        public LeaseList? Direct { get; init; }

        public int? LeftWhenDirect { get; private set; }

        public int Left { get; set; }

        public List<int> LeftWhenReceived { get; } = [];

        public override int BytesWanted => 1;

        public override void Attached(StreamConnection connection) => _stream = connection;

        public override int Received(Span<byte> bytes)
        {
            LeftWhenReceived.Add(Left);
            if (Left > 0) _stream.LeaveForNextTurn();
            if (Direct is null) return bytes.Length;
            _stream.ReceiveDirect(Direct, 0, Direct.Length - (bytes.Length - 1));
            return bytes.Length;
        }

        public override void DirectReceived() => LeftWhenDirect = Left;

        public override void TurnEnds()
        {
            if (--Left > 0) _stream.LeaveForNextTurn();
        }

        public override void Closed(StreamEnd end)
        {
        }
    }

    private MemoryConnection Connect(StreamOptions options, out MessageEcho echo)
    {
        var peer = new MemoryConnection(_loop, _buffers, options);
        echo = new MessageEcho(_buffers) { OnMessage = _order.Add };
        peer.Start(echo);
        return peer;
    }

    private static byte[] Messages(int count, int length) =>
        [.. Enumerable.Range(0, count).SelectMany(i => MessageEcho.Message(length, i))];

    private void Close(MemoryConnection peer)
    {
        peer.ClosePeer();
        _loop.Pump();
        peer.Dispose();
    }
}
