using System.Diagnostics.CodeAnalysis;
using Lunette.Admin.Contracts;

namespace Lunette.Libstmf.Functions;

/// <summary>
/// The property bags a program holds. A handle is a number of ours, so one that was freed, or never was, is told from
/// one that is. Two threads may use one bag: each look and each change is whole.
/// </summary>
internal static class LuResources
{
    /// <summary>Bags a process may hold at once; what it never frees must not eat it up.</summary>
    public const int CountMax = 65536;

    // Handles look like addresses: a program may keep flags in the lowest bits.
    private const int Step = 16;

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<nint, LuResource> s_bags = [];
    private static nint s_last;

    /// <summary>Keeps a bag; zero where there are too many.</summary>
    public static nint Add(LuResource bag)
    {
        lock (s_gate)
        {
            if (s_bags.Count >= CountMax) return 0;
            s_last += Step;
            s_bags.Add(s_last, bag);
            return s_last;
        }
    }

    /// <summary>Forgets a bag; false where it is not known.</summary>
    public static bool Remove(nint handle)
    {
        lock (s_gate) return s_bags.Remove(handle);
    }

    /// <summary>Looks at or changes a bag; INVALID_ARG where it is not known.</summary>
    public static StmfResult<T> With<T>(nint handle, Func<LuResource, StmfResult<T>> use)
    {
        lock (s_gate) return s_bags.TryGetValue(handle, out var bag) ? use(bag) : StmfStatus.InvalidArg;
    }

    /// <summary>A copy of a bag; null where it is not known.</summary>
    public static bool TryCopy(nint handle, [NotNullWhen(true)] out LuResource? copy)
    {
        lock (s_gate) copy = s_bags.TryGetValue(handle, out var bag) ? new LuResource(bag.Values) : null;
        return copy is not null;
    }
}
