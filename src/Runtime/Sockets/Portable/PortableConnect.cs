using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Portable;

/// <summary>A connection that is being made on a portable loop.</summary>
[SuppressMessage("Design", "CA1001", Justification = "its end disposes")]
internal sealed class PortableConnect : LoopWork
{
    private readonly PortableLoop _loop;
    private readonly IPEndPoint _remote;
    private readonly StreamConnect _told;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _event = new();
    private bool _isTold;

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
        PortableConnect connect;
        try
        {
            connect = new PortableConnect(loop, remote, told);
        }
        catch (SocketException failure)
        {
            told.Failed(Say(remote, failure));
            return;
        }
        if (loop.Add(connect)) connect.Begin();
    }

    public void CloseWithLoop()
    {
        _isTold = true;
        _socket.Dispose();          // what waits for it is posted, and refused
        _told.Failed("the loop has ended");
    }

    public override void Run()
    {
        _loop.Remove(this);
        var error = _event.SocketError;
        _event.Dispose();
        if (_isTold) return;
        if (error != SocketError.Success) Fail(new SocketException((int)error));
        else if (TryTake(out var connection)) Tell(connection);
    }

    public override void Refused()
    {
        _event.Dispose();
        _socket.Dispose();
    }

    private void Begin()
    {
        try
        {
            if (!_socket.ConnectAsync(_event)) _loop.Post(this);
        }
        catch (SocketException failure)
        {
            _loop.Remove(this);
            _event.Dispose();
            Fail(failure);
        }
    }

    // A connection may be reset before it is looked at.
    private bool TryTake([NotNullWhen(true)] out PortableConnection? connection)
    {
        try
        {
            connection = new PortableConnection(_loop, _socket);
            return true;
        }
        catch (SocketException failure)
        {
            connection = null;
            Fail(failure);
            return false;
        }
    }

    private void Tell(PortableConnection connection)
    {
        try
        {
            _told.Connected(connection);
        }
        catch
        {
            connection.Close(StreamEnd.Fault);
            throw;
        }
    }

    private void Fail(SocketException failure)
    {
        _socket.Dispose();
        _told.Failed(Say(_remote, failure));
    }

    private static string Say(IPEndPoint remote, SocketException failure) =>
        $"cannot connect to {remote}: {failure.Message}";
}
