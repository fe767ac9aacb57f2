using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lunette.Backing.Files;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Ram;

/// <summary>
/// Pages of native memory with a count of holders each, bounded in all. Pages come from slabs that are aligned to their
/// own size: one page of a slab holds the counts of the others, so a page's count is found from its address alone. Free
/// pages stand in striped lists, linked through themselves. Slabs go back to the system when the heap has been closed
/// and the last page has come back.
/// </summary>
/// <remarks>On Linux the slabs may ask for huge pages: a medium of gigabytes read at random spends more time in walking
/// the page tables of the machine (twice, in a guest) than in the walks of this program. A small one would be given far
/// more memory than it holds.</remarks>
internal sealed unsafe class PageHeap : ILeaseOwner
{
    public const int PageShift = 12;
    public const int PageBytes = 1 << PageShift;

    public const int SlabBytes = 1 << SlabShift;

    private const int SlabShift = 22;
    private const nint SlabMask = SlabBytes - 1;
    private const int PagesPerSlab = (SlabBytes >> PageShift) - 1;

    private readonly Lock _growing = new();
    private readonly List<nint> _slabs = [];
    private readonly Stripe[] _stripes;
    private readonly int _slabsMax;
    private readonly bool _hugePages;
    private long _outstandingAtEnd;
    private bool _closed;

    public PageHeap(long boundBytes, bool hugePages)
    {
        _hugePages = hugePages;
        const long Usable = (long)PagesPerSlab * PageBytes;
        _slabsMax = (int)Math.Min(int.MaxValue, (boundBytes + Usable - 1) / Usable);
        _stripes = new Stripe[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount)];
        for (var i = 0; i < _stripes.Length; i++) _stripes[i] = new Stripe();
    }

    /// <summary>Takes a page with one holder; what it holds is whatever it was. Zero when the bound is
    /// reached.</summary>
    public nint Take()
    {
        var home = Thread.GetCurrentProcessorId() & (_stripes.Length - 1);
        for (var i = 0; i < _stripes.Length; i++)
        {
            var page = _stripes[(home + i) & (_stripes.Length - 1)].Take();
            if (page != 0) return Held(page);
        }
        return Grow(_stripes[home]);
    }

    /// <summary>
    /// Takes pages with one holder each, in the order of their addresses: what was given back together is taken
    /// together, so that a large transfer keeps lying in one piece. False, and none taken, when the bound is reached.
    /// </summary>
    public bool TryTake(Span<nint> pages)
    {
        var taken = 0;
        var home = Thread.GetCurrentProcessorId() & (_stripes.Length - 1);
        for (var i = 0; i < _stripes.Length && taken < pages.Length; i++)
            taken += _stripes[(home + i) & (_stripes.Length - 1)].Take(pages[taken..]);
        foreach (var page in pages[..taken]) Held(page);
        while (taken < pages.Length)
        {
            var page = Take();
            if (page == 0) break;
            pages[taken++] = page;
        }
        if (taken == pages.Length)
        {
            pages.Sort();
            return true;
        }
        foreach (var page in pages[..taken]) Release(page);
        return false;
    }

    /// <summary>The token of a lease of pages that follow each other; one holder of each goes with it.</summary>
    public static nint TokenOf(nint firstPage, int count)
    {
        Invariant.That(count is > 0 and <= RunPagesMax, "a lease's pages are counted in its token");
        return firstPage | (nint)(count - 1);
    }

    /// <summary>The most pages one lease can be of.</summary>
    public const int RunPagesMax = PageBytes;

    /// <summary>One more holder. The caller knows that the page has a holder now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Hold(nint page) => Interlocked.Increment(ref Holders(page));

    /// <summary>Where a page's count of holders stands, to be fetched ahead; whoever has no hold reads it
    /// not.</summary>
    public static void* CountOf(nint page) => HoldersOf(page);

    /// <summary>Whether the caller's is the only hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HeldOnce(nint page) => Volatile.Read(ref Holders(page)) == 1;

    /// <summary>One holder less of the pages a token names; the last one gives a page back. Any thread.</summary>
    public void Release(nint token)
    {
        var page = token & ~(nint)(PageBytes - 1);
        for (var count = (int)(token - page); count >= 0; count--, page += PageBytes) ReleaseOne(page);
    }

    private void ReleaseOne(nint page)
    {
        var left = Interlocked.Decrement(ref Holders(page));
        Invariant.That(left >= 0, "a page is given back once per holder");
        if (left != 0) return;
        var stripe = _stripes[Thread.GetCurrentProcessorId() & (_stripes.Length - 1)];
        if (stripe.Give(page, ref _closed) && Interlocked.Decrement(ref _outstandingAtEnd) == 0) FreeSlabs();
    }

    /// <summary>No more pages are taken; memory goes back to the system with the last page that comes back.</summary>
    public void Close()
    {
        lock (_growing)
        {
            // All stripes are held at once, so that every page is counted either as free here or as returning later.
            foreach (var stripe in _stripes) stripe.Enter();
            var free = 0L;
            foreach (var stripe in _stripes) free += stripe.CountFree();
            // One more for this call itself: nobody else frees the slabs before it is through.
            _outstandingAtEnd = ((long)_slabs.Count * PagesPerSlab) - free + 1;
            _closed = true;
            foreach (var stripe in _stripes) stripe.Exit();
        }
        if (Interlocked.Decrement(ref _outstandingAtEnd) == 0) FreeSlabs();
    }

    private static nint Held(nint page)
    {
        Volatile.Write(ref Holders(page), 1);
        return page;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref int Holders(nint page) => ref *HoldersOf(page);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int* HoldersOf(nint page) =>
        (int*)CountsPage(page & ~SlabMask) + ((page & SlabMask) >> PageShift);

    // Another place in each slab: at the same one, the counts of all slabs would compete for a few sets of the caches.
    // Never the first page, and never the last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint CountsPage(nint slab) => slab + ((((slab >> SlabShift) & 0x1FF) + 1) << PageShift);

    // The next page of a slab that can be lent.
    private static nint Behind(nint page)
    {
        page += PageBytes;
        return page == CountsPage(page & ~SlabMask) ? page + PageBytes : page;
    }

    private nint Grow(Stripe stripe)
    {
        lock (_growing)
        {
            if (_closed) return 0;
            // Somebody may have grown it while this thread waited.
            var page = stripe.Take();
            if (page != 0) return Held(page);
            if (_slabs.Count >= _slabsMax) return 0;
            var slab = (nint)NativeMemory.AlignedAlloc(SlabBytes, SlabBytes);
            // A refusal costs speed, nothing else.
            if (OperatingSystem.IsLinux() && _hugePages) _ = Libc.Advise(slab, SlabBytes, Libc.AdviceHugePages);
            new Span<byte>((void*)CountsPage(slab), PageBytes).Clear();
            _slabs.Add(slab);
            stripe.GiveFresh(Behind(slab), slab + SlabBytes);
            return Held(slab);
        }
    }

    private void FreeSlabs()
    {
        foreach (var slab in _slabs) NativeMemory.AlignedFree((void*)slab);
        _slabs.Clear();
    }

    /// <summary>One list of free pages under a spin lock that is held for a few instructions.</summary>
    private sealed class Stripe
    {
        private SpinLock _gate = new(enableThreadOwnerTracking: false);
        private nint _head;
        private nint _fresh;        // never used yet: taken in order, not linked, so not touched before it is needed
        private nint _freshEnd;
        private long _freeCount;    // of the list

        public void Enter()
        {
            var taken = false;
            _gate.Enter(ref taken);
        }

        public void Exit() => _gate.Exit(useMemoryBarrier: true);

        public nint Take()
        {
            if (Volatile.Read(ref _head) == 0 && Volatile.Read(ref _fresh) == Volatile.Read(ref _freshEnd)) return 0;
            Enter();
            var page = _head;
            if (page != 0)
            {
                _head = *(nint*)page;
                _freeCount--;
            }
            else if (_fresh != _freshEnd)
            {
                page = _fresh;
                _fresh = Behind(page);
            }
            Exit();
            return page;
        }

        // As many as there are, at most as many as there is room for.
        public int Take(Span<nint> into)
        {
            var taken = 0;
            Enter();
            for (; taken < into.Length && _head != 0; taken++)
            {
                into[taken] = _head;
                _head = *(nint*)_head;
                _freeCount--;
            }
            for (; taken < into.Length && _fresh != _freshEnd; taken++)
            {
                into[taken] = _fresh;
                _fresh = Behind(_fresh);
            }
            Exit();
            return taken;
        }

        public bool Give(nint page, ref bool closed)
        {
            Enter();
            var afterEnd = closed;
            if (!afterEnd)
            {
                *(nint*)page = _head;
                _head = page;
                _freeCount++;
            }
            Exit();
            return afterEnd;
        }

        // Only one grows at a time, and only when nothing is left.
        public void GiveFresh(nint first, nint end)
        {
            Enter();
            var empty = _fresh == _freshEnd;
            if (empty) (_fresh, _freshEnd) = (first, end);
            Exit();
            Invariant.That(empty, "a stripe gets fresh pages when it has none");
        }

        public long CountFree()
        {
            var free = _freeCount;
            for (var page = _fresh; page != _freshEnd; page = Behind(page)) free++;
            return free;
        }
    }
}
