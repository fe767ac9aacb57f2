using System.Net;
using System.Net.Sockets;

namespace Lunette.Runtime.Sockets;

/// <summary>Opens a socket that listens.</summary>
internal static class ListeningSocket
{
    public static Socket Open(IPEndPoint endPoint, int backlog)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // An IPv6 portal is IPv6: the IPv4 address beside it is a portal of its own.
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            // Bind lets a restart take the port while connections of the last run are still being forgotten. The option
            // ReuseAddress would do more: two processes could share the port.
            socket.Bind(endPoint);
            socket.Listen(backlog);
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
