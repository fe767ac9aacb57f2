namespace Lunette.Simulation.Checks;

/// <summary>Cuts one direction of a connection into PDUs.</summary>
internal sealed class PduStream
{
    private const int HeaderLength = 48;

    private byte[] _bytes = [];
    private int _at;
    private bool _headerDigests;
    private bool _dataDigests;

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
        return true;
    }
}
