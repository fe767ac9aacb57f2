using System.Runtime.CompilerServices;
using Lunette.Scsi;

namespace Lunette.Stmf.Contracts;

/// <summary>
/// What an I_T nexus sees: an immutable snapshot from LUN to logical unit. One map serves all nexuses of the same (host
/// group, target group) pair.
/// </summary>
public sealed class LunMap
{
    private const int PageShift = 7;
    private const int PageSize = 1 << PageShift;
    private readonly LogicalUnit?[]?[] _pages;

    /// <summary>Nothing mapped.</summary>
    public static LunMap Empty { get; } = new([]);

    /// <summary>Makes a map of entries; each LUN number stands at most once.</summary>
    public LunMap(IReadOnlyList<LunMapEntry> entries)
    {
        var sorted = entries.OrderBy(e => e.Lun).ToArray();
        _pages = new LogicalUnit?[]?[(Lun.NumberMax + 1) >> PageShift];
        foreach (var entry in sorted)
        {
            var number = entry.Lun.Number;
            (_pages[number >> PageShift] ??= new LogicalUnit?[PageSize])[number & (PageSize - 1)] = entry.LogicalUnit;
        }
        Entries = sorted;
    }

    /// <summary>All entries in the order of their LUN.</summary>
    public IReadOnlyList<LunMapEntry> Entries { get; }

    /// <summary>The logical unit at a LUN; null where nothing is mapped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LogicalUnit? Find(Lun lun)
    {
        var number = lun.Number;
        return number < 0 ? null : _pages[number >> PageShift]?[number & (PageSize - 1)];
    }
}

/// <summary>One line of a <see cref="LunMap"/>.</summary>
/// <param name="Lun">A single-level LUN, 0 to 16383.</param>
/// <param name="LogicalUnit">What is there.</param>
public readonly record struct LunMapEntry(Lun Lun, LogicalUnit LogicalUnit);
