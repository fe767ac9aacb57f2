namespace Lunette.Stmf.Contracts;

/// <summary>
/// What goes over the wire of one session, being written down for a network analyser. Any thread. Whoever asked for it
/// takes what there is, again and again; a capture nobody takes from ends by itself.
/// </summary>
public interface ISessionCapture : IDisposable
{
    /// <summary>Our end of the session's connection.</summary>
    string Portal { get; }

    /// <summary>
    /// Whether nothing more will come and everything was taken, or nobody has taken anything for long.
    /// </summary>
    bool IsOver { get; }

    /// <summary>Takes the next bytes of the file.</summary>
    CapturedBytes Take();
}

/// <summary>The next part of a capture.</summary>
/// <param name="Bytes">Of a pcap file; none where nothing happened.</param>
/// <param name="Ended">Whether nothing more follows.</param>
/// <param name="LostBytes">Bytes of the session so far that there was no room for.</param>
public readonly record struct CapturedBytes(byte[] Bytes, bool Ended, long LostBytes);
