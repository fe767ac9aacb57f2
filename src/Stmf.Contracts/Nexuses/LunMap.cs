using System.Runtime.CompilerServices;
using Lunette.Scsi;

namespace Lunette.Stmf.Contracts;

/// <summary>
/// What an I_T nexus sees: an immutable snapshot from LUN to logical unit. One map serves all nexuses of the same (host
/// group, target group) pair. A map that differs in one LUN shares all other pages, so ten thousand logical units can
/// come one by one.
/// </summary>
public sealed class LunMap
{
    private const int PageShift = 7;
    private const int PageSize = 1 << PageShift;
    private const int PageCount = (Lun.NumberMax + 1) >> PageShift;

    private static readonly LogicalUnit?[] s_emptyPage = new LogicalUnit?[PageSize];

    private readonly LogicalUnit?[]?[] _pages;
    private LunMapEntry[]? _entries;

    private LunMap(LogicalUnit?[]?[] pages, int count)
    {
        _pages = pages;
        Count = count;
    }

    /// <summary>Makes a map of entries; where a LUN number stands twice the last one counts.</summary>
    public LunMap(IEnumerable<LunMapEntry> entries)
    {
        _pages = new LogicalUnit?[]?[PageCount];
        foreach (var entry in entries)
        {
            var number = entry.Lun.Number;
            ref var place = ref (_pages[number >> PageShift] ??= new LogicalUnit?[PageSize])[number & (PageSize - 1)];
            if (place is null) Count++;
            place = entry.LogicalUnit;
        }
    }

    /// <summary>Nothing mapped.</summary>
    public static LunMap Empty { get; } = new([]);

    /// <summary>How many LUNs are mapped.</summary>
    public int Count { get; }

    /// <summary>All entries in the order of their LUN; gathered when first asked for.</summary>
    public IReadOnlyList<LunMapEntry> Entries => _entries ??= Gather();

    /// <summary>The logical unit at a LUN; null where nothing is mapped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LogicalUnit? Find(Lun lun)
    {
        var number = lun.Number;
        return number < 0 ? null : _pages[number >> PageShift]?[number & (PageSize - 1)];
    }

    /// <summary>The map with a LUN number mapped, or unmapped with null.</summary>
    public LunMap With(int number, LogicalUnit? unit)
    {
        var page = number >> PageShift;
        var before = _pages[page]?[number & (PageSize - 1)];
        if (ReferenceEquals(before, unit)) return this;
        var pages = (LogicalUnit?[]?[])_pages.Clone();
        var places = (LogicalUnit?[]?)pages[page]?.Clone() ?? new LogicalUnit?[PageSize];
        places[number & (PageSize - 1)] = unit;
        pages[page] = places;
        return new(pages, Count + (unit is null ? -1 : 0) + (before is null ? 1 : 0));
    }

    /// <summary>Whether a nexus sees the same through both.</summary>
    public bool SeesSameAs(LunMap other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (Count != other.Count) return false;
        for (var page = 0; page < PageCount; page++)
        {
            var left = _pages[page];
            var right = other._pages[page];
            if (!ReferenceEquals(left, right) && !(left ?? s_emptyPage).AsSpan().SequenceEqual(right ?? s_emptyPage))
                return false;
        }
        return true;
    }

    private LunMapEntry[] Gather()
    {
        var entries = new LunMapEntry[Count];
        var at = 0;
        for (var number = 0; at < entries.Length; number++)
        {
            if (_pages[number >> PageShift] is not { } places) number |= PageSize - 1;
            else if (places[number & (PageSize - 1)] is { } unit) entries[at++] = new(Lun.FromNumber(number), unit);
        }
        return entries;
    }
}

/// <summary>One line of a <see cref="LunMap"/>.</summary>
/// <param name="Lun">A single-level LUN, 0 to 16383.</param>
/// <param name="LogicalUnit">What is there.</param>
public readonly record struct LunMapEntry(Lun Lun, LogicalUnit LogicalUnit);
