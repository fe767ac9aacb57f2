using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Runtime.Streams;
using Lunette.Runtime.Tests.Streams;

namespace Lunette.Runtime.Tests.Sockets;

/// <summary>The same promises over real sockets, by each make of loop.</summary>
public class SocketLoopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    public static TheoryData<bool> Makes => [false, true];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Echo_SmallAndLargeMessages_ComeBack(bool portable)
    {
        await using var host = new EchoHost(portable);
        using var client = await host.ConnectAsync();
        var lengths = Enumerable.Range(0, 200).Select(i => i * 37 % 5000 * (i % 50));
        var stream = lengths.SelectMany(MessageEcho.Message).ToArray();
        var back = new byte[stream.Length];
        var reading = client.GetStream().ReadExactlyAsync(back, Stop).AsTask();
        await client.GetStream().WriteAsync(stream, Stop);
        await reading.WaitAsync(s_patience, Stop);
        Assert.True(stream.AsSpan().SequenceEqual(back));
    }

    [Theory]
    [InlineData(false, 900, 30_000)]
    [InlineData(true, 900, 30_000)]
    [InlineData(false, 200_000, 150)]
    [InlineData(true, 200_000, 150)]
    public async Task Send_PeerReadsLate_EverythingComes(bool portable, int length, int count)
    {
        await using var host = new EchoHost(portable);
        using var client = await host.ConnectAsync();
        var message = MessageEcho.Message(length, 1);
        var writing = WriteManyAsync(client, message, count);
        // The peer reads nothing until the echo has been held up by its bound.
        var unsent = await host.Handlers.Single().WhenAsync(e => e.Connection!.UnsentBytes > 4 << 20, s_patience);
        Assert.True(unsent);
        var back = new byte[message.Length];
        for (var i = 0; i < count; i++)
        {
            await client.GetStream().ReadExactlyAsync(back, Stop).AsTask().WaitAsync(s_patience, Stop);
            Assert.True(message.AsSpan().SequenceEqual(back));
        }
        await writing;
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Direct_RestComesInBits_EachMessageIsToldOfWhenItsLastByteIsThere(bool portable)
    {
        await using var host = new EchoHost(portable);
        using var client = await host.ConnectAsync();
        var random = new Random(1);
        // Each waits for the one before: of what follows a long one nothing is there that could be told of with it.
        foreach (var length in new[] { 200_000, 10, 100_000, 0, 70_000, 65_536, 65_540, 500, 300_000, 16_384, 1 })
        {
            var message = MessageEcho.Message(length, length);
            for (var at = 0; at < message.Length;)
            {
                var bit = Math.Min(random.Next(1, random.Next(2, 40_000)), message.Length - at);
                await client.GetStream().WriteAsync(message.AsMemory(at, bit), Stop);
                at += bit;
            }
            var back = new byte[message.Length];
            await client.GetStream().ReadExactlyAsync(back, Stop).AsTask().WaitAsync(s_patience, Stop);
            Assert.True(message.AsSpan().SequenceEqual(back));
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Direct_PeerGoesBeforeTheRest_HandlerHearsOfIt(bool portable, bool isReset)
    {
        await using var host = new EchoHost(portable);
        using var client = await host.ConnectAsync();
        var echo = host.Handlers.Single();
        var message = MessageEcho.Message(200_000, 1);
        await client.GetStream().WriteAsync(message.AsMemory(0, 80_000), Stop);
        Assert.True(await echo.WhenAsync(e => e.Connection!.ReceivedBytes >= 4, s_patience));
        await client.GetStream().WriteAsync(message.AsMemory(80_000, 100), Stop);
        if (isReset) client.Client.Close(0);
        else client.Client.Shutdown(SocketShutdown.Send);
        await echo.Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Equal(isReset ? StreamEnd.Reset : StreamEnd.PeerClosed, echo.End);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task TellOfAll_LittleOfARestHasCome_ItIsReceived(bool portable)
    {
        await using var host = new EchoHost(portable);
        using var client = await host.ConnectAsync();
        var echo = host.Handlers.Single();
        var message = MessageEcho.Message(200_000, 1);
        await client.GetStream().WriteAsync(message.AsMemory(0, 80_000), Stop);
        Assert.True(await echo.WhenAsync(e => e.Connection!.ReceivedBytes >= 4, s_patience));
        await client.GetStream().WriteAsync(message.AsMemory(80_000, 100), Stop);
        // Each receive of a part of them ends it, so it is asked again.
        var all = await echo.WhenAsync(
            e =>
            {
                e.Connection!.Loop.Post(new TellOfAll(e.Connection));
                return e.Connection.ReceivedBytes == 80_100;
            },
            s_patience);
        Assert.True(all);
    }

    private sealed class TellOfAll(StreamConnection connection) : LoopWork
    {
        public override void Run() => connection.TellOfAll();
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task MoveTo_InMidStream_NothingIsLost(bool portable)
    {
        await using var host = new EchoHost(portable);
        host.OnMessage = echo =>
        {
            if (echo.Messages != 3) return;
            var moved = new MessageEcho(host.Buffers);
            host.Moved.Enqueue(moved);
            echo.Connection!.MoveTo(host.Group.Loops[1], moved);
        };
        using var client = await host.ConnectAsync();
        var stream = Enumerable.Range(0, 50).SelectMany(i => MessageEcho.Message(i * 61, i)).ToArray();
        var back = new byte[stream.Length];
        var reading = client.GetStream().ReadExactlyAsync(back, Stop).AsTask();
        for (var at = 0; at < stream.Length; at += 333)
            await client.GetStream().WriteAsync(stream.AsMemory(at, Math.Min(333, stream.Length - at)), Stop);
        await reading.WaitAsync(s_patience, Stop);
        Assert.True(stream.AsSpan().SequenceEqual(back));
        var after = Assert.Single(host.Moved);
        Assert.Same(host.Group.Loops[1], after.Connection!.Loop);
        Assert.Equal(1, host.Group.Loops[1].StreamCount);
        Assert.Same(host.Group.Loops[0], host.Group.LeastLoaded());
        Assert.Equal(0, host.Group.Control.StreamCount);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Received_HandlerThrows_OnlyThatConnectionEnds(bool portable)
    {
        await using var host = new EchoHost(portable);
        using var bad = await host.ConnectAsync();
        using var good = await host.ConnectAsync();
        await bad.GetStream().WriteAsync(new byte[] { 0x7F, 0xFF, 0xFF, 0xFF }, Stop);
        Assert.Equal(0, await EchoHost.ReadOrResetAsync(bad));
        var message = MessageEcho.Message(100, 1);
        await good.GetStream().WriteAsync(message, Stop);
        await good.GetStream().ReadExactlyAsync(new byte[message.Length], Stop).AsTask().WaitAsync(s_patience, Stop);
        Assert.Single(host.Faults);
        // The peer may see the end before the handler hears of it, at the end of the batch.
        await host.Handlers.First().Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Equal(StreamEnd.Fault, host.Handlers.First().End);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Closed_PeerCloses_HandlerHearsAndNothingIsLeased(bool portable)
    {
        await using var host = new EchoHost(portable);
        var clients = new List<TcpClient>();
        for (var i = 0; i < 50; i++)
        {
            var client = await host.ConnectAsync();
            // Half a message, so that each has a spill.
            await client.GetStream().WriteAsync(MessageEcho.Message(100, i).AsMemory(0, 50), Stop);
            clients.Add(client);
        }
        foreach (var client in clients) client.Dispose();
        await Task.WhenAll(host.Handlers.Select(h => h.Ended.Task)).WaitAsync(s_patience, Stop);
        Assert.Equal(0, host.Group.Control.StreamCount);
        Assert.DoesNotContain("partial message", host.Buffers.DescribeLeases().Keys);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Listen_PortInUse_SaysSoAndDisposeFreesIt(bool portable)
    {
        await using var host = new EchoHost(portable);
        Assert.Throws<SocketException>(() => host.Group.Control.Listen(host.Listener.EndPoint, 10, host));
        host.Listener.Dispose();
        StreamListener? again = null;
        for (var i = 0; i < 3000 && again is null; i++)
        {
            try
            {
                again = host.Group.Control.Listen(host.Listener.EndPoint, 10, host);
            }
            catch (SocketException)
            {
                await Task.Delay(10, Stop);     // the loop closes the old socket
            }
        }
        Assert.NotNull(again);
        again.Dispose();
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Dispose_ConnectionsOpen_TheyAreClosed(bool portable)
    {
        var host = new EchoHost(portable);
        using var client = await host.ConnectAsync();
        await host.DisposeAsync();
        Assert.Equal(0, await EchoHost.ReadOrResetAsync(client));
        Assert.Equal(StreamEnd.LoopEnded, host.Handlers.Single().End);
    }

    [Fact]
    public void Raise_Always_LimitIsTheHardOne()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("there is no such limit on this system");
        Assert.True(DescriptorLimit.Raise() >= 256);
    }

    private static async Task WriteManyAsync(TcpClient client, byte[] message, int count)
    {
        for (var i = 0; i < count; i++) await client.GetStream().WriteAsync(message, Stop);
    }
}
