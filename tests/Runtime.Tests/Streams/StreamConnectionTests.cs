using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Tests.Streams;

public sealed class StreamConnectionTests : IDisposable
{
    private readonly BufferPool _buffers = new(64 << 20);
    private readonly ManualLoop _loop = new();

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void Received_EverySplitInTwo_SameAnswer()
    {
        var stream = Stream(3, 0, 900, 2500, 5, 1001);
        for (var at = 1; at < stream.Length; at++)
        {
            using var peer = Connect(out _);
            peer.Put(stream.AsMemory(0, at));
            peer.Put(stream.AsMemory(at));
            _loop.Pump();
            Assert.True(stream.AsSpan().SequenceEqual(peer.Take()), $"split at {at}");
            Close(peer);
        }
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Received_RandomMessagesInRandomPieces_SameAnswer(int seed)
    {
        var random = new Random(seed);
        var lengths = Enumerable.Range(0, 60).Select(_ => random.Next(random.Next(4) == 0 ? 300_000 : 1500));
        var stream = Stream([.. lengths]);
        using var peer = Connect(out var echo);
        for (var at = 0; at < stream.Length;)
        {
            var take = Math.Min(stream.Length - at, random.Next(2) == 0 ? random.Next(1, 50) : random.Next(1, 100_000));
            peer.Put(stream.AsMemory(at, take));
            if (random.Next(3) == 0) _loop.Pump();
            at += take;
        }
        _loop.Pump();
        Assert.Equal(60, echo.Messages);
        Assert.True(stream.AsSpan().SequenceEqual(peer.Take()), $"seed {seed}");
        Close(peer);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(9, 3)]
    public void Received_LongMessagesThatAreThere_OneEventBringsAFewOfThem(int count, int batches)
    {
        var stream = Stream([.. Enumerable.Repeat(100_000, count)]);
        // The length alone comes into the loop's buffer: everything else is received where it belongs.
        using var peer = Connect(out var echo, atOnce: 4);
        var before = echo.Batches;
        peer.Put(stream);
        _loop.Pump();
        Assert.Equal((count, batches), (echo.Messages, echo.Batches - before));
        Assert.True(stream.AsSpan().SequenceEqual(peer.Take()));
        Close(peer);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Fact]
    public void Send_TransportTakesLittle_KeepsOrderAndLeases()
    {
        var stream = Stream(10, 5000, 20, 30_000, 700);
        using var peer = Connect(out _);
        peer.SendRoom = 0;
        peer.Put(stream);
        _loop.Pump();
        Assert.Empty(peer.Take());
        Assert.True(_buffers.LeasedBytes > 0);
        var sent = new List<byte>();
        for (var i = 1; sent.Count < stream.Length; i++)
        {
            peer.GiveRoom(i % 97);
            _loop.Pump();
            sent.AddRange(peer.Take());
            Assert.True(i < 10_000);
        }
        Assert.Equal(stream, sent);
        Close(peer);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Fact]
    public void SendEarly_EnoughIsWaiting_PeerHasItBeforeTheBatchEnds()
    {
        using var peer = Connect(out var echo, new StreamOptions { EarlySendBytes = 1000 });
        var early = new List<int>();
        echo.OnMessage = e =>
        {
            e.Connection!.SendEarly();
            early.Add(peer.Take().Length);
        };
        peer.Put(Stream(396, 596, 96, 996));
        _loop.Pump();
        // 400 wait, with 600 more it is enough; 100 wait, with 1,000 more it is enough.
        Assert.Equal([0, 1000, 0, 1100], early);
        Assert.Empty(peer.Take());
        Close(peer);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Fact]
    public void SendEarly_TransportIsFullOrGone_RestWaitsForRoom()
    {
        using var peer = Connect(out var echo, new StreamOptions { EarlySendBytes = 1 });
        echo.OnMessage = e => e.Connection!.SendEarly();
        peer.SendRoom = 150;
        var stream = Stream(96, 96, 96);
        peer.Put(stream);
        _loop.Pump();
        Assert.Equal(stream[..150], peer.Take());
        peer.GiveRoom(long.MaxValue);
        _loop.Pump();
        Assert.Equal(stream[150..], peer.Take());
        Close(peer);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Fact]
    public void Receive_TooMuchUnsent_NotReadFromUntilHalfIsGone()
    {
        using var peer = Connect(out var echo, new StreamOptions { UnsentBytesMax = 10_000, ReceiveBytes = 4096 });
        peer.SendRoom = 0;
        for (var i = 0; i < 40; i++) peer.Put(MessageEcho.Message(500, i));
        _loop.Pump();
        Assert.InRange(echo.Messages, 20, 21);
        var before = echo.Messages;
        peer.GiveRoom(2000);
        _loop.Pump();
        Assert.Equal(before, echo.Messages);
        peer.GiveRoom(long.MaxValue);
        _loop.Pump();
        Assert.Equal(40, echo.Messages);
        Close(peer);
    }

    [Fact]
    public void Receive_UnsentOfItsOwnAccord_GoesOnListening()
    {
        using var peer = new MemoryConnection(
            _loop, _buffers, new StreamOptions { UnsentBytesMax = 10_000, ReceiveBytes = 4096 });
        var echo = new MessageEcho(_buffers) { Beyond = 30_000 };
        peer.Start(echo);
        peer.SendRoom = 0;
        for (var i = 0; i < 40; i++) peer.Put(MessageEcho.Message(500, i));
        _loop.Pump();
        Assert.Equal(40, echo.Messages);
        for (var i = 0; i < 60; i++) peer.Put(MessageEcho.Message(500, i));
        _loop.Pump();
        Assert.InRange(echo.Messages, 79, 90);
        peer.GiveRoom(long.MaxValue);
        _loop.Pump();
        Assert.Equal(100, echo.Messages);
        Close(peer);
    }

    [Fact]
    public void CloseWhenSent_PeerSlow_EverythingIsSentThenShut()
    {
        using var peer = Connect(out var echo);
        peer.SendRoom = 10;
        echo.OnMessage = e => e.Connection!.CloseWhenSent();
        var message = MessageEcho.Message(300, 1);
        peer.Put(message);
        peer.Put(MessageEcho.Message(300, 2));      // thrown away
        _loop.Pump();
        Assert.False(peer.IsShut);
        peer.GiveRoom(1000);
        _loop.Pump();
        Assert.Equal(message, peer.Take());
        Assert.True(peer.IsShut);
        Assert.Equal(StreamEnd.None, echo.End);
        peer.ClosePeer();
        _loop.Pump();
        Assert.Equal(StreamEnd.ClosedHere, echo.End);
        peer.Dispose();
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Fact]
    public void CloseWhenSent_PeerNeverCloses_ClosedAfterLingerTime()
    {
        using var peer = Connect(out var echo);
        echo.Connection!.CloseWhenSent();
        _loop.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StreamEnd.None, echo.End);
        _loop.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(StreamEnd.ClosedHere, echo.End);
    }

    [Fact]
    public void Pause_BytesArrive_HandedOverOnResume()
    {
        using var peer = Connect(out var echo);
        echo.OnMessage = e => e.Connection!.Pause();
        peer.Put(Stream(5, 6, 7));
        _loop.Pump();
        Assert.Equal(1, echo.Messages);
        peer.Put(Stream(8, 9));
        _loop.Pump();
        Assert.Equal(1, echo.Messages);
        echo.OnMessage = null;
        echo.Connection!.Resume();
        _loop.Pump();
        Assert.Equal(5, echo.Messages);
        Close(peer);
    }

    [Fact]
    public void Closed_PeerGoneInDirectReceive_LeasesComeBack()
    {
        using var peer = Connect(out var echo);
        peer.Put(MessageEcho.Message(50_000, 1).AsMemory(0, 20_000));
        _loop.Pump();
        Assert.True(_buffers.LeasedBytes > 0);
        Close(peer);
        Assert.Equal(StreamEnd.PeerClosed, echo.End);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    [Fact]
    public void Spill_PoolDry_ConnectionEndsWithItsReason()
    {
        using var dry = new BufferPool(0);
        using var peer = new MemoryConnection(_loop, dry);
        var echo = new MessageEcho(dry);
        peer.Start(echo);
        peer.Put(new byte[] { 0, 0 });
        _loop.Pump();
        Assert.Equal(StreamEnd.NoBuffer, echo.End);
    }

    [Fact]
    public void Append_ConnectionEnded_LeaseIsReleased()
    {
        using var peer = Connect(out var echo);
        Close(peer);
        Assert.True(_buffers.TryLease(100, "test", out var lease));
        echo.Connection!.Append(lease);
        echo.Connection.AppendHeader(48).Clear();
        _loop.Pump();
        Assert.Equal(0, _buffers.LeasedBytes);
        Assert.Empty(peer.Take());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Append_MoreThanMayWait_ConnectionEndsWithItsReasonAndLeasesComeBack(bool headerIsTheLast)
    {
        using var peer = Connect(out var echo, new StreamOptions { UnsentVectorsMax = 4 });
        for (var i = 0; i < 4; i++) AppendLease(echo);
        Assert.True(echo.Connection!.IsOpen);
        if (headerIsTheLast) echo.Connection.AppendHeader(48).Clear();
        else AppendLease(echo);
        Assert.False(echo.Connection.IsOpen);
        AppendLease(echo);
        _loop.Pump();
        Assert.Equal(StreamEnd.NoBuffer, echo.End);
        Assert.Equal(0, _buffers.LeasedBytes);
    }

    private void AppendLease(MessageEcho echo)
    {
        Assert.True(_buffers.TryLease(100, "test", out var lease));
        echo.Connection!.Append(lease);
    }

    private static byte[] Stream(params int[] lengths) => [.. lengths.SelectMany(MessageEcho.Message)];

    private MemoryConnection Connect(out MessageEcho echo, StreamOptions? options = null, int atOnce = int.MaxValue)
    {
        var peer = new MemoryConnection(_loop, _buffers, options);
        echo = new MessageEcho(_buffers) { AtOnce = atOnce };
        peer.Start(echo);
        return peer;
    }

    private void Close(MemoryConnection peer)
    {
        peer.ClosePeer();
        _loop.Pump();
        peer.Dispose();
    }
}
