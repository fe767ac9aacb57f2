using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lunette.Fuzz.Coverage;

/// <summary>
/// What instrumented assemblies call at the head of each basic block (<see cref="Weaver"/>). Edges are counted in a map
/// by the hash of both ends; blocks are marked for the figure of coverage; steps are counted against a bound, so that
/// an endless loop ends as an exception, at the same step each time. Only the thread that executes counts.
/// </summary>
public static class Edges
{
    /// <summary>Entries of the map.</summary>
    public const int MapLength = 1 << 16;

    /// <summary>Blocks that can be told apart.</summary>
    public const int BlocksMax = 1 << 18;

    [ThreadStatic]
    private static bool t_counts;

    private static readonly byte[] s_map = new byte[MapLength];
    private static readonly byte[] s_blocks = new byte[BlocksMax];
    private static int s_previous;
    private static long s_stepsLeft;

    /// <summary>How often each edge was taken since <see cref="Begin"/>, modulo 256.</summary>
    internal static ReadOnlySpan<byte> Map => s_map;

    /// <summary>Blocks that were ever entered.</summary>
    internal static int BlocksSeen => s_blocks.AsSpan().Count((byte)1);

    /// <summary>Whether the last execution went past its steps.</summary>
    internal static bool WentPastBound { get; private set; }

    /// <summary>Begins an execution.</summary>
    internal static void Begin(long stepsMax)
    {
        t_counts = true;
        Array.Clear(s_map);
        s_previous = 0;
        s_stepsLeft = stepsMax;
        WentPastBound = false;
    }

    /// <summary>Ends an execution: what runs now is not the product's.</summary>
    internal static void End() => t_counts = false;

    /// <summary>A block is entered.</summary>
    public static void Hit(int block)
    {
        if (!t_counts) return;
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(s_blocks), block & (BlocksMax - 1)) = 1;
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(s_map), (block * 0x9E37 ^ s_previous) & (MapLength - 1))++;
        s_previous = block * 0x9E37 >> 1;
        if (--s_stepsLeft < 0) PastBound();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PastBound()
    {
        WentPastBound = true;
        // Room for what unwinds, so that only a loop that goes on meets the bound again.
        s_stepsLeft = 10_000;
        throw new TimeoutException("the execution took more steps than its bound");
    }
}
