using System.Net;
using System.Net.Sockets;

namespace Lunette.Proxy.Tests;

/// <summary>Two nodes with an open door, one of which owns some disks.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private Pair(Node owner, Node other) => (Owner, Other) = (owner, other);

    public Node Owner { get; }

    public Node Other { get; }

    public static async Task<Pair> StartAsync(int units)
    {
        var pair = new Pair(await Node.StartAsync(0), await Node.StartAsync(1));
        for (var unit = 0; unit < units; unit++) await pair.Owner.OwnAsync(unit);
        await pair.ConnectAsync();
        for (var unit = 0; unit < units; unit++) await pair.Other.ShowsAsync(unit);
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await Owner.DisposeAsync();
    }

    private async Task ConnectAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, stop);
        var server = await listener.AcceptTcpClientAsync(stop);
        Assert.NotNull(Owner.Proxy.Open(server.GetStream()));
        Assert.NotNull(Other.Proxy.Open(client.GetStream()));
    }
}
