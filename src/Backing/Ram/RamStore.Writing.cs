using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Ram;

public sealed unsafe partial class RamStore
{
    private StoreResult Write(StoreRequest request)
    {
        if (IsOwnPages(request)) return TakePages(request);
        var at = request.Offset;
        var left = request.Length;
        foreach (ref readonly var segment in request.Data.Segments)
        {
            var take = (int)Math.Min(segment.Length, left);
            var result = WriteBytes(at, segment.Span[..take], out var failedAt);
            if (result != StoreResult.Ok) return Fail(request, failedAt, result);
            at += take;
            left -= take;
        }
        return StoreResult.Ok;
    }

    private bool IsOwnPages(StoreRequest request)
    {
        if (((request.Offset | request.Length) & (PageBytes - 1)) != 0 || request.Data.Length != request.Length)
            return false;
        foreach (ref readonly var segment in request.Data.Segments)
        {
            if (segment.Owner != _heap || segment.Length != PageBytes || segment.Address != segment.Token) return false;
        }
        return true;
    }

    /// <summary>Puts pages that were received into in the place of the old ones: nothing is copied. All leases of the
    /// request end here.</summary>
    private StoreResult TakePages(StoreRequest request)
    {
        var result = StoreResult.Ok;
        var number = request.Offset >> PageShift;
        foreach (ref readonly var segment in request.Data.Segments)
        {
            if (result == StoreResult.Ok)
            {
                result = TakePage(number, segment);
                if (result != StoreResult.Ok) request.FailedOffset = number << PageShift;
                number++;
            }
            else
            {
                segment.Release();
            }
        }
        request.Data.Forget();
        return result;
    }

    private StoreResult TakePage(long number, in Lease lease)
    {
        StoreResult result;
        if (PageHeap.HeldOnce(lease.Token))
        {
            result = PutPage(number, lease.Token);
            if (result == StoreResult.Ok) return result;
        }
        else
        {
            // It was leased by reading and is held elsewhere too: its other holders go on seeing it, so it is copied.
            result = WritePage(number, inPage: 0, lease.Span);
        }
        lease.Release();
        return result;
    }

    private StoreResult WriteBytes(long offset, ReadOnlySpan<byte> data, out long failedAt)
    {
        while (data.Length > 0)
        {
            var inPage = (int)(offset & (PageBytes - 1));
            var take = Math.Min(PageBytes - inPage, data.Length);
            var result = WritePage(offset >> PageShift, inPage, data[..take]);
            if (result != StoreResult.Ok)
            {
                failedAt = offset;
                return result;
            }
            offset += take;
            data = data[take..];
        }
        failedAt = 0;
        return StoreResult.Ok;
    }

    /// <summary>
    /// Writes inside one page: in place where nobody else holds it, else into a fresh page that takes its place. All
    /// under the page's lock, so writes to neighbouring blocks of one page never undo each other.
    /// </summary>
    private StoreResult WritePage(long number, int inPage, ReadOnlySpan<byte> data)
    {
        var entry = _table.FindOrMake(number);
        if (entry is null) return StoreResult.WriteError;
        nint fresh = 0;
        while (true)
        {
            // The fresh page is taken before the lock, never under it: no code holds two locks.
            var page = PageTable.Lock(entry);
            if (page != 0 && PageHeap.HeldOnce(page))
            {
                data.CopyTo(new Span<byte>((void*)(page + inPage), data.Length));
                PageTable.Unlock(entry, page);
                if (fresh != 0) _heap.Release(fresh);
                return StoreResult.Ok;
            }
            if (fresh != 0) return Replace(entry, page, fresh, inPage, data);
            PageTable.Unlock(entry, page);
            fresh = _heap.Take();
            if (fresh == 0) return StoreResult.NoBuffer;
        }
    }

    private StoreResult Replace(nint* entry, nint page, nint fresh, int inPage, ReadOnlySpan<byte> data)
    {
        if (page == 0 && !TryCountPage())
        {
            PageTable.Unlock(entry, page);
            _heap.Release(fresh);
            return StoreResult.NoSpace;
        }
        var to = new Span<byte>((void*)fresh, PageBytes);
        if (data.Length < PageBytes)
        {
            if (page == 0) to.Clear();
            else new ReadOnlySpan<byte>((void*)page, PageBytes).CopyTo(to);
        }
        data.CopyTo(to[inPage..]);
        PageTable.Unlock(entry, fresh);
        if (page != 0) _heap.Release(page);
        return StoreResult.Ok;
    }

    private StoreResult PutPage(long number, nint fresh)
    {
        var entry = _table.FindOrMake(number);
        if (entry is null) return StoreResult.WriteError;
        var page = PageTable.Lock(entry);
        if (page == 0 && !TryCountPage())
        {
            PageTable.Unlock(entry, page);
            return StoreResult.NoSpace;
        }
        PageTable.Unlock(entry, fresh);
        if (page != 0) _heap.Release(page);
        return StoreResult.Ok;
    }

    private bool TryCountPage()
    {
        if (Interlocked.Increment(ref _dataPages) <= _dataPagesMax) return true;
        Interlocked.Decrement(ref _dataPages);
        return false;
    }

    /// <summary>Zeros, with the space kept: a write of zeros.</summary>
    // Where there is room for all of it anyway, what is zeroed need not keep its pages.
    private StoreResult WriteZeroes(StoreRequest request)
    {
        if (HasRoomForAll) return Unmap(request.Offset, request.Length);
        var at = request.Offset;
        var end = at + request.Length;
        while (at < end)
        {
            var take = (int)Math.Min(ZeroBytes.Length, end - at);
            var result = WriteBytes(at, ZeroBytes.Span(take), out var failedAt);
            if (result != StoreResult.Ok) return Fail(request, failedAt, result);
            at += take;
        }
        return StoreResult.Ok;
    }

    /// <summary>Gives whole pages back and clears what is left of pages at both ends.</summary>
    private StoreResult Unmap(long offset, long length)
    {
        var result = StoreResult.Ok;
        var end = offset + length;
        while (offset < end)
        {
            var number = offset >> PageShift;
            var holes = _table.HolesAhead(number);
            if (holes > 0)
            {
                offset = (number + holes) << PageShift;
                continue;
            }
            var inPage = (int)(offset & (PageBytes - 1));
            var take = (int)Math.Min(PageBytes - inPage, end - offset);
            if (take == PageBytes) DropPage(number);
            else if (ClearPart(number, inPage, take) is var cleared and not StoreResult.Ok) result = cleared;
            offset += take;
        }
        return result;
    }

    private void DropPage(long number)
    {
        var entry = _table.Find(number);
        if (entry is null) return;
        var page = PageTable.Lock(entry);
        PageTable.Unlock(entry, 0);
        if (page == 0) return;
        Interlocked.Decrement(ref _dataPages);
        _heap.Release(page);
    }

    private StoreResult ClearPart(long number, int inPage, int length)
    {
        var entry = _table.Find(number);
        if (entry is null || PageTable.Peek(entry) == 0) return StoreResult.Ok;
        return WritePage(number, inPage, ZeroBytes.Span(length));
    }

    private StoreResult Copy(StoreRequest request)
    {
        var source = request.SourceStore is null ? this : request.SourceStore as RamStore;
        if (source is null) return Fail(request, request.Offset, StoreResult.NotSupported);
        if (!source.Reaches(request.SourceOffset, request.Length))
            return Fail(request, request.SourceOffset, StoreResult.ReadError);
        // Upwards or downwards, so that an overlapping copy reads what was there before.
        var upwards = request.Offset <= request.SourceOffset;
        for (long done = 0; done < request.Length;)
        {
            var left = request.Length - done;
            var take = CopyStep(request, upwards ? done : left, upwards);
            var from = request.SourceOffset + (upwards ? done : left - take);
            var to = request.Offset + (upwards ? done : left - take);
            var result = CopyInsidePage(source, from, to, take);
            if (result != StoreResult.Ok) return Fail(request, to, result);
            done += take;
        }
        return StoreResult.Ok;
    }

    /// <summary>The longest step at a place that stays inside one page of the source and one of the
    /// destination.</summary>
    private static int CopyStep(StoreRequest request, long at, bool upwards)
    {
        var source = (int)((request.SourceOffset + at) & (PageBytes - 1));
        var destination = (int)((request.Offset + at) & (PageBytes - 1));
        if (upwards) return (int)Math.Min(PageBytes - Math.Max(source, destination), request.Length - at);
        if (source == 0) source = PageBytes;
        if (destination == 0) destination = PageBytes;
        return (int)Math.Min(Math.Min(source, destination), at);
    }

    private StoreResult CopyInsidePage(RamStore source, long from, long to, int length)
    {
        var page = source.HoldPage(from >> PageShift);
        if (page == 0) return Unmap(to, length);
        var bytes = new ReadOnlySpan<byte>((void*)(page + (int)(from & (PageBytes - 1))), length);
        var result = WritePage(to >> PageShift, (int)(to & (PageBytes - 1)), bytes);
        source._heap.Release(page);
        return result;
    }
}
