using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lunette.Runtime;

/// <summary>Our own mistakes, said loudly. On in release; a peer's mistake is never an invariant.</summary>
public static class Invariant
{
    /// <summary>Holds, or the loop or logical unit that noticed is faulted.</summary>
    /// <exception cref="InvariantException">It does not hold.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void That([DoesNotReturnIf(false)] bool holds, string rule)
    {
        if (!holds) Broken(rule);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Broken(string rule) => throw new InvariantException(rule);
}

/// <summary>A rule of our own was broken: a bug in this program.</summary>
public sealed class InvariantException : Exception
{
    /// <summary>Names the rule.</summary>
    public InvariantException(string rule) : base("invariant broken: " + rule)
    {
    }
}
