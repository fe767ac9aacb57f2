using System.Buffers.Binary;
using System.Text;

namespace Lunette.Scsi;

/// <summary>
/// Writes parameter data into an ALLOCATION LENGTH: what does not fit is dropped, what was meant is counted. So the
/// length fields, which are written last, state the full length whatever the initiator made room for.
/// </summary>
/// <param name="allocation">As many bytes as the initiator allows, or fewer where the buffer is smaller.</param>
public ref struct ParameterDataWriter(Span<byte> allocation)
{
    private readonly Span<byte> _allocation = allocation;

    /// <summary>Bytes written, as if nothing had been dropped.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that are in the buffer.</summary>
    public readonly int Delivered => Math.Min(Length, _allocation.Length);

    /// <summary>What is in the buffer.</summary>
    public readonly Span<byte> Written => _allocation[..Delivered];

    /// <summary>Writes bytes.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (Length < _allocation.Length)
            bytes[..Math.Min(bytes.Length, _allocation.Length - Length)].CopyTo(_allocation[Length..]);
        Length += bytes.Length;
    }

    /// <summary>Writes one byte.</summary>
    public void WriteByte(int value)
    {
        if (Length < _allocation.Length) _allocation[Length] = (byte)value;
        Length++;
    }

    /// <summary>Writes zeros.</summary>
    public void WriteZeros(int count)
    {
        if (Length < _allocation.Length)
            _allocation.Slice(Length, Math.Min(count, _allocation.Length - Length)).Clear();
        Length += count;
    }

    /// <summary>
    /// Writes zeros until the length is what it shall be; does nothing when it is that already or more.
    /// </summary>
    public void PadTo(int length)
    {
        if (Length < length) WriteZeros(length - Length);
    }

    /// <summary>Writes two bytes.</summary>
    public void WriteUInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        Write(bytes);
    }

    /// <summary>Writes three bytes.</summary>
    public void WriteUInt24(int value)
    {
        WriteByte(value >> 16);
        WriteUInt16(value);
    }

    /// <summary>Writes four bytes.</summary>
    public void WriteUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Write(bytes);
    }

    /// <summary>Writes six bytes.</summary>
    public void WriteUInt48(ulong value)
    {
        WriteUInt16((int)(value >> 32));
        WriteUInt32((uint)value);
    }

    /// <summary>Writes eight bytes.</summary>
    public void WriteUInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Write(bytes);
    }

    /// <summary>
    /// Writes a left-aligned ASCII field: cut or filled with spaces to its width; what is not graphic becomes a
    /// question mark (SPC-6, ASCII data field requirements).
    /// </summary>
    public void WriteAscii(scoped ReadOnlySpan<char> text, int width)
    {
        for (var i = 0; i < width; i++)
            WriteByte(i >= text.Length ? ' ' : text[i] is >= ' ' and <= '~' ? text[i] : '?');
    }

    /// <summary>Writes text as UTF-8, as many bytes as it takes, without a terminator.</summary>
    public void WriteUtf8(scoped ReadOnlySpan<char> text)
    {
        Span<byte> some = stackalloc byte[64];
        while (!text.IsEmpty)
        {
            var take = Math.Min(text.Length, 21);       // three bytes a UTF-16 code unit at most
            if (take < text.Length && char.IsHighSurrogate(text[take - 1])) take--;
            Write(some[..Encoding.UTF8.GetBytes(text[..take], some)]);
            text = text[take..];
        }
    }

    /// <summary>Leaves room for a one-byte length field and returns where it is.</summary>
    public int ReserveByte() => Reserve(1);

    /// <summary>Leaves room for a two-byte length field and returns where it is.</summary>
    public int ReserveUInt16() => Reserve(2);

    /// <summary>Leaves room for a four-byte length field and returns where it is.</summary>
    public int ReserveUInt32() => Reserve(4);

    /// <summary>Fills a reserved byte with the count of bytes written behind it.</summary>
    public readonly void CloseByte(int at) => Close(at, 1);

    /// <summary>Fills a reserved two-byte field with the count of bytes written behind it.</summary>
    public readonly void CloseUInt16(int at) => Close(at, 2);

    /// <summary>Fills a reserved four-byte field with the count of bytes written behind it.</summary>
    public readonly void CloseUInt32(int at) => Close(at, 4);

    /// <summary>Overwrites a byte written before, where it was not dropped.</summary>
    public readonly void Patch(int at, int value)
    {
        if (at < _allocation.Length) _allocation[at] = (byte)value;
    }

    private int Reserve(int width)
    {
        var at = Length;
        WriteZeros(width);
        return at;
    }

    private readonly void Close(int at, int width)
    {
        var behind = Length - at - width;
        for (var i = width - 1; i >= 0; i--, behind >>= 8) Patch(at + i, behind);
    }
}
