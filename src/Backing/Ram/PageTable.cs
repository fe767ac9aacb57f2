using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Lunette.Backing.Ram;

/// <summary>
/// From page number to page: a directory of leaves made when first written. An entry is the page's address, 0 for a
/// hole; its lowest bit is its lock, held for the copy of one page at most and never together with another lock. Leaves
/// are pinned arrays, so that a hint may look at one while the store is being closed.
/// </summary>
internal sealed unsafe class PageTable
{
    private const int LeafShift = 9;
    private const int LeafEntries = 1 << LeafShift;
    private const nint LockBit = 1;

    private readonly Lock _shaping = new();
    private nint[]?[] _directory = [];

    /// <summary>Makes room for a number of pages; leaves that exist stay where they are.</summary>
    public void Reserve(long pages)
    {
        lock (_shaping)
        {
            var leaves = (int)((pages + LeafEntries - 1) >> LeafShift);
            if (leaves <= _directory.Length) return;
            var grown = new nint[]?[leaves];
            _directory.CopyTo(grown, 0);
            Volatile.Write(ref _directory, grown);
        }
    }

    /// <summary>The entry of a page; null where nothing near it was ever written: a hole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint* Find(long page)
    {
        var leaf = LeafOf(page);
        return leaf is null ? null : Entry(leaf, page);
    }

    /// <summary>Fetches the entry of a page ahead of its use.</summary>
    public void Fetch(long page)
    {
        if (LeafOf(page) is { } leaf) Sse.Prefetch0(Entry(leaf, page));
    }

    /// <summary>What the entry of a page holds, 0 for a hole: a hint, and the only thing to be asked of a table whose
    /// store may be closing.</summary>
    public nint Peek(long page) =>
        LeafOf(page) is { } leaf ? Volatile.Read(ref leaf[page & (LeafEntries - 1)]) & ~LockBit : 0;

    /// <summary>The entry of a page, made when it is not there; null past the reserved range.</summary>
    public nint* FindOrMake(long page)
    {
        var entry = Find(page);
        if (entry is not null) return entry;
        lock (_shaping)
        {
            var leaf = page >> LeafShift;
            if ((ulong)leaf >= (ulong)_directory.Length) return null;
            if (_directory[leaf] is null)
                Volatile.Write(ref _directory[leaf], GC.AllocateArray<nint>(LeafEntries, pinned: true));
            return Entry(_directory[leaf]!, page);
        }
    }

    /// <summary>How many pages from this one on have no leaf, so that walks skip them at once; 0 where there is
    /// one.</summary>
    public long HolesAhead(long page) => Find(page) is null ? LeafEntries - (page & (LeafEntries - 1)) : 0;

    /// <summary>Locks an entry and says what it holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Lock(nint* entry)
    {
        var page = Volatile.Read(ref *entry);
        if ((page & LockBit) == 0 && Interlocked.CompareExchange(ref *entry, page | LockBit, page) == page)
            return page;
        return LockContended(entry);
    }

    /// <summary>Unlocks an entry and says what it holds from now on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unlock(nint* entry, nint page) => Volatile.Write(ref *entry, page);

    /// <summary>What an entry holds, without its lock: a hint.</summary>
    public static nint Peek(nint* entry) => Volatile.Read(ref *entry) & ~LockBit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint[]? LeafOf(long page)
    {
        var directory = Volatile.Read(ref _directory);
        var leaf = page >> LeafShift;
        return (ulong)leaf < (ulong)directory.Length ? Volatile.Read(ref directory[leaf]) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint* Entry(nint[] leaf, long page) =>
        (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(leaf)) + (page & (LeafEntries - 1));

    private static nint LockContended(nint* entry)
    {
        var spin = default(SpinWait);
        while (true)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            var page = Volatile.Read(ref *entry);
            if ((page & LockBit) == 0 && Interlocked.CompareExchange(ref *entry, page | LockBit, page) == page)
                return page;
        }
    }
}
