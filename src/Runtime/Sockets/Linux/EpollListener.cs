using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Linux;

/// <summary>Accepts on an epoll loop.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollListener : StreamListener, IEpollEntry
{
    // Taken in one go at most, so that a storm of connections leaves room for other work.
    private const int AcceptsPerEvent = 64;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly EpollLoop _loop;
    private readonly Socket _socket;
    private readonly IStreamAcceptor _acceptor;
    private readonly Again _again;
    private bool _watched;
    private int _disposed;

    public EpollListener(EpollLoop loop, IPEndPoint endPoint, int backlog, IStreamAcceptor acceptor)
    {
        _loop = loop;
        _acceptor = acceptor;
        _again = new Again(this);
        _socket = ListeningSocket.Open(endPoint, backlog);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        Descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        loop.Post(new Change(this, watch: true));
    }

    public override IPEndPoint EndPoint { get; }

    public int Descriptor { get; }

    public ulong Key { get; set; }

    public void CloseWithLoop()
    {
        _watched = false;
        _socket.Dispose();
    }

    public void CloseUnwatched()
    {
        CloseWithLoop();
        _acceptor.AcceptFailed("the system has no room to watch the port");
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        StopListening();
        _loop.Post(new Change(this, watch: false));
    }

    // The port is free when this returns: nobody connects any more, and a new listener may take it. By the socket and
    // not by its number: the loop may be closing it, and the number be somebody else's.
    private void StopListening()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }

    public void AcceptAll()
    {
        var address = stackalloc byte[SocketAddresses.LengthMax];
        for (var i = 0; i < AcceptsPerEvent && _watched; i++)
        {
            var length = SocketAddresses.LengthMax;
            var descriptor = LibC.Accept(Descriptor, address, &length, LibC.NonBlocking | LibC.CloseOnExec);
            if (descriptor < 0)
            {
                Failed(LibC.LastError);
                return;
            }
            var remote = SocketAddresses.Read(new ReadOnlySpan<byte>(address, length));
            length = SocketAddresses.LengthMax;
            var local = LibC.GetSocketName(descriptor, address, &length) == 0
                ? SocketAddresses.Read(new ReadOnlySpan<byte>(address, length))
                : null;
            Take(new EpollConnection(_loop, descriptor, remote, local));
        }
    }

    private void Take(EpollConnection connection)
    {
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

    private void Failed(int error)
    {
        if (error is not (LibC.TooManyInProcess or LibC.TooManyInSystem or LibC.NoBuffers or LibC.NoMemory)) return;
        // The connection waits in the kernel's queue; asking at once again would only burn the core.
        _acceptor.AcceptFailed("the system has no room for another connection (error " + error + ")");
        _loop.Change(this, 0);
        _loop.Arm(_again, s_pause);
    }

    private void Apply(bool watch)
    {
        if (watch == _watched) return;
        if (watch && Volatile.Read(ref _disposed) != 0) return;
        _watched = watch;
        if (watch)
        {
            if (_loop.Add(this)) _loop.Change(this, LibC.EpollIn);
        }
        else
        {
            _loop.Disarm(_again);
            _loop.Remove(this);
            _socket.Dispose();
        }
    }

    private sealed class Change(EpollListener listener, bool watch) : LoopWork
    {
        public override void Run() => listener.Apply(watch);

        public override void Refused() => listener._socket.Dispose();
    }

    private sealed class Again(EpollListener listener) : LoopTimer
    {
        public override void Fire() => listener._loop.Change(listener, LibC.EpollIn);
    }
}
