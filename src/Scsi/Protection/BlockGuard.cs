using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// The CRC of the LOGICAL BLOCK GUARD field (SBC-5, Logical block guard): polynomial 8BB7h, most significant bit first,
/// beginning with zero. Eight bytes a step, by tables.
/// </summary>
public static class BlockGuard
{
    private const int Lanes = 8;

    // Lane k holds the CRC of a byte that k bytes of zeros follow.
    private static readonly ushort[] s_lanes = MakeLanes();

    /// <summary>The guard of a block.</summary>
    public static ushort Of(ReadOnlySpan<byte> block) => Append(0, block);

    /// <summary>The guard of what a guard was of, followed by more bytes.</summary>
    public static ushort Append(ushort guard, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ushort> lanes = s_lanes;
        uint crc = guard;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            var word = BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ (ulong)crc << 48;
            crc = (uint)(lanes[(7 << 8) + (int)(word >> 56)] ^ lanes[(6 << 8) + (byte)(word >> 48)]
                ^ lanes[(5 << 8) + (byte)(word >> 40)] ^ lanes[(4 << 8) + (byte)(word >> 32)]
                ^ lanes[(3 << 8) + (byte)(word >> 24)] ^ lanes[(2 << 8) + (byte)(word >> 16)]
                ^ lanes[(1 << 8) + (byte)(word >> 8)] ^ lanes[(byte)word]);
        }
        foreach (var value in bytes) crc = (ushort)(crc << 8) ^ (uint)lanes[(byte)(crc >> 8 ^ value)];
        return (ushort)crc;
    }

    private static ushort[] MakeLanes()
    {
        const int Polynomial = 0x8BB7;
        var lanes = new ushort[Lanes << 8];
        for (var value = 0; value < 256; value++)
        {
            var crc = value << 8;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? crc << 1 ^ Polynomial : crc << 1;
            lanes[value] = (ushort)crc;
        }
        for (var i = 256; i < lanes.Length; i++)
        {
            var shorter = lanes[i - 256];
            lanes[i] = (ushort)(shorter << 8 ^ lanes[shorter >> 8]);
        }
        return lanes;
    }
}
