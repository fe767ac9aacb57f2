using Lunette.Iscsi;
using Lunette.Runtime.Buffers;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class InitiatorConnection
{
    /// <summary>Data up to this length is copied behind its header; longer data is sent from where it lies.</summary>
    public const int CopyMax = 8192;

    /// <summary>Appends room for a header; <see cref="EndHeader"/> follows when it is filled.</summary>
    /// <param name="ahsLength">Length of the additional headers, a multiple of four.</param>
    public Span<byte> BeginHeader(int ahsLength = 0) =>
        _stream!.AppendHeader(BasicHeaderSegment.Length + ahsLength + (_headerDigest ? Crc32c.Length : 0));

    /// <summary>The header is filled: its digest can be computed.</summary>
    public void EndHeader(Span<byte> header)
    {
        if (!_headerDigest) return;
        var covered = header[..^Crc32c.Length];
        Crc32c.Write(header[^Crc32c.Length..], Crc32c.Compute(covered));
    }

    /// <summary>Appends a data segment by copying: padding and digest follow it.</summary>
    public void AppendData(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        var padded = (data.Length + 3) & ~3;
        var segment = _stream!.AppendHeader(padded + (_dataDigest ? Crc32c.Length : 0));
        segment[data.Length..padded].Clear();
        if (!_dataDigest)
        {
            data.CopyTo(segment);
            return;
        }
        var crc = Crc32c.CopyAndCompute(data, segment);
        Crc32c.Write(segment[padded..], Crc32c.Append(crc, segment[data.Length..padded]));
    }

    /// <summary>Appends a data segment from where it lies; the lease is released when it is sent.</summary>
    public void AppendData(in Lease data)
    {
        // The digest is computed before the lease is given away.
        var padding = -data.Length & 3;
        var crc = _dataDigest ? Crc32c.Compute(data.Span) : 0;
        _stream!.Append(data);
        var trailerLength = padding + (_dataDigest ? Crc32c.Length : 0);
        if (trailerLength == 0) return;
        var trailer = _stream.AppendHeader(trailerLength);
        trailer.Clear();
        if (_dataDigest) Crc32c.Write(trailer[padding..], Crc32c.Append(crc, trailer[..padding]));
    }

    /// <summary>Sends what was appended and closes in order.</summary>
    public void Finish(IscsiFault fault)
    {
        _fault ??= fault;
        _stream!.CloseWhenSent();
    }
}
