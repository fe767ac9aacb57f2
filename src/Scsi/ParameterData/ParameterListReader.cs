using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// Reads a parameter list that an initiator sent. Reading past the end gives zeros and PARAMETER LIST LENGTH ERROR;
/// what the caller refuses gives INVALID FIELD IN PARAMETER LIST pointing at the byte. The first failure is kept, so
/// that a handler reads its fields in a row and asks once.
/// </summary>
public ref struct ParameterListReader
{
    private readonly ReadOnlySpan<byte> _list;
    private readonly int _origin;       // where this reader's first byte stands in the whole list

    /// <summary>Reads from the first byte of a list.</summary>
    /// <param name="list">The bytes received: PARAMETER LIST LENGTH of them, or fewer where fewer came.</param>
    public ParameterListReader(ReadOnlySpan<byte> list) : this(list, 0)
    {
    }

    private ParameterListReader(ReadOnlySpan<byte> list, int origin)
    {
        _list = list;
        _origin = origin;
    }

    /// <summary>The first thing wrong, or null.</summary>
    public Sense? Failure { get; private set; }

    /// <summary>Bytes read so far by this reader.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _list.Length - Position;

    /// <summary>Whether nothing is wrong and nothing is left.</summary>
    public readonly bool IsAtEnd => Failure is null && Remaining == 0;

    /// <summary>Reads bytes; fewer than asked are none.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > Remaining)
        {
            Fail(Sense.Illegal(AdditionalSense.ParameterListLengthError));
            Position = _list.Length;
            return default;
        }

        Position += count;
        return _list.Slice(Position - count, count);
    }

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => ReadBytes(1) is [var value] ? value : (byte)0;

    /// <summary>Reads two bytes.</summary>
    public ushort ReadUInt16() =>
        ReadBytes(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

    /// <summary>Reads three bytes.</summary>
    public int ReadUInt24() => ReadBytes(3) is [var high, var middle, var low] ? high << 16 | middle << 8 | low : 0;

    /// <summary>Reads four bytes.</summary>
    public uint ReadUInt32() => ReadBytes(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

    /// <summary>Reads six bytes.</summary>
    public ulong ReadUInt48() => (ulong)ReadUInt16() << 32 | ReadUInt32();

    /// <summary>Reads eight bytes.</summary>
    public ulong ReadUInt64() => ReadBytes(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;

    /// <summary>Passes over bytes that nobody looks at.</summary>
    public void Skip(int count) => ReadBytes(count);

    /// <summary>Passes over reserved bytes, which must be zero.</summary>
    public void Reserved(int count)
    {
        var bytes = ReadBytes(count);
        var stray = bytes.IndexOfAnyExcept((byte)0);
        if (stray >= 0) Refuse(Position - count + stray, System.Numerics.BitOperations.Log2(bytes[stray]));
    }

    /// <summary>A reader over the next bytes, for a descriptor or page whose length has been read.</summary>
    /// <param name="count">How many bytes; more than there are is a failure, and gives an empty reader.</param>
    public ParameterListReader Take(int count)
    {
        var origin = _origin + Position;
        return new(ReadBytes(count), origin);
    }

    /// <summary>Takes over the failure of a reader that <see cref="Take"/> gave.</summary>
    public void Join(scoped in ParameterListReader part)
    {
        if (part.Failure is { } failure) Fail(failure);
    }

    /// <summary>Refuses a field that this reader has read.</summary>
    /// <param name="position">Where in this reader its first byte stands.</param>
    /// <param name="bit">Its left-most bit, where it is part of a byte.</param>
    public void Refuse(int position, int bit = -1) => Fail(Sense.InvalidFieldInParameterList(_origin + position, bit));

    /// <summary>Refuses the list for a reason of the caller's.</summary>
    public void Fail(Sense sense) => Failure ??= sense;
}
