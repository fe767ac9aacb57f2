using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Runtime.Tests.Streams;

namespace Lunette.Runtime.Tests.Sockets;

/// <summary>
/// A connection whose events were all used up for a while is told of what is new only. Whatever one event leaves over,
/// bytes or the peer's end, is seen all the same.
/// </summary>
public sealed class SocketEventTests : IStreamAcceptor, IAsyncDisposable
{
    // More than it takes for a loop to expect nothing else.
    private const int Exchanges = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly BufferPool _buffers = new(256 << 20);
    private readonly TaskCompletionSource<MessageEcho> _accepted = new();
    private LoopGroup _group = null!;

    public static TheoryData<bool> Makes => [false, true];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task BytesAndEnd_ComeTogether_BothAreSeen(bool portable)
    {
        using var client = await ConnectAsync(portable);
        var (echo, message) = (await ExchangeAsync(client), MessageEcho.Message(500, 2));
        using (await HoldAsync(echo))
        {
            await client.GetStream().WriteAsync(message, Stop);
            client.Client.Shutdown(SocketShutdown.Send);
        }
        await echo.Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Equal((StreamEnd.PeerClosed, Exchanges + 1), (echo.End, echo.Messages));
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task BytesAndReset_ComeTogether_TheConnectionEnds(bool portable)
    {
        using var client = await ConnectAsync(portable);
        var echo = await ExchangeAsync(client);
        using (await HoldAsync(echo))
        {
            await client.GetStream().WriteAsync(MessageEcho.Message(500, 2), Stop);
            client.Client.Close(0);
        }
        await echo.Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Equal(StreamEnd.Reset, echo.End);
    }

    [Theory]
    [InlineData(false, 500)]
    [InlineData(true, 500)]
    [InlineData(false, 3_000_000)]
    [InlineData(true, 3_000_000)]
    public async Task Bytes_MoreThanOneEventTakes_AllComeAndTheNextOnesToo(bool portable, int length)
    {
        using var client = await ConnectAsync(portable);
        var echo = await ExchangeAsync(client);
        var stream = Enumerable.Range(0, 3_000_000 / length).SelectMany(i => MessageEcho.Message(length, i)).ToArray();
        var writing = Task.CompletedTask;
        using (await HoldAsync(echo))
        {
            writing = client.GetStream().WriteAsync(stream, Stop).AsTask();
            // As much as the sockets hold: it is there when the loop goes on.
            await Task.WhenAny(writing, Task.Delay(100, Stop));
        }
        var back = new byte[stream.Length];
        await client.GetStream().ReadExactlyAsync(back, Stop).AsTask().WaitAsync(s_patience, Stop);
        await writing;
        Assert.True(stream.AsSpan().SequenceEqual(back));
        await ExchangeAsync(client);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Bytes_ComeWhileItPauses_AreSeenWhenItResumes(bool portable)
    {
        using var client = await ConnectAsync(portable);
        var echo = await ExchangeAsync(client);
        for (var i = 0; i < 3; i++)
        {
            await RunAsync(echo, () => echo.Connection!.Pause());
            var message = MessageEcho.Message(500, i);
            await client.GetStream().WriteAsync(message, Stop);
            var reading = client.GetStream().ReadExactlyAsync(new byte[message.Length], Stop).AsTask();
            Assert.False(reading.IsCompleted);
            await RunAsync(echo, () => echo.Connection!.Resume());
            await reading.WaitAsync(s_patience, Stop);
            await ExchangeAsync(client);
        }
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Bytes_ComeWhileItMoves_AreSeenOnItsNewLoop(bool portable)
    {
        using var client = await ConnectAsync(portable);
        var echo = await ExchangeAsync(client);
        var moved = new MessageEcho(_buffers);
        var message = MessageEcho.Message(500, 1);
        using (await HoldAsync(echo))
        {
            echo.Connection!.Loop.Post(new Do(() => echo.Connection!.MoveTo(_group.Loops[1], moved)));
            await client.GetStream().WriteAsync(message, Stop);
        }
        await client.GetStream().ReadExactlyAsync(new byte[message.Length], Stop).AsTask().WaitAsync(s_patience, Stop);
        Assert.Equal((Exchanges, 1), (echo.Messages, moved.Messages));
        await ExchangeAsync(client);
        client.Dispose();
        await moved.Ended.Task.WaitAsync(s_patience, Stop);
    }

    StreamHandler IStreamAcceptor.Accepted(StreamConnection connection)
    {
        var echo = new MessageEcho(_buffers);
        _accepted.SetResult(echo);
        return echo;
    }

    void IStreamAcceptor.AcceptFailed(string reason) => _accepted.SetException(new InvalidOperationException(reason));

    public async ValueTask DisposeAsync()
    {
        await _group.DisposeAsync();
        Assert.Equal(0, _buffers.LeasedBytes);
        _buffers.Dispose();
    }

    private async Task<TcpClient> ConnectAsync(bool portable)
    {
        _group = LoopGroup.Start(new LoopGroupOptions { Count = 2, Portable = portable }, _buffers);
        var listener = _group.Control.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1, this);
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(listener.EndPoint, Stop).AsTask().WaitAsync(s_patience, Stop);
        return client;
    }

    // Each message is whole when its event comes, and nothing else is there.
    private async Task<MessageEcho> ExchangeAsync(TcpClient client)
    {
        var message = MessageEcho.Message(100, 1);
        var back = new byte[message.Length];
        for (var i = 0; i < Exchanges; i++)
        {
            await client.GetStream().WriteAsync(message, Stop);
            await client.GetStream().ReadExactlyAsync(back, Stop).AsTask().WaitAsync(s_patience, Stop);
        }
        return await _accepted.Task.WaitAsync(s_patience, Stop);
    }

    private static async Task RunAsync(MessageEcho echo, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        echo.Connection!.Loop.Post(new Do(() =>
        {
            action();
            done.SetResult();
        }));
        await done.Task.WaitAsync(s_patience, Stop);
    }

    // The loop looks at nothing until it is let go.
    private static async Task<IDisposable> HoldAsync(MessageEcho echo)
    {
        var (held, hold) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new Hold());
        echo.Connection!.Loop.Post(new Do(() =>
        {
            held.SetResult();
            hold.Wait();
        }));
        await held.Task.WaitAsync(s_patience, Stop);
        return hold;
    }

    private sealed class Hold : IDisposable
    {
        private readonly ManualResetEventSlim _over = new();

        public void Wait() => Assert.True(_over.Wait(s_patience));

        public void Dispose() => _over.Set();
    }

    private sealed class Do(Action action) : LoopWork
    {
        public override void Run() => action();
    }
}
