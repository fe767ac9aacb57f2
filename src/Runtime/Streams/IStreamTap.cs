namespace Lunette.Runtime.Streams;

/// <summary>Hears everything that goes over a connection, on its loop; it must not keep the bytes.</summary>
public interface IStreamTap
{
    /// <summary>The transport gave us bytes.</summary>
    void Received(ReadOnlySpan<byte> bytes);

    /// <summary>The transport took bytes.</summary>
    void Sent(ReadOnlySpan<byte> bytes);

    /// <summary>The connection has ended; nothing follows.</summary>
    void Ended();
}
