using System.Buffers.Binary;
using System.Numerics;

namespace Lunette.Iscsi;

/// <summary>
/// SHA3-256 (FIPS 202): the permutation Keccak-f[1600] under a sponge of 136 bytes. Used where the platform's library
/// has
/// none; one block at a time, which is plenty for a CHAP response.
/// </summary>
internal static class Sha3
{
    public const int DigestLength = 32;

    private const int Rate = 136;
    private const int Lanes = 25;

    private static readonly ulong[] s_roundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    // Rho's rotations and pi's destinations, walked in one cycle through all lanes but the first.
    private static readonly int[] s_rotations =
        [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private static readonly int[] s_lanes =
        [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    public static void HashData(ReadOnlySpan<byte> source, Span<byte> digest)
    {
        Span<ulong> state = stackalloc ulong[Lanes];
        state.Clear();
        for (; source.Length >= Rate; source = source[Rate..]) Absorb(state, source[..Rate]);
        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        source.CopyTo(last);
        last[source.Length] = 0x06;
        last[Rate - 1] |= 0x80;
        Absorb(state, last);
        for (var i = 0; i < DigestLength / 8; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(digest[(8 * i)..], state[i]);
        last.Clear();
        state.Clear();
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
        foreach (var constant in s_roundConstants) Round(state, constant);
    }

    private static void Round(Span<ulong> state, ulong constant)
    {
        Span<ulong> row = stackalloc ulong[5];
        for (var x = 0; x < 5; x++)
            row[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
        for (var x = 0; x < 5; x++)
        {
            var mix = row[(x + 4) % 5] ^ BitOperations.RotateLeft(row[(x + 1) % 5], 1);
            for (var y = 0; y < Lanes; y += 5) state[y + x] ^= mix;
        }
        var moving = state[1];
        for (var i = 0; i < s_lanes.Length; i++)
        {
            var next = state[s_lanes[i]];
            state[s_lanes[i]] = BitOperations.RotateLeft(moving, s_rotations[i]);
            moving = next;
        }
        for (var y = 0; y < Lanes; y += 5)
        {
            state.Slice(y, 5).CopyTo(row);
            for (var x = 0; x < 5; x++) state[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
        state[0] ^= constant;
    }
}
