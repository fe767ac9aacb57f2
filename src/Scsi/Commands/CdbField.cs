using System.Numerics;

namespace Lunette.Scsi;

/// <summary>
/// One field of a CDB, big-endian. A field that shares a byte with others has one byte and a mask; a field of several
/// bytes may begin inside a byte (the mask is that of the first byte), and always ends on a byte's end.
/// </summary>
/// <param name="Name">The field's name in the standard, upper case.</param>
/// <param name="Index">Index of the first byte.</param>
/// <param name="Count">How many bytes it touches; at most 8.</param>
/// <param name="Mask">The bits of the first byte that belong to the field.</param>
public readonly record struct CdbField(string Name, int Index, int Count, byte Mask)
{
    /// <summary>
    /// The only value the field can have in this CDB, where it helps to select the command; else null.
    /// </summary>
    public ulong? FixedValue { get; init; }

    /// <summary>Width in bits.</summary>
    public int BitCount => BitOperations.PopCount(Mask) + 8 * (Count - 1);

    /// <summary>The greatest value the field can carry.</summary>
    public ulong MaxValue => BitCount == 64 ? ulong.MaxValue : (1UL << BitCount) - 1;

    private int Shift => Count == 1 ? BitOperations.TrailingZeroCount(Mask) : 0;

    /// <summary>Reads the field.</summary>
    /// <param name="cdb">A CDB at least as long as the layout that the field is of.</param>
    public ulong Get(ReadOnlySpan<byte> cdb)
    {
        ulong value = (byte)(cdb[Index] & Mask);
        for (var i = 1; i < Count; i++) value = value << 8 | cdb[Index + i];
        return value >> Shift;
    }

    /// <summary>Writes the field and leaves its neighbours alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value does not fit.</exception>
    public void Set(Span<byte> cdb, ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        value <<= Shift;
        for (var i = Count - 1; i > 0; i--, value >>= 8) cdb[Index + i] = (byte)value;
        cdb[Index] = (byte)(cdb[Index] & ~Mask | (byte)value);
    }

    /// <summary>
    /// INVALID FIELD IN CDB pointing at this field: at its left-most bit where it is part of a byte, else at its first
    /// byte (SPC-6, Field pointer sense key specific information).
    /// </summary>
    public Sense Invalid() => Sense.InvalidFieldInCdb(Index, Mask == 0xFF ? -1 : BitOperations.Log2(Mask));
}
