using System.Net;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Streams;

/// <summary>
/// A stream connection without a network: a script or a simulated network puts in what the peer sends and takes out
/// what is sent to it. On a <see cref="ManualLoop"/> everything about it is deterministic.
/// </summary>
public sealed unsafe class MemoryConnection : StreamConnection, IDisposable
{
    private readonly StreamResources _resources;
    private readonly Queue<ReadOnlyMemory<byte>> _arriving = new();
    private readonly List<byte> _sent = [];
    private readonly Ready _ready;
    private readonly Again _again;
    private bool _readable;
    private bool _writable;
    private bool _peerClosed;

    /// <summary>Makes a connection.</summary>
    public MemoryConnection(ManualLoop loop, BufferPool buffers, StreamOptions? options = null)
        : this(loop, new StreamResources(buffers, options ?? new StreamOptions()))
    {
    }

    private MemoryConnection(ManualLoop loop, StreamResources resources) : base(loop, resources)
    {
        _resources = resources;
        _ready = new Ready(this);
        _again = new Again(this);
    }

    /// <inheritdoc/>
    public override IPEndPoint? RemoteEndPoint { get; } = new(IPAddress.Loopback, 50000);

    /// <inheritdoc/>
    public override IPEndPoint? LocalEndPoint { get; } = new(IPAddress.Loopback, 3260);

    /// <summary>How many bytes more the transport takes before it says that it is full; no end by default.</summary>
    public long SendRoom { get; set; } = long.MaxValue;

    /// <summary>How many calls of the transport succeed before it breaks, as by a reset; no end by default.</summary>
    public int CallsUntilBroken { get; set; } = int.MaxValue;

    /// <summary>Whether our side has closed, or said that it sends nothing more.</summary>
    public bool IsShut { get; private set; }

    /// <summary>The peer sends; each call arrives by itself.</summary>
    public void Put(ReadOnlyMemory<byte> bytes)
    {
        _arriving.Enqueue(bytes);
        Signal();
    }

    /// <summary>The peer closes its side.</summary>
    public void ClosePeer()
    {
        _peerClosed = true;
        Signal();
    }

    /// <summary>Takes what was sent to the peer so far.</summary>
    public byte[] Take()
    {
        var sent = _sent.ToArray();
        _sent.Clear();
        return sent;
    }

    /// <summary>Throws away what was sent to the peer so far; returns how many bytes.</summary>
    public int Forget()
    {
        var length = _sent.Count;
        _sent.Clear();
        return length;
    }

    /// <summary>The transport takes so many bytes more.</summary>
    public void GiveRoom(long bytes)
    {
        SendRoom = SendRoom > long.MaxValue - bytes ? long.MaxValue : SendRoom + bytes;
        Signal();
    }

    /// <summary>Gives the loop's buffers back.</summary>
    public void Dispose() => _resources.Dispose();

    /// <inheritdoc/>
    protected override nint Receive(IoVector* vectors, int count)
    {
        if (IsBroken()) return Broken;
        if (_arriving.Count == 0) return _peerClosed ? 0 : WouldBlock;
        var piece = _arriving.Dequeue();
        var bytes = piece.Span;
        var taken = 0;
        for (var i = 0; i < count && bytes.Length > 0; i++)
        {
            var take = (int)Math.Min(bytes.Length, vectors[i].Length);
            bytes[..take].CopyTo(new Span<byte>((void*)vectors[i].Address, take));
            bytes = bytes[take..];
            taken += take;
        }
        if (bytes.Length > 0) PutBack(piece[taken..]);
        return taken;
    }

    /// <inheritdoc/>
    protected override nint Send(IoVector* vectors, int count)
    {
        if (IsBroken()) return Broken;
        var taken = 0L;
        for (var i = 0; i < count && SendRoom > 0; i++)
        {
            var take = (int)Math.Min(SendRoom, vectors[i].Length);
            _sent.AddRange(new ReadOnlySpan<byte>((void*)vectors[i].Address, take));
            SendRoom -= take;
            taken += take;
        }
        return taken > 0 ? (nint)taken : WouldBlock;
    }

    /// <inheritdoc/>
    protected override void Watch(bool readable, bool writable)
    {
        _readable = readable;
        _writable = writable;
        Signal();
    }

    /// <inheritdoc/>
    protected override void ShutSend() => IsShut = true;

    /// <inheritdoc/>
    protected override void CloseTransport() => IsShut = true;

    /// <inheritdoc/>
    protected override void Detach() => throw new NotSupportedException("a connection in memory stays on its loop");

    /// <inheritdoc/>
    protected override void Attach(StreamLoop loop) =>
        throw new NotSupportedException("a connection in memory stays on its loop");

    private bool IsBroken() => CallsUntilBroken != int.MaxValue && --CallsUntilBroken < 0;

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var others = _arriving.ToArray();
        _arriving.Clear();
        _arriving.Enqueue(rest);
        foreach (var other in others) _arriving.Enqueue(other);
    }

    private bool CanRead => _readable && (_arriving.Count > 0 || _peerClosed);

    private bool CanWrite => _writable && SendRoom > 0;

    private void Signal()
    {
        if (_ready.Posted || End != StreamEnd.None || (!CanRead && !CanWrite)) return;
        _ready.Posted = true;
        Loop.Post(_ready);
    }

    private void RunReady()
    {
        if (CanWrite)
        {
            _writable = false;
            WritableWatchEnded();
            BecameWritable();
        }
        if (CanRead) BecameReadable();
        Loop.AtBatchEnd(_again);
    }

    // As with sockets, what has come in one piece is answered before the next is looked at.
    private sealed class Again(MemoryConnection connection) : BatchWork
    {
        public override void RunAtBatchEnd() => connection.Signal();
    }

    private sealed class Ready(MemoryConnection connection) : LoopWork
    {
        public bool Posted { get; set; }

        public override void Run()
        {
            Posted = false;
            connection.RunReady();
        }
    }
}
