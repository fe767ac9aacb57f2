namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Whom a connection serves: a session, or a discovery. Called on the connection's loop, one call at a time. What
/// returns a fault ends the connection with it.
/// </summary>
internal abstract class ConnectionClient
{
    /// <summary>The connection was made; the login begins.</summary>
    public abstract void Connected(InitiatorConnection connection);

    /// <summary>Full feature phase has begun.</summary>
    public abstract void LoggedIn(InitiatorConnection connection);

    /// <summary>A PDU other than Data-In, digests checked; the bytes are only lent.</summary>
    public abstract IscsiFault? Receive(ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data);

    /// <summary>A Data-In header has come: where its data goes. Empty when it carries none.</summary>
    public virtual IscsiFault? PlaceDataIn(ReadOnlySpan<byte> bhs, int length, out Memory<byte> destination)
    {
        destination = default;
        return IscsiFault.Protocol("Data-In in a session that has no commands");
    }

    /// <summary>The data of a Data-In that was placed has arrived, digest checked.</summary>
    public virtual IscsiFault? DataInArrived(ReadOnlySpan<byte> bhs, int length) => null;

    /// <summary>What was received is used up and what was appended is about to be sent.</summary>
    public virtual void BatchEnding()
    {
    }

    /// <summary>The connection has ended; nothing of the caller's memory is in its hands any more.</summary>
    public abstract void Closed(InitiatorConnection connection, IscsiFault fault);
}
