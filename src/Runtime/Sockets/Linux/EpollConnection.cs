using System.Net;
using System.Runtime.Versioning;
using System.Text;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Linux;

/// <summary>Something an epoll loop watches.</summary>
internal interface IEpollEntry
{
    int Descriptor { get; }

    /// <summary>What the loop knows it by: index and generation, so that a late event finds nobody.</summary>
    ulong Key { get; set; }

    void CloseWithLoop();

    /// <summary>The system has no room to watch it: it is closed.</summary>
    void CloseUnwatched();
}

/// <summary>A TCP connection by plain system calls.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollConnection : StreamConnection, IEpollEntry
{
    private const uint ReadEvents = LibC.EpollIn | LibC.EpollPeerDone;

    // Used-up events in a row after which there is an edge to each.
    private const int EdgeFrom = 32;

    private EpollLoop _loop;
    private bool _attached;
    private int _descriptor;
    private uint _watched;
    private bool _isEdge;
    private bool _isDrained;        // by the event that is told of
    private int _usedUp;            // events that were, one after another

    public EpollConnection(EpollLoop loop, int descriptor, IPEndPoint? remote, IPEndPoint? local)
        : base(loop, loop.Streams)
    {
        _loop = loop;
        _descriptor = descriptor;
        RemoteEndPoint = remote;
        LocalEndPoint = local;
        Tune(loop.Streams.Options);
        Attach(loop);
    }

    public override IPEndPoint? RemoteEndPoint { get; }

    public override IPEndPoint? LocalEndPoint { get; }

    public int Descriptor => _descriptor;

    public ulong Key { get; set; }

    void IEpollEntry.CloseWithLoop() => CloseWithLoop();

    void IEpollEntry.CloseUnwatched() => Close(StreamEnd.NoBuffer);

    protected override nint Receive(IoVector* vectors, int count)
    {
        var received = count == 1
            ? LibC.Receive(_descriptor, (void*)vectors->Address, vectors->Length, LibC.MessageDontWait)
            : LibC.ReadVector(_descriptor, vectors, count);
        _isDrained = received >= 0 ? received < LengthOf(vectors, count) : LibC.LastError == LibC.Again;
        return received >= 0 ? received : Failed();
    }

    private static nint LengthOf(IoVector* vectors, int count)
    {
        var length = vectors[0].Length;
        for (var i = 1; i < count; i++) length += vectors[i].Length;
        return length;
    }

    protected override nint Send(IoVector* vectors, int count)
    {
        const int Flags = LibC.MessageNoSignal | LibC.MessageDontWait;
        var message = new LibC.MessageHeader { Vectors = vectors, VectorCount = count };
        var sent = count == 1
            ? LibC.Send(_descriptor, (void*)vectors->Address, vectors->Length, Flags)
            : LibC.SendMessage(_descriptor, &message, Flags);
        return sent >= 0 ? sent : Failed();
    }

    protected override void Watch(bool readable, bool writable)
    {
        _watched = (readable ? ReadEvents : 0) | (writable ? (uint)LibC.EpollOut : 0);
        if (_watched != ReadEvents) _isEdge = false;
        _loop.Change(this, _isEdge ? _watched | LibC.EpollEdge : _watched);
    }

    /// <summary>An event is about to be told of.</summary>
    public void EventBegins() => _isDrained = false;

    /// <summary>
    /// An event has been told of. Of a socket whose events are mostly used up, as in request and answer, it is told by
    /// edges: with levels the kernel looks at it once more before each wait. As soon as an event leaves something that
    /// no edge will tell of, bytes or the peer's end, it is by levels again.
    /// </summary>
    public void EventEnds(bool isPeerDone)
    {
        if (_watched != ReadEvents) return;
        var isUsedUp = _isDrained && !isPeerDone;
        _usedUp = isUsedUp ? Math.Min(_usedUp + 1, EdgeFrom) : 0;
        if (_isEdge == (_usedUp == EdgeFrom)) return;
        _isEdge = !_isEdge;
        Watch(readable: true, writable: false);
    }

    // The kernel raises the receive buffer with it, and tells of less where the window closes before.
    protected override void TellFrom(int bytes) =>
        _ = LibC.SetOption(_descriptor, LibC.LevelSocket, LibC.ReceiveLowWater, &bytes, sizeof(int));

    protected override void ShutSend() => _ = LibC.Shutdown(_descriptor, LibC.ShutWrite);

    protected override void CloseTransport()
    {
        if (_descriptor < 0) return;
        Detach();
        _ = LibC.Close(_descriptor);
        _descriptor = -1;
    }

    protected override void Detach()
    {
        if (!_attached) return;
        _attached = false;
        _isEdge = false;
        _watched = 0;
        _loop.Remove(this);
        _loop.Count(-1);
    }

    protected sealed override void Attach(StreamLoop loop)
    {
        _loop = (EpollLoop)loop;
        _attached = true;
        _loop.Count(1);
        _loop.Add(this);
    }

    private static int Failed() =>
        LibC.LastError is LibC.Again or LibC.Interrupted or LibC.NoBuffers or LibC.NoMemory ? WouldBlock : Broken;

    private void Tune(StreamOptions options)
    {
        var on = 1;
        // A socket option that is refused costs speed, nothing else.
        _ = LibC.SetOption(_descriptor, LibC.ProtocolTcp, LibC.TcpNoDelay, &on, sizeof(int));
        _ = LibC.SetOption(_descriptor, LibC.LevelSocket, LibC.KeepAlive, &on, sizeof(int));
        if (RemoteEndPoint is null || LocalEndPoint is null) return;
        var remote = RemoteEndPoint.Address;
        if (!IPAddress.IsLoopback(remote) && !remote.Equals(LocalEndPoint.Address)) return;
        foreach (var name in options.LoopbackCongestionControls)
        {
            fixed (byte* text = Encoding.ASCII.GetBytes(name))
            {
                if (LibC.SetOption(_descriptor, LibC.ProtocolTcp, LibC.TcpCongestion, text, name.Length) == 0) return;
            }
        }
    }
}
