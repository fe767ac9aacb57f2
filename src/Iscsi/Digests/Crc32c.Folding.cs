using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lunette.Iscsi;

/// <content>
/// Folding: a vector that stands D bits before another one is replaced by what leaves the same remainder there, two
/// carry-less products added to it. Four vectors of 64 bytes go over the span side by side; what is left of them is
/// folded together, and the hardware instruction takes the last sixteen bytes modulo the polynomial.
/// </content>
public static partial class Crc32c
{
    private const int VectorBytes = 64;
    private const int FoldBytes = 4 * VectorBytes;

    private static readonly Vector512<ulong> s_overFour = FoldConstant(4 * VectorBytes);
    private static readonly Vector512<ulong> s_overOne = FoldConstant(VectorBytes);
    private static readonly Vector128<ulong> s_overThreeLanes = FoldConstant(48).GetLower().GetLower();
    private static readonly Vector128<ulong> s_overTwoLanes = FoldConstant(32).GetLower().GetLower();
    private static readonly Vector128<ulong> s_overOneLane = FoldConstant(16).GetLower().GetLower();

    private static bool Folds => Pclmulqdq.V512.IsSupported && Avx512F.IsSupported && Sse42.X64.IsSupported;

    private static uint Fold<TMove>(uint state, ref byte from, ref byte to, int length, out int at)
        where TMove : struct, IMove
    {
        var first = TMove.Vector(ref from, ref to, 0) ^ Vector512.CreateScalar((ulong)state);
        var second = TMove.Vector(ref from, ref to, VectorBytes);
        var third = TMove.Vector(ref from, ref to, 2 * VectorBytes);
        var fourth = TMove.Vector(ref from, ref to, 3 * VectorBytes);
        var over = s_overFour;
        for (at = FoldBytes; length - at >= FoldBytes; at += FoldBytes)
        {
            first = Fold(first, over, TMove.Vector(ref from, ref to, at));
            second = Fold(second, over, TMove.Vector(ref from, ref to, at + VectorBytes));
            third = Fold(third, over, TMove.Vector(ref from, ref to, at + (2 * VectorBytes)));
            fourth = Fold(fourth, over, TMove.Vector(ref from, ref to, at + (3 * VectorBytes)));
        }
        return Reduce(Fold(Fold(Fold(first, s_overOne, second), s_overOne, third), s_overOne, fourth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Reduce(Vector512<ulong> vector)
    {
        var (low, high) = (vector.GetLower(), vector.GetUpper());
        var last = high.GetUpper()
            ^ Product(low.GetLower(), s_overThreeLanes)
            ^ Product(low.GetUpper(), s_overTwoLanes)
            ^ Product(high.GetLower(), s_overOneLane);
        return (uint)Sse42.X64.Crc32(Sse42.X64.Crc32(0, last.ToScalar()), last.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Fold(Vector512<ulong> vector, Vector512<ulong> over, Vector512<ulong> onto) =>
        Pclmulqdq.V512.CarrylessMultiply(vector, over, 0x00)
        ^ Pclmulqdq.V512.CarrylessMultiply(vector, over, 0x11) ^ onto;

    private static Vector128<ulong> Product(Vector128<ulong> vector, Vector128<ulong> over) =>
        Pclmulqdq.CarrylessMultiply(vector, over, 0x00) ^ Pclmulqdq.CarrylessMultiply(vector, over, 0x11);

    // For each 128-bit lane: x^(D + 32) for its first half, x^(D - 32) for its second, modulo the polynomial,
    // reflected; one bit up, since a reflected product of 63 bits stands one bit off.
    private static Vector512<ulong> FoldConstant(int bytes)
    {
        var lane = Vector128.Create(Power((8 * bytes) + 32) << 1, Power((8 * bytes) - 32) << 1);
        var half = Vector256.Create(lane, lane);
        return Vector512.Create(half, half);
    }
}
