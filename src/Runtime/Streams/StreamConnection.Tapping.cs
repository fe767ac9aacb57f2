namespace Lunette.Runtime.Streams;

public abstract unsafe partial class StreamConnection
{
    private IStreamTap? _tap;

    /// <summary>
    /// Begins to tell a tap what goes over the connection, from the next message each way on: what was received and not
    /// used yet comes first. On the loop.
    /// </summary>
    /// <returns>False while a message is half sent or received past the handler: to be tried again, or when the
    /// connection has ended or has a tap.</returns>
    public bool TryTap(IStreamTap tap)
    {
        if (_end != StreamEnd.None || _tap is not null || _directLeft > 0 || UnsentBytes > 0) return false;
        _tap = tap;
        if (_spillLength > 0) tap.Received(_spill.Span[.._spillLength]);
        return true;
    }

    /// <summary>Tells a tap nothing any more; on the loop.</summary>
    public void EndTap(IStreamTap tap)
    {
        if (ReferenceEquals(_tap, tap)) _tap = null;
    }

    private void Tap(IoVector* vectors, nint bytes, bool sent)
    {
        for (var i = 0; bytes > 0; i++)
        {
            var part = new ReadOnlySpan<byte>((void*)vectors[i].Address, (int)Math.Min(vectors[i].Length, bytes));
            if (sent) _tap!.Sent(part);
            else _tap!.Received(part);
            bytes -= part.Length;
        }
    }
}
