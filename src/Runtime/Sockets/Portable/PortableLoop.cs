using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets.Portable;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets;

/// <summary>
/// The loop for every system that .NET runs on: readiness comes from <see cref="Socket"/>'s own engine as posted work,
/// and receiving and sending are non-blocking calls on the loop.
/// </summary>
public sealed class PortableLoop : StreamLoop
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly HashSet<PortableConnection> _connections = [];
    private readonly HashSet<PortableListener> _listeners = [];
    private bool _closed;

    /// <summary>Makes a loop.</summary>
    public PortableLoop(LoopOptions options, SpinGovernor spin) : base(options, spin)
    {
    }

    /// <inheritdoc/>
    public override StreamListener Listen(IPEndPoint endPoint, int backlog, IStreamAcceptor acceptor) =>
        new PortableListener(this, endPoint, backlog, acceptor);

    /// <inheritdoc/>
    public override void Connect(IPEndPoint remote, StreamConnect told) => PortableConnect.Begin(this, remote, told);

    /// <inheritdoc/>
    protected override int Poll(long timeoutNanoseconds)
    {
        if (timeoutNanoseconds == 0) return 0;
        _wake.Wait(timeoutNanoseconds < 0 ? -1 : (int)Math.Min((timeoutNanoseconds + 999_999) / 1_000_000, 60_000));
        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispatch(int events)
    {
    }

    /// <inheritdoc/>
    protected override void Wake() => _wake.Release();

    /// <inheritdoc/>
    protected override void CloseAll()
    {
        _closed = true;
        foreach (var listener in _listeners.ToArray()) listener.Dispose();
        foreach (var connection in _connections.ToArray()) connection.CloseWithLoop();
    }

    internal void Add(PortableConnection connection)
    {
        CountStream(1);
        _connections.Add(connection);
        if (_closed) connection.CloseWithLoop();
    }

    internal void Remove(PortableConnection connection)
    {
        if (_connections.Remove(connection)) CountStream(-1);
    }

    internal void Add(PortableListener listener) => _listeners.Add(listener);

    internal void Remove(PortableListener listener) => _listeners.Remove(listener);

    internal void Handle(PortableConnection connection, bool readable, bool writable) =>
        Guard(connection, readable, writable);
}
