namespace Lunette.Runtime.Streams;

/// <summary>
/// One attempt to connect to a peer. It ends once: connected, failed or abandoned, on the loop it was begun on.
/// </summary>
public abstract class StreamDial
{
    /// <summary>Whether it has ended.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Nobody waits for it any more: nothing is told, and what still comes of it is closed.</summary>
    public void Abandon() => IsEnded = true;

    /// <summary>The connection is there. Returns who handles it.</summary>
    protected abstract StreamHandler Connected(StreamConnection connection);

    /// <summary>There is no connection, and why.</summary>
    protected abstract void Failed(string reason);

    /// <summary>For whoever carries it out: the connection is there, on its loop.</summary>
    public void EndWith(StreamConnection connection)
    {
        if (IsEnded)
        {
            connection.Close();
            return;
        }
        IsEnded = true;
        connection.Start(Connected(connection));
    }

    /// <summary>For whoever carries it out: there will be no connection.</summary>
    public void EndWith(string reason)
    {
        if (IsEnded) return;
        IsEnded = true;
        Failed(reason);
    }
}

/// <summary>Connects to peers by name: the transport seam of whoever opens connections.</summary>
public interface IStreamDialer
{
    /// <summary>The loop on which dials begin and end, and on which their connections live.</summary>
    Loops.Loop Loop { get; }

    /// <summary>Begins to connect; on the loop only. There is no time limit but the system's own: whoever dials
    /// abandons what takes too long.</summary>
    /// <param name="host">An address or a host name.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="dial">Is told how it ends; never from inside this call.</param>
    void Dial(string host, int port, StreamDial dial);
}
