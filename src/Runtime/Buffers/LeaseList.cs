using System.Runtime.CompilerServices;

namespace Lunette.Runtime.Buffers;

/// <summary>
/// The segments of one transfer, in order. It belongs to a task and is reused with it, so that growing happens once.
/// </summary>
public sealed class LeaseList
{
    /// <summary>Segments one transfer may have at most; enough for the largest transfer in the
    /// smallest pages.</summary>
    public const int CountMax = 8192;

    private Lease[] _items = new Lease[4];

    /// <summary>Segments held.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public int Length { get; private set; }

    /// <summary>One segment.</summary>
    public ref readonly Lease this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _items[index];
    }

    /// <summary>All segments.</summary>
    public ReadOnlySpan<Lease> Segments => _items.AsSpan(0, Count);

    /// <summary>Takes ownership of one more segment.</summary>
    public void Add(in Lease lease)
    {
        if (Count == _items.Length)
        {
            Invariant.That(Count < CountMax, "a transfer's segment count stays within its bound");
            Array.Resize(ref _items, _items.Length * 2);
        }
        _items[Count++] = lease;
        Length += lease.Length;
    }

    /// <summary>Gives the segments up without releasing them: somebody else owns them now.</summary>
    public void Forget()
    {
        _items.AsSpan(0, Count).Clear();
        Count = 0;
        Length = 0;
    }

    /// <summary>Releases every segment.</summary>
    public void Release()
    {
        for (var i = 0; i < Count; i++) _items[i].Release();
        Forget();
    }

    /// <summary>Copies bytes in from an offset of the whole; returns how many fitted.</summary>
    public int Write(int offset, ReadOnlySpan<byte> bytes)
    {
        var written = 0;
        for (var i = 0; i < Count && bytes.Length > 0; i++)
        {
            var segment = _items[i].Span;
            if (offset >= segment.Length)
            {
                offset -= segment.Length;
                continue;
            }
            var room = segment[offset..];
            var take = Math.Min(room.Length, bytes.Length);
            bytes[..take].CopyTo(room);
            bytes = bytes[take..];
            written += take;
            offset = 0;
        }
        return written;
    }

    /// <summary>Copies bytes out from an offset of the whole; returns how many there were.</summary>
    public int Read(int offset, Span<byte> bytes)
    {
        var read = 0;
        for (var i = 0; i < Count && bytes.Length > 0; i++)
        {
            var segment = _items[i].Span;
            if (offset >= segment.Length)
            {
                offset -= segment.Length;
                continue;
            }
            var take = Math.Min(segment.Length - offset, bytes.Length);
            segment.Slice(offset, take).CopyTo(bytes);
            bytes = bytes[take..];
            read += take;
            offset = 0;
        }
        return read;
    }
}
