using System.Numerics;

namespace Lunette.DeviceServer.ModePages;

/// <summary>A field of a mode page: some bits of one byte, or whole bytes.</summary>
/// <param name="Name">Its name in the standard.</param>
/// <param name="Index">Index of its first byte in the page.</param>
/// <param name="Count">How many bytes.</param>
/// <param name="Mask">Its bits, where it is within one byte.</param>
/// <param name="Allowed">The values MODE SELECT may set; empty where that is none, or any of whole bytes.</param>
public readonly record struct ModeField(string Name, int Index, int Count, byte Mask, IReadOnlyList<int> Allowed)
{
    /// <summary>How many bits it has.</summary>
    public int Width => Count == 1 ? BitOperations.PopCount(Mask) : Count * 8;

    /// <summary>The highest of its bits in its first byte, where a field pointer points.</summary>
    public int HighestBit => BitOperations.Log2(Mask);

    private int Shift => Count == 1 ? BitOperations.TrailingZeroCount(Mask) : 0;

    /// <summary>Reads it from a page's bytes.</summary>
    public uint Get(ReadOnlySpan<byte> page)
    {
        uint value = 0;
        for (var i = 0; i < Count; i++) value = value << 8 | (uint)(page[Index + i] & Mask);
        return value >> Shift;
    }

    /// <summary>Writes it into a page's bytes.</summary>
    public void Set(Span<byte> page, uint value)
    {
        value <<= Shift;
        for (var i = Count - 1; i >= 0; i--, value >>= 8)
            page[Index + i] = (byte)(page[Index + i] & ~Mask | (byte)value & Mask);
    }
}
