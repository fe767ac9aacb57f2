using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Runtime.Tests.Streams;

namespace Lunette.Runtime.Tests.Sockets;

/// <summary>Loops that listen and echo what comes (<see cref="MessageEcho"/>); when they end nothing is
/// leased.</summary>
internal sealed class EchoHost : IStreamAcceptor, IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public EchoHost(bool portable)
    {
        Group = LoopGroup.Start(
            new LoopGroupOptions { Count = 2, Portable = portable }, Buffers, f => Faults.Enqueue(f.Exception));
        Listener = Group.Control.Listen(new IPEndPoint(IPAddress.Loopback, 0), 64, this);
    }

    public BufferPool Buffers { get; } = new(256 << 20);

    public LoopGroup Group { get; }

    public StreamListener Listener { get; }

    public ConcurrentQueue<MessageEcho> Handlers { get; } = new();

    public ConcurrentQueue<MessageEcho> Moved { get; } = new();

    public ConcurrentQueue<Exception> Faults { get; } = new();

    public Action<MessageEcho>? OnMessage { get; set; }

    /// <summary>Takes the place of an echo, or throws.</summary>
    public Func<StreamConnection, StreamHandler?>? OnAccepted { get; set; }

    public StreamHandler? Accepted(StreamConnection connection)
    {
        if (OnAccepted is { } other) return other(connection);
        var handler = new MessageEcho(Buffers) { OnMessage = OnMessage };
        Handlers.Enqueue(handler);
        return handler;
    }

    public void AcceptFailed(string reason) => Faults.Enqueue(new InvalidOperationException(reason));

    public async Task<TcpClient> ConnectAsync()
    {
        var before = Handlers.Count;
        var client = new TcpClient();
        await client.ConnectAsync(Listener.EndPoint, Stop).AsTask().WaitAsync(s_patience, Stop);
        var end = DateTime.UtcNow + s_patience;
        while (Handlers.Count == before)
        {
            Assert.True(DateTime.UtcNow < end, "the connection was never accepted");
            await Task.Delay(1, Stop);
        }
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Listener.Dispose();
        await Group.DisposeAsync();
        Assert.Equal(0, Buffers.LeasedBytes);
        Buffers.Dispose();
    }

    /// <summary>What comes next; 0 where the peer has closed, in whatever way.</summary>
    public static async Task<int> ReadOrResetAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], Stop).AsTask().WaitAsync(s_patience, Stop);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

internal static class Waiting
{
    /// <summary>Looks again until it is so; false when it never became so.</summary>
    public static async Task<bool> WhenAsync<T>(this T subject, Func<T, bool> isSo, TimeSpan within)
    {
        var end = DateTime.UtcNow + within;
        while (!isSo(subject))
        {
            if (DateTime.UtcNow > end) return false;
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
        return true;
    }
}
