using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Lunette.Proxy.Frames;

namespace Lunette.Proxy.Tests;

/// <summary>A test in the other node's place: it says frames and hears those of the node.</summary>
internal sealed class PeerStream : IAsyncDisposable
{
    private readonly TcpClient _client;

    private PeerStream(TcpClient client) => _client = client;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<PeerStream> ConnectAsync(Node node)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        var server = await listener.AcceptTcpClientAsync(Stop);
        Assert.NotNull(node.Proxy.Open(server.GetStream()));
        return new(client);
    }

    public ValueTask SayAsync(FrameWriter frame) => _client.GetStream().WriteAsync(frame.End(), Stop);

    /// <summary>The next frame without its length.</summary>
    public async Task<byte[]> HearAsync()
    {
        var prefix = new byte[4];
        await _client.GetStream().ReadExactlyAsync(prefix, Stop);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        await _client.GetStream().ReadExactlyAsync(frame, Stop);
        return frame;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
