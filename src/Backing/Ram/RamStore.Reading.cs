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
        var holes = 0;      // bytes of a hole seen and not yet leased: a run of holes is one lease
        while (length > 0)
        {
            var inPage = (int)(offset & (PageBytes - 1));
            var take = Math.Min(PageBytes - inPage, length);
            var page = HoldPage(offset >> PageShift);
            if (page == 0)
            {
                holes += take;
                if (holes > ZeroBytes.Length - PageBytes) AddHoles(ref holes, into);
            }
            else
            {
                AddHoles(ref holes, into);
                into.Add(new Lease(page + inPage, take, _heap, page));
            }
            offset += take;
            length -= take;
        }
        AddHoles(ref holes, into);
    }

    private static void AddHoles(ref int holes, LeaseList into)
    {
        if (holes == 0) return;
        into.Add(ZeroBytes.Lease(holes));
        holes = 0;
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
