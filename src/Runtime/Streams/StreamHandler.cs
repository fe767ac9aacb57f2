using System.Net;

namespace Lunette.Runtime.Streams;

/// <summary>
/// What a connection's bytes mean. Called on the connection's loop only, one call at a time, and never from inside a
/// call it makes itself.
/// </summary>
public abstract class StreamHandler
{
    /// <summary>
    /// Bytes that must lie together before <see cref="Received"/> can get on; at least 1, at most
    /// <see cref="Buffers.BufferPool.LargestBytes"/>. Read after each call.
    /// </summary>
    public abstract int BytesWanted { get; }

    /// <summary>
    /// Bytes one receive should bring at most, where the handler does not say where to. Whoever is being sent long data
    /// wants little more than the next header: what comes with it has to be copied.
    /// </summary>
    public virtual int BytesAtOnce => int.MaxValue;

    /// <summary>
    /// Bytes that may be unsent beyond <see cref="StreamOptions.UnsentBytesMax"/> before the peer is not listened to.
    /// The side that asks says here what it sends of its own accord: where both sides stopped listening because the
    /// other does not take what it is sent, neither would ever go on.
    /// </summary>
    public virtual long UnsentBytesBeyond => 0;

    /// <summary>The connection is on its loop from now on.</summary>
    public virtual void Attached(StreamConnection connection)
    {
    }

    /// <summary>
    /// Bytes have come. They may be read and changed until the call returns.
    /// </summary>
    /// <returns>How many were used up; the rest comes again with what follows.</returns>
    public abstract int Received(Span<byte> bytes);

    /// <summary>A turn in which what was left is looked at, before bytes that have come.</summary>
    public virtual void TurnBegins()
    {
    }

    /// <summary>The same turn, when all bytes that there was credit for have been looked at.</summary>
    public virtual void TurnEnds()
    {
    }

    /// <summary>What <see cref="StreamConnection.ReceiveDirect"/> asked for has come.</summary>
    public virtual void DirectReceived() => throw new InvalidOperationException("nothing was asked for");

    /// <summary>The batch's bytes are used up and are about to be sent.</summary>
    public virtual void BatchEnding()
    {
    }

    /// <summary>The connection has ended; leases it had for direct receive are the handler's again. One that was on
    /// its way to a loop that has ended was never <see cref="Attached"/> here, and this comes on no loop any
    /// more.</summary>
    public abstract void Closed(StreamEnd end);
}

/// <summary>Takes new connections of a listener.</summary>
public interface IStreamAcceptor
{
    /// <summary>
    /// A connection was accepted and is on the listener's loop. Returns who handles it; null refuses it: it is closed.
    /// </summary>
    StreamHandler? Accepted(StreamConnection connection);

    /// <summary>The system has no room for another connection (descriptors, memory); accepting pauses.</summary>
    void AcceptFailed(string reason);
}

/// <summary>A listening end point.</summary>
public abstract class StreamListener : IDisposable
{
    /// <summary>Where it listens; a port asked for as 0 is known here.</summary>
    public abstract IPEndPoint EndPoint { get; }

    /// <summary>Stops listening. Connections already accepted stay.</summary>
    public abstract void Dispose();
}
