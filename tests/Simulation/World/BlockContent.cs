using System.Buffers.Binary;

namespace Lunette.Simulation.World;

/// <summary>What a block holds: the number of its write, again and again, so that a torn one shows.</summary>
internal static class BlockContent
{
    public const int Length = 512;

    public static void Fill(Span<byte> blocks, ulong number)
    {
        for (var at = 0; at < blocks.Length; at += 8) BinaryPrimitives.WriteUInt64BigEndian(blocks[at..], number);
    }

    /// <summary>The number of a block's write.</summary>
    public static ulong Read(ReadOnlySpan<byte> block, string where)
    {
        var number = BinaryPrimitives.ReadUInt64BigEndian(block);
        for (var at = 8; at < Length; at += 8)
            SimulationException.Unless(BinaryPrimitives.ReadUInt64BigEndian(block[at..]) == number,
                $"{where}: a block of two writes, {number} and {BinaryPrimitives.ReadUInt64BigEndian(block[at..])}");
        return number;
    }
}
