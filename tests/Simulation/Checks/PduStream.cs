namespace Lunette.Simulation.Checks;

/// <summary>Cuts one direction of a connection into PDUs.</summary>
internal sealed class PduStream
{
    private const int HeaderLength = 48;
    private const int KeptMax = 8;

    private readonly Queue<byte[]> _kept = new();

    private byte[] _bytes = [];
    private int _at;
    private bool _headerDigests;
    private bool _dataDigests;

    /// <summary>Whether the last PDUs of full feature phase are kept.</summary>
    public bool Keeps { get; set; }

    /// <summary>The last PDUs of full feature phase, the oldest first.</summary>
    public IReadOnlyCollection<byte[]> Kept => _kept;

    /// <summary>Whether digests show any bit that turns.</summary>
    public bool IsProtected => _headerDigests && _dataDigests;

    /// <summary>Bytes of a PDU that is not complete.</summary>
    public int Rest => _bytes.Length - _at;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _bytes = [.. _bytes.AsSpan(_at), .. bytes];
        _at = 0;
    }

    /// <summary>Full feature phase has begun.</summary>
    public void UseDigests(bool headers, bool data) => (_headerDigests, _dataDigests) = (headers, data);

    public bool TryTake(out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> data)
    {
        header = data = default;
        var rest = _bytes.AsSpan(_at);
        if (rest.Length < HeaderLength) return false;
        var dataLength = (rest[5] << 16) | (rest[6] << 8) | rest[7];
        var dataAt = HeaderLength + (rest[4] * 4) + (_headerDigests ? 4 : 0);
        var end = dataAt + ((dataLength + 3) & ~3) + (_dataDigests && dataLength > 0 ? 4 : 0);
        if (rest.Length < end) return false;
        header = rest[..HeaderLength];
        data = rest.Slice(dataAt, dataLength);
        _at += end;
        if (Keeps) Keep(rest[..end]);
        return true;
    }

    private void Keep(ReadOnlySpan<byte> pdu)
    {
        if ((pdu[0] & 0x3F) is 0x03 or 0x23) return;
        if (_kept.Count == KeptMax) _kept.Dequeue();
        _kept.Enqueue(pdu.ToArray());
    }
}
