using System.Diagnostics.CodeAnalysis;

namespace Lunette.Fuzz.Engine;

/// <summary>A target found that what it promises to check does not hold.</summary>
internal sealed class FuzzException(string message) : Exception(message)
{
    /// <summary>Throws unless it holds.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool holds, string what)
    {
        if (!holds) throw new FuzzException(what);
    }
}
