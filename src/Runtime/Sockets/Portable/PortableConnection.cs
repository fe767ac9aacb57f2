using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Portable;

/// <summary>
/// A TCP connection over <see cref="Socket"/>. Sending small pieces, and receiving into pieces, copies through one
/// buffer, since the class has neither call gathered without allocating.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "closing the transport disposes")]
internal sealed unsafe class PortableConnection : StreamConnection
{
    // Few calls for large answers, and what is copied here is still in the core's cache when the system copies it.
    private const int CopyBytes = 256 << 10;

    // From here on a call of its own costs less than the copy.
    private const int AloneBytes = 32 << 10;

    // So much of a large piece goes with the header before it, which else is a segment of its own and wakes the peer
    // for nothing.
    private const int HeadBytes = 2 << 10;

    // One connection sends or receives at a time on a loop's thread.
    [ThreadStatic]
    private static byte[]? t_copy;

    private static byte[] Copy => t_copy ??= GC.AllocateUninitializedArray<byte>(CopyBytes, pinned: true);

    private PortableLoop _loop;
    private bool _attached;

    public PortableConnection(PortableLoop loop, Socket socket) : base(loop, loop.Streams)
    {
        _loop = loop;
        Socket = socket;
        socket.Blocking = false;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        RemoteEndPoint = socket.RemoteEndPoint as IPEndPoint;
        LocalEndPoint = socket.LocalEndPoint as IPEndPoint;
        Attach(loop);
    }

    public Socket Socket { get; }

    /// <summary>The loop tells when bytes have come.</summary>
    public bool WatchesReadable { get; private set; }

    /// <summary>The loop tells when there is room for bytes.</summary>
    public bool WatchesWritable { get; private set; }

    public override IPEndPoint? RemoteEndPoint { get; }

    public override IPEndPoint? LocalEndPoint { get; }

    protected override nint Receive(IoVector* vectors, int count)
    {
        if (count == 1) return ReceiveInto(new Span<byte>((void*)vectors[0].Address, (int)vectors[0].Length));
        // A call for each page would cost more than the copy does.
        var copy = Copy.AsSpan();
        nint received = 0;
        var (index, offset) = (0, 0);
        while (index < count)
        {
            var most = Room(vectors, count, index, offset, copy.Length);
            var taken = (int)ReceiveInto(copy[..most]);
            if (taken <= 0) return received > 0 ? received : taken;
            Scatter(copy[..taken], vectors, ref index, ref offset);
            received += taken;
            if (taken < most) break;
        }
        return received;
    }

    private nint ReceiveInto(Span<byte> to)
    {
        var taken = Socket.Receive(to, SocketFlags.None, out var error);
        return error == SocketError.Success ? taken : error == SocketError.WouldBlock ? WouldBlock : Broken;
    }

    private static int Room(IoVector* vectors, int count, int index, int offset, int most)
    {
        var room = 0L;
        for (; index < count && room < most; (index, offset) = (index + 1, 0)) room += vectors[index].Length - offset;
        return (int)Math.Min(room, most);
    }

    private static void Scatter(ReadOnlySpan<byte> bytes, IoVector* vectors, ref int index, ref int offset)
    {
        while (bytes.Length > 0)
        {
            var to = new Span<byte>((void*)vectors[index].Address, (int)vectors[index].Length)[offset..];
            var take = Math.Min(to.Length, bytes.Length);
            bytes[..take].CopyTo(to);
            bytes = bytes[take..];
            (index, offset) = take == to.Length ? (index + 1, 0) : (index, offset + take);
        }
    }

    protected override nint Send(IoVector* vectors, int count)
    {
        nint total = 0;
        var (index, offset) = (0, 0);
        while (index < count)
        {
            var bytes = Gather(vectors, count, ref index, ref offset);
            var sent = Socket.Send(bytes, SocketFlags.None, out var error);
            if (error != SocketError.Success)
                return total > 0 ? total : error == SocketError.WouldBlock ? WouldBlock : Broken;
            total += sent;
            if (sent < bytes.Length) break;
        }
        return total;
    }

    // What the next call sends: a large piece where it lies, smaller ones copied together.
    private static ReadOnlySpan<byte> Gather(IoVector* vectors, int count, ref int index, ref int offset)
    {
        var first = Piece(vectors[index], offset);
        if (first.Length >= AloneBytes)
        {
            (index, offset) = (index + 1, 0);
            return first;
        }
        var copy = Copy.AsSpan();
        var length = 0;
        while (index < count)
        {
            var from = Piece(vectors[index], offset);
            if (from.Length >= AloneBytes)
            {
                if (from.Length < AloneBytes + HeadBytes) break;
                var head = Math.Min(HeadBytes, copy.Length - length);
                from[..head].CopyTo(copy[length..]);
                length += head;
                offset += head;
                break;
            }
            var take = Math.Min(from.Length, copy.Length - length);
            from[..take].CopyTo(copy[length..]);
            length += take;
            if (take < from.Length)
            {
                offset += take;
                break;
            }
            (index, offset) = (index + 1, 0);
        }
        return copy[..length];
    }

    private static ReadOnlySpan<byte> Piece(in IoVector vector, int offset) =>
        new ReadOnlySpan<byte>((void*)vector.Address, (int)vector.Length)[offset..];

    protected override void Watch(bool readable, bool writable) =>
        (WatchesReadable, WatchesWritable) = (readable, writable);

    protected override void ShutSend()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer was faster; receiving finds that out.
        }
    }

    protected override void CloseTransport()
    {
        Detach();
        Socket.Dispose();
    }

    protected override void Detach()
    {
        if (!_attached) return;
        _attached = false;
        _loop.Remove(this);
    }

    protected sealed override void Attach(StreamLoop loop)
    {
        _loop = (PortableLoop)loop;
        _attached = true;
        _loop.Add(this);
    }
}
