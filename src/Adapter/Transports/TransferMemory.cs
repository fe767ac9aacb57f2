using Lunette.Runtime;

namespace Lunette.Adapter.Transports;

/// <summary>
/// The memory of one transfer: one piece, or several for spanned and gathered transfers. It lends what it was given and
/// owns nothing.
/// </summary>
public sealed class TransferMemory
{
    /// <summary>Pieces one transfer may have at most.</summary>
    public const int CountMax = 1024;

    private Memory<byte>[] _pieces = new Memory<byte>[1];

    /// <summary>Pieces.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes in all.</summary>
    public int Length { get; private set; }

    /// <summary>The pieces in order.</summary>
    public ReadOnlySpan<Memory<byte>> Pieces => _pieces.AsSpan(0, Count);

    /// <summary>The whole where it is one piece (or empty); else transports without scatter and gather copy.</summary>
    public bool TryGetWhole(out Memory<byte> whole)
    {
        whole = Count == 0 ? default : _pieces[0];
        return Count <= 1;
    }

    /// <summary>Copies bytes in at an offset of the whole; returns how many fitted.</summary>
    public int CopyIn(int offset, ReadOnlySpan<byte> from)
    {
        var copied = 0;
        foreach (var piece in Pieces)
        {
            if (from.IsEmpty) break;
            if (offset >= piece.Length)
            {
                offset -= piece.Length;
                continue;
            }
            var part = Math.Min(piece.Length - offset, from.Length);
            from[..part].CopyTo(piece.Span[offset..]);
            from = from[part..];
            copied += part;
            offset = 0;
        }
        return copied;
    }

    /// <summary>Copies the whole out; returns how many bytes there were room for.</summary>
    public int CopyOut(Span<byte> to)
    {
        var copied = 0;
        foreach (var piece in Pieces)
        {
            var part = Math.Min(piece.Length, to.Length - copied);
            piece.Span[..part].CopyTo(to[copied..]);
            copied += part;
        }
        return copied;
    }

    internal void Clear()
    {
        _pieces.AsSpan(0, Count).Clear();
        Count = 0;
        Length = 0;
    }

    internal void Add(Memory<byte> piece)
    {
        Invariant.That(Count < CountMax, "the pieces of a transfer were counted before");
        if (Count == _pieces.Length) Array.Resize(ref _pieces, _pieces.Length * 2);
        _pieces[Count++] = piece;
        Length += piece.Length;
    }
}
