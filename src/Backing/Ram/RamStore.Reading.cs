using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Ram;

public sealed unsafe partial class RamStore
{
    // Entries looked at for one answer about an extent; what follows is told by the next question.
    private const long ExtentPagesMax = 1 << 18;

    /// <inheritdoc/>
    public override StoreExtent FindExtent(long offset)
    {
        var end = LengthBytes;
        if (offset >= end) return new(offset, 0, Allocated: false);
        var page = offset >> PageShift;
        var last = Math.Min(PagesOf(end), page + ExtentPagesMax);
        var allocated = IsAllocated(page);
        var next = page + 1;
        while (next < last)
        {
            var holes = _table.HolesAhead(next);
            if (holes > 0 ? allocated : IsAllocated(next) != allocated) break;
            next += Math.Max(1, holes);
        }
        return new(offset, Math.Min(next << PageShift, end) - offset, allocated);
    }

    private bool IsAllocated(long page)
    {
        var entry = _table.Find(page);
        return entry is not null && PageTable.Peek(entry) != 0;
    }

    private void Read(StoreRequest request)
    {
        if (request.Data.Count == 0) LeasePages(request.Offset, (int)request.Length, request.Data);
        else CopyOut(request.Offset, (int)request.Length, request.Data);
    }

    private void LeasePages(long offset, int length, LeaseList into)
    {
        if (length == 0) return;
        var inPage = (int)(offset & (PageBytes - 1));
        var take = Math.Min(PageBytes - inPage, length);
        var number = offset >> PageShift;
        var run = new PageRun(HoldPage(number), inPage, take);
        for (length -= take; length > 0; length -= take)
        {
            take = Math.Min(PageBytes, length);
            var page = HoldPage(++number);
            if (run.TryExtend(page, take)) continue;
            run.AddTo(into, _heap);
            run = new PageRun(page, 0, take);
        }
        run.AddTo(into, _heap);
    }

    /// <summary>What becomes one lease: pages whose addresses follow each other, or a hole.</summary>
    private struct PageRun(nint page, int inPage, int bytes)
    {
        private int _pages = 1;
        private int _bytes = bytes;

        public bool TryExtend(nint next, int bytes)
        {
            var follows = page == 0
                ? next == 0 && _bytes <= ZeroBytes.Length - PageBytes
                : next == page + ((nint)_pages << PageShift) && _pages < PageHeap.RunPagesMax;
            if (!follows) return false;
            _pages++;
            _bytes += bytes;
            return true;
        }

        public readonly void AddTo(LeaseList into, PageHeap heap)
        {
            into.Add(page == 0
                ? ZeroBytes.Lease(_bytes)
                : new Lease(page + inPage, _bytes, heap, PageHeap.TokenOf(page, _pages)));
        }
    }

    private void CopyOut(long offset, int length, LeaseList into)
    {
        var done = 0;
        while (done < length)
        {
            var inPage = (int)((offset + done) & (PageBytes - 1));
            var take = Math.Min(PageBytes - inPage, length - done);
            var page = HoldPage((offset + done) >> PageShift);
            if (page == 0)
            {
                into.Write(done, ZeroBytes.Span(take));
            }
            else
            {
                into.Write(done, new ReadOnlySpan<byte>((void*)(page + inPage), take));
                _heap.Release(page);
            }
            done += take;
        }
    }

    /// <summary>The page as it is now, held once more; 0 for a hole.</summary>
    private nint HoldPage(long number)
    {
        var entry = _table.Find(number);
        if (entry is null) return 0;
        var page = PageTable.Lock(entry);
        if (page != 0) PageHeap.Hold(page);
        PageTable.Unlock(entry, page);
        return page;
    }
}
