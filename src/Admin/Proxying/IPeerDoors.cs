using System.Net.Sockets;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin.Proxying;

/// <summary>
/// What carries commands between two nodes that share logical units: the seam to the proxy. The composition root
/// supplies it.
/// </summary>
public interface IPeerDoors
{
    /// <summary>Installs a door, which then owns the socket; null, and the socket is the caller's, where there is one
    /// already.</summary>
    /// <returns>Its number.</returns>
    int? Open(Socket socket);

    /// <summary>Puts in one frame; false where it is none, or there is no such door.</summary>
    bool Post(int door, ReadOnlySpan<byte> frame);

    /// <summary>Closes a door; nothing where there is none of that number.</summary>
    ValueTask CloseAsync(int door);

    /// <summary>Takes away what stands by for a logical unit of the other node; false where nothing does, or where
    /// there is a way to the other node.</summary>
    ValueTask<bool> WithdrawAsync(LogicalUnitId id);
}
