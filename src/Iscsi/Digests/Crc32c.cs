using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lunette.Iscsi;

/// <summary>
/// The CRC32C of header and data digests (RFC 7143 section 13.1). Where the processor multiplies without carries in
/// vectors of 512 bits, long spans are folded; else they run as three independent streams of the hardware instruction,
/// whose latency is three times its throughput, joined by such a multiplication; without the instruction the
/// framework's tables do the work.
/// </summary>
public static partial class Crc32c
{
    /// <summary>Length of a digest on the wire, in bytes.</summary>
    public const int Length = 4;

    // The reflected Castagnoli polynomial 0x1EDC6F41.
    private const uint Polynomial = 0x82F6_3B78;

    // Bytes in one stream of a block. Long blocks spread the cost of joining; short ones bring 512-byte sectors in.
    private const int LongStream = 1360;
    private const int ShortStream = 168;

    private static readonly ulong s_longOnce = ShiftConstant(LongStream);
    private static readonly ulong s_longTwice = ShiftConstant(2 * LongStream);
    private static readonly ulong s_shortOnce = ShiftConstant(ShortStream);
    private static readonly ulong s_shortTwice = ShiftConstant(2 * ShortStream);

    private static bool Interleaves => Sse42.X64.IsSupported && Pclmulqdq.IsSupported;

    /// <summary>The CRC32C of one span.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The CRC32C of everything so far followed by more bytes.</summary>
    /// <param name="crc">What this class returned for what came before; 0 for nothing.</param>
    /// <param name="bytes">What comes next.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref var source = ref MemoryMarshal.GetReference(bytes);
        return ~Run<Reading>(~crc, ref source, ref Unsafe.NullRef<byte>(), bytes.Length);
    }

    /// <summary>Copies and computes in one pass over the bytes.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="destination">At least as long; must not overlap the source unless it is the same memory.</param>
    /// <param name="crc">What this class returned for what came before; 0 for nothing.</param>
    /// <exception cref="ArgumentException">The destination is shorter than the source.</exception>
    public static uint CopyAndCompute(ReadOnlySpan<byte> source, Span<byte> destination, uint crc = 0)
    {
        if (destination.Length < source.Length)
            throw new ArgumentException("shorter than the source", nameof(destination));
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        return ~Run<Copying>(~crc, ref from, ref to, source.Length);
    }

    /// <summary>Writes a digest: four bytes, the least significant one first (RFC 7143 section 13.1).</summary>
    public static void Write(Span<byte> digest, uint crc) => BinaryPrimitives.WriteUInt32LittleEndian(digest, crc);

    /// <summary>Reads a digest.</summary>
    public static uint Read(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadUInt32LittleEndian(digest);

    private static uint Run<TMove>(uint state, ref byte from, ref byte to, int length) where TMove : struct, IMove
    {
        var at = 0;
        if (Folds && length >= FoldBytes) state = Fold<TMove>(state, ref from, ref to, length, out at);
        else if (Interleaves)
        {
            for (; length - at >= 3 * LongStream; at += 3 * LongStream)
                state = Block<TMove>(state, ref from, ref to, at, LongStream, s_longOnce, s_longTwice);
            for (; length - at >= 3 * ShortStream; at += 3 * ShortStream)
                state = Block<TMove>(state, ref from, ref to, at, ShortStream, s_shortOnce, s_shortTwice);
        }
        for (; length - at >= 8; at += 8)
            state = BitOperations.Crc32C(state, TMove.Word(ref from, ref to, at));
        for (; at < length; at++)
            state = BitOperations.Crc32C(state, TMove.Byte(ref from, ref to, at));
        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Block<TMove>(
        uint state, ref byte from, ref byte to, int at, int stream, ulong once, ulong twice)
        where TMove : struct, IMove
    {
        ulong first = state, second = 0, third = 0;
        for (var end = at + stream; at < end; at += 8)
        {
            first = Sse42.X64.Crc32(first, TMove.Word(ref from, ref to, at));
            second = Sse42.X64.Crc32(second, TMove.Word(ref from, ref to, at + stream));
            third = Sse42.X64.Crc32(third, TMove.Word(ref from, ref to, at + 2 * stream));
        }
        return (uint)(Shift(first, twice) ^ Shift(second, once) ^ third);
    }

    // Multiplies by x^33 times the constant, modulo the polynomial: in the reflected form the 63-bit product stands one
    // bit off, and the instruction itself multiplies by x^32 while it reduces.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Shift(ulong state, ulong constant)
    {
        var product = Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(state), Vector128.CreateScalar(constant), 0);
        return Sse42.X64.Crc32(0, product.ToScalar());
    }

    // x^(8 * bytes - 33) modulo the polynomial, reflected: what Shift needs to append that many zero bytes.
    private static ulong ShiftConstant(int bytes) => Power((8 * bytes) - 33);

    // x to a power, modulo the polynomial, reflected.
    private static ulong Power(int exponent)
    {
        var power = 0x8000_0000u;
        for (var i = 0; i < exponent; i++) power = (power >> 1) ^ ((power & 1) * Polynomial);
        return power;
    }

    private interface IMove
    {
        static abstract ulong Word(ref byte from, ref byte to, int at);

        static abstract byte Byte(ref byte from, ref byte to, int at);

        static abstract Vector512<ulong> Vector(ref byte from, ref byte to, int at);
    }

    private readonly struct Reading : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Word(ref byte from, ref byte to, int at) => LoadWord(ref from, at);

        public static byte Byte(ref byte from, ref byte to, int at) => Unsafe.Add(ref from, at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ulong> Vector(ref byte from, ref byte to, int at) =>
            Vector512.LoadUnsafe(ref from, (nuint)at).AsUInt64();
    }

    private readonly struct Copying : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Word(ref byte from, ref byte to, int at)
        {
            var word = LoadWord(ref from, at);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), BitConverter.IsLittleEndian ? word : Swap(word));
            return word;
        }

        public static byte Byte(ref byte from, ref byte to, int at) =>
            Unsafe.Add(ref to, at) = Unsafe.Add(ref from, at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ulong> Vector(ref byte from, ref byte to, int at)
        {
            var vector = Vector512.LoadUnsafe(ref from, (nuint)at);
            vector.StoreUnsafe(ref to, (nuint)at);
            return vector.AsUInt64();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LoadWord(ref byte from, int at)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at));
        return BitConverter.IsLittleEndian ? word : Swap(word);
    }

    private static ulong Swap(ulong word) => BinaryPrimitives.ReverseEndianness(word);
}
