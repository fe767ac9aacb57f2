using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Portable;

/// <summary>Accepts on a portable loop.</summary>
internal sealed class PortableListener : StreamListener
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly PortableLoop _loop;
    private readonly Socket _socket;
    private readonly IStreamAcceptor _acceptor;
    private readonly SocketAsyncEventArgs _event = new();
    private readonly Work _work;
    private readonly Again _again;
    private int _disposed;

    public PortableListener(PortableLoop loop, IPEndPoint endPoint, int backlog, IStreamAcceptor acceptor)
    {
        _loop = loop;
        _acceptor = acceptor;
        _socket = ListeningSocket.Open(endPoint, backlog);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _work = new Work(this);
        _again = new Again(this);
        _event.Completed += (_, _) => loop.Post(_work);
        loop.Post(new First(this));
    }

    public override IPEndPoint EndPoint { get; }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _socket.Dispose();
        _event.Dispose();
        _loop.Post(new Last(this));
    }

    private void Next()
    {
        if (Volatile.Read(ref _disposed) != 0) return;
        _event.AcceptSocket = null;
        try
        {
            if (!_socket.AcceptAsync(_event)) _loop.Post(_work);
        }
        catch (ObjectDisposedException)
        {
            // Stopped listening meanwhile.
        }
    }

    private void Accepted()
    {
        if (_event is { SocketError: SocketError.Success, AcceptSocket: { } socket })
        {
            Take(socket);
        }
        else if (_event.SocketError is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
        {
            _acceptor.AcceptFailed("the system has no room for another connection (" + _event.SocketError + ")");
            _loop.Arm(_again, s_pause);
            return;
        }
        Next();
    }

    private void Take(Socket socket)
    {
        PortableConnection connection;
        try
        {
            connection = new PortableConnection(_loop, socket);
        }
        catch (SocketException)
        {
            socket.Dispose();       // reset before it was looked at
            return;
        }
        try
        {
            if (_acceptor.Accepted(connection) is { } handler) connection.Start(handler);
            else connection.Close();
        }
        catch
        {
            connection.Close(StreamEnd.Fault);
            throw;
        }
    }

    private sealed class First(PortableListener listener) : LoopWork
    {
        public override void Run()
        {
            if (listener._loop.Add(listener)) listener.Next();
        }

        public override void Refused() => listener.Dispose();
    }

    private sealed class Last(PortableListener listener) : LoopWork
    {
        public override void Run() => listener._loop.Remove(listener);
    }

    private sealed class Work(PortableListener listener) : LoopWork
    {
        public override void Run() => listener.Accepted();

        public override void Faulted(Exception fault) => listener.Next();

        public override void Refused() => listener._event.AcceptSocket?.Dispose();
    }

    private sealed class Again(PortableListener listener) : LoopTimer
    {
        public override void Fire() => listener.Next();
    }
}
