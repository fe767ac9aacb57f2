using System.Net.Sockets;
using Lunette.Admin.Proxying;
using Lunette.Proxy;
using Lunette.Stmf.Contracts;

namespace Lunette.Daemon.Proxying;

/// <summary>The doors of a proxy node, as administrators install them.</summary>
/// <param name="node">The node.</param>
internal sealed class PeerDoors(ProxyNode node) : IPeerDoors
{
    /// <inheritdoc/>
    public int? Open(Socket socket)
    {
        // Refused, the stream is left undisposed, and the socket is the caller's as before.
        return node.Open(new NetworkStream(socket, ownsSocket: true));
    }

    /// <inheritdoc/>
    public bool Post(int door, ReadOnlySpan<byte> frame) => node.Post(door, frame);

    /// <inheritdoc/>
    public ValueTask CloseAsync(int door) => node.CloseAsync(door);

    /// <inheritdoc/>
    public ValueTask<bool> WithdrawAsync(LogicalUnitId id) => node.WithdrawAsync(id);
}
