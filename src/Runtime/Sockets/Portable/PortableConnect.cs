using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Portable;

/// <summary>A connection that is being made on a portable loop.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "its end disposes")]
internal sealed class PortableConnect : LoopWork
{
    private readonly PortableLoop _loop;
    private readonly IPEndPoint _remote;
    private readonly StreamConnect _told;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _event = new();

    private PortableConnect(PortableLoop loop, IPEndPoint remote, StreamConnect told)
    {
        _loop = loop;
        _remote = remote;
        _told = told;
        _socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _event.RemoteEndPoint = remote;
        _event.Completed += (_, _) => loop.Post(this);
    }

    public static void Begin(PortableLoop loop, IPEndPoint remote, StreamConnect told)
    {
        try
        {
            var connect = new PortableConnect(loop, remote, told);
            if (!connect._socket.ConnectAsync(connect._event)) loop.Post(connect);
        }
        catch (SocketException failure)
        {
            told.Failed($"cannot connect to {remote}: {failure.Message}");
        }
    }

    public override void Run()
    {
        var error = _event.SocketError;
        _event.Dispose();
        if (error == SocketError.Success)
        {
            _told.Connected(new PortableConnection(_loop, _socket));
            return;
        }
        _socket.Dispose();
        _told.Failed($"cannot connect to {_remote}: {new SocketException((int)error).Message}");
    }

    public override void Refused()
    {
        _event.Dispose();
        _socket.Dispose();
    }
}
