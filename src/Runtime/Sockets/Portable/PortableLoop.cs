using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets.Portable;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets;

/// <summary>
/// The loop for every system that .NET runs on: it waits by <see cref="Socket.Select(System.Collections.IList,
/// System.Collections.IList, System.Collections.IList, int)"/> over its connections, whose receives and sends do not
/// block. That call looks at each of them every time; the sockets' own engine would not, but takes a hop to another
/// thread for each batch.
/// </summary>
public sealed class PortableLoop : StreamLoop
{
    private const long MicrosecondsMax = 60_000_000;

    private readonly Socket _wake;      // a datagram to itself ends the wait
    private readonly byte[] _woken = new byte[16];
    private readonly Lock _wakeGate = new();
    private bool _wakeClosed;
    private readonly Dictionary<Socket, PortableConnection> _connections = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private readonly HashSet<PortableListener> _listeners = [];
    private readonly HashSet<PortableConnect> _connects = [];
    private bool _closed;

    /// <summary>Makes a loop.</summary>
    /// <exception cref="SocketException">No socket was left.</exception>
    public PortableLoop(LoopOptions options, SpinGovernor spin) : base(options, spin)
    {
        _wake = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wake.Connect(_wake.LocalEndPoint!);    // from nobody else
    }

    /// <inheritdoc/>
    public override StreamListener Listen(IPEndPoint endPoint, int backlog, IStreamAcceptor acceptor) =>
        new PortableListener(this, endPoint, backlog, acceptor);

    /// <inheritdoc/>
    public override void Connect(IPEndPoint remote, StreamConnect told) => PortableConnect.Begin(this, remote, told);

    /// <inheritdoc/>
    protected override int Poll(long timeoutNanoseconds)
    {
        _readable.Clear();
        _writable.Clear();
        _readable.Add(_wake);
        foreach (var connection in _connections.Values)
        {
            if (connection.WatchesReadable) _readable.Add(connection.Socket);
            if (connection.WatchesWritable) _writable.Add(connection.Socket);
        }
        // Rounded up: waking before a timer is due would only mean to wait again.
        var microseconds = timeoutNanoseconds < 0 ? -1 : Math.Min((timeoutNanoseconds + 999) / 1000, MicrosecondsMax);
        Socket.Select(_readable, _writable, null, (int)microseconds);
        if (_readable.Count > 0 && _readable[0] == _wake) _ = _wake.Receive(_woken, SocketFlags.None, out _);
        return _readable.Count + _writable.Count;
    }

    /// <inheritdoc/>
    protected override void Dispatch(int events)
    {
        if (events == 0) return;
        // Whoever was closed by one before it is not found any more.
        foreach (var socket in _writable)
            if (_connections.TryGetValue(socket, out var found)) Guard(found, readable: false, writable: true);
        foreach (var socket in _readable)
            if (_connections.TryGetValue(socket, out var found)) Guard(found, readable: true, writable: false);
    }

    /// <inheritdoc/>
    protected override void Wake()
    {
        lock (_wakeGate)
        {
            if (!_wakeClosed) _ = _wake.Send([1], SocketFlags.None, out _);
        }
    }

    /// <inheritdoc/>
    protected override void CloseAll()
    {
        _closed = true;
        foreach (var listener in _listeners.ToArray()) Close(listener.Dispose);
        foreach (var connect in _connects.ToArray()) Close(connect.CloseWithLoop);
        foreach (var connection in _connections.Values.ToArray()) Close(connection.CloseWithLoop);
        lock (_wakeGate)
        {
            _wakeClosed = true;
            _wake.Dispose();
        }
    }

    private void Close(Action one)
    {
        try
        {
            one();
        }
        catch (Exception fault)
        {
            Report("close", fault);
        }
    }

    internal void Add(PortableConnection connection)
    {
        CountStream(1);
        _connections.Add(connection.Socket, connection);
        if (_closed) connection.CloseWithLoop();
    }

    internal void Remove(PortableConnection connection)
    {
        if (_connections.Remove(connection.Socket)) CountStream(-1);
    }

    /// <summary>Where the loop has ended it is told so, and the answer is false.</summary>
    internal bool Add(PortableConnect connect)
    {
        if (_closed) connect.CloseWithLoop();
        else _connects.Add(connect);
        return !_closed;
    }

    internal void Remove(PortableConnect connect) => _connects.Remove(connect);

    /// <summary>Where the loop has ended it is disposed, and the answer is false.</summary>
    internal bool Add(PortableListener listener)
    {
        if (_closed) listener.Dispose();
        else _listeners.Add(listener);
        return !_closed;
    }

    internal void Remove(PortableListener listener) => _listeners.Remove(listener);
}
