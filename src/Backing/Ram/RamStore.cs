using Lunette.Runtime;
using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Ram;

/// <summary>
/// Memory behind a logical unit: thin, in versioned pages of 4 KiB. A read leases the pages as they are and keeps them
/// until they are sent; a write to a page that somebody still reads goes to a fresh page that then takes its place. So
/// a reply is never torn, its digest stays true, and resizing or closing is safe at any time. Everything is done at
/// once, on the caller's thread, and nothing is allocated per request.
/// </summary>
public sealed unsafe partial class RamStore : BackingStore
{
    /// <summary>The largest length, in bytes.</summary>
    public const long LengthMax = 1L << 44;

    private const int PageBytes = PageHeap.PageBytes;
    private const int PageShift = PageHeap.PageShift;
    private const long InFlightBytesDefault = 256L << 20;

    private readonly PageHeap _heap;
    private readonly PageTable _table = new();
    private readonly long _dataPagesMax;
    private long _dataPages;
    private long _lengthBytes;

    /// <summary>Makes an empty store; it reads as zeros.</summary>
    /// <param name="lengthBytes">How much it holds, in bytes; a multiple of 512, at most
    /// <see cref="LengthMax"/>.</param>
    /// <param name="dataBytesMax">How much written data it keeps at most before writes fail with
    /// <see cref="StoreResult.NoSpace"/>, in bytes; 0: all of its length, and more when it grows.</param>
    /// <param name="inFlightBytesMax">Memory for pages being received and for older versions still being sent.</param>
    public RamStore(long lengthBytes, long dataBytesMax = 0, long inFlightBytesMax = InFlightBytesDefault)
    {
        Invariant.That(lengthBytes is > 0 and <= LengthMax, "a RAM store's length is within its bound");
        Invariant.That(lengthBytes % 512 == 0, "a RAM store has whole blocks");
        Invariant.That(dataBytesMax >= 0 && inFlightBytesMax > 0, "a RAM store's bounds are sizes");
        _lengthBytes = lengthBytes;
        _dataPagesMax = dataBytesMax == 0 ? long.MaxValue : PagesOf(dataBytesMax);
        _heap = new PageHeap(
            (dataBytesMax == 0 ? LengthMax : dataBytesMax) + inFlightBytesMax,
            hugePages: lengthBytes >= PageHeap.SlabBytes);
        _table.Reserve(PagesOf(lengthBytes));
    }

    /// <inheritdoc/>
    public override long LengthBytes => Volatile.Read(ref _lengthBytes);

    /// <inheritdoc/>
    public override int PreferredBlockLengthBytes => PageBytes;

    /// <inheritdoc/>
    public override StoreFeatures Features =>
        StoreFeatures.Unmap | StoreFeatures.Thin | StoreFeatures.WriteZeroes | StoreFeatures.CopyRange;

    /// <inheritdoc/>
    public override StoreSpace Space
    {
        get
        {
            var used = Volatile.Read(ref _dataPages);
            var most = Math.Min(_dataPagesMax, PagesOf(LengthBytes));
            return new(used << PageShift, Math.Max(0, most - used) << PageShift);
        }
    }

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        request.Result = Execute(request);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryWriteNow(long offset, ReadOnlySpan<byte> data, bool forceUnitAccess, out StoreResult result)
    {
        result = Reaches(offset, data.Length) ? WriteBytes(offset, data, out _) : StoreResult.WriteError;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryLeaseForWrite(long offset, int length, LeaseList into)
    {
        // Only whole pages: the rest of a page that is written in part would have to be copied anyway.
        if (((offset | (long)length) & (PageBytes - 1)) != 0 || length <= 0 || !Reaches(offset, length)) return false;
        Invariant.That(into.Count == 0, "a transfer's pages are leased into an empty list");
        Span<nint> pages = stackalloc nint[PagesAtOnce];
        for (var left = length >> PageShift; left > 0;)
        {
            var some = pages[..Math.Min(left, PagesAtOnce)];
            if (!_heap.TryTake(some))
            {
                into.Release();
                return false;
            }
            foreach (var page in some) into.Add(new Lease(page, PageBytes, _heap, page));
            left -= some.Length;
        }
        return true;
    }

    // Of a large write: 128 KiB.
    private const int PagesAtOnce = 32;

    /// <inheritdoc/>
    public override StoreResult Reserve() => HasRoomForAll ? StoreResult.Ok : StoreResult.NoSpace;

    /// <inheritdoc/>
    public override ValueTask<StoreResult> ResizeAsync(long lengthBytes, CancellationToken stop)
    {
        if (lengthBytes is <= 0 or > LengthMax || lengthBytes % 512 != 0) return new(StoreResult.NotSupported);
        var before = Interlocked.Exchange(ref _lengthBytes, Math.Min(lengthBytes, LengthBytes));
        // Also when it grows: a write that raced an earlier shrinking may have left a page behind the old end.
        _table.Reserve(PagesOf(lengthBytes));
        Unmap(Math.Min(before, lengthBytes), Math.Max(before, lengthBytes) - Math.Min(before, lengthBytes));
        Volatile.Write(ref _lengthBytes, lengthBytes);
        return new(StoreResult.Ok);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _lengthBytes, 0) is var length and > 0)
        {
            _heap.Close();
            Unmap(0, length);
        }
        return ValueTask.CompletedTask;
    }

    private bool HasRoomForAll => _dataPagesMax >= PagesOf(LengthBytes);

    private static long PagesOf(long bytes) => (bytes + PageBytes - 1) >> PageShift;

    private bool Reaches(long offset, long length)
    {
        var end = LengthBytes;
        return offset >= 0 && length >= 0 && offset <= end && length <= end - offset;
    }

    private StoreResult Execute(StoreRequest request)
    {
        if (!Reaches(request.Offset, request.Length))
            return Fail(request, request.Offset, OutOfReach(request.Operation));
        switch (request.Operation)
        {
            case StoreOperation.Read:
                Read(request);
                return StoreResult.Ok;
            case StoreOperation.Write:
                return Write(request);
            case StoreOperation.Flush:
                return StoreResult.Ok;
            case StoreOperation.Unmap:
                return Unmap(request.Offset, request.Length);
            case StoreOperation.WriteZeroes:
                return WriteZeroes(request);
            case StoreOperation.Copy:
                return Copy(request);
            case StoreOperation.MapStatus:
                request.Extent = FindExtent(request.Offset);
                return StoreResult.Ok;
            default:
                return StoreResult.NotSupported;
        }
    }

    private static StoreResult OutOfReach(StoreOperation operation) =>
        operation is StoreOperation.Read or StoreOperation.MapStatus ? StoreResult.ReadError : StoreResult.WriteError;

    private static StoreResult Fail(StoreRequest request, long at, StoreResult result)
    {
        request.FailedOffset = at;
        return result;
    }
}
