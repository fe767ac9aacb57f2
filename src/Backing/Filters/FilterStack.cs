using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Filters;

/// <summary>
/// A store with a place for filters that are put on and taken off while it is in use. A request that is in a filter
/// ends
/// through it even when the filter has been taken off meanwhile. Without filters it costs one call.
/// </summary>
/// <param name="bottom">The store itself; the stack owns it.</param>
public sealed class FilterStack(BackingStore bottom) : BackingStore
{
    /// <summary>How many filters may be stacked.</summary>
    public const int FiltersMax = 16;

    private readonly Lock _changing = new();
    private StoreFilter[] _filters = [];
    private BackingStore? _top;     // null: no filter, and the store itself is on top

    /// <summary>The filters, the lowest first.</summary>
    public IReadOnlyList<StoreFilter> Filters => Volatile.Read(ref _filters);

    /// <summary>The store itself.</summary>
    public BackingStore Bottom { get; } = bottom;

    /// <inheritdoc/>
    public override long LengthBytes => Top.LengthBytes;

    /// <inheritdoc/>
    public override int BlockLengthBytes => Top.BlockLengthBytes;

    /// <inheritdoc/>
    public override int PreferredBlockLengthBytes => Top.PreferredBlockLengthBytes;

    /// <inheritdoc/>
    public override StoreFeatures Features => Top.Features;

    /// <inheritdoc/>
    public override int QueueDepth => Top.QueueDepth;

    /// <inheritdoc/>
    public override StoreSpace Space => Top.Space;

    private BackingStore Top => Volatile.Read(ref _top) ?? Bottom;

    /// <summary>Puts a filter on top; the function makes it over what is there.</summary>
    /// <returns>The filter; null when <see cref="FiltersMax"/> are there already.</returns>
    public TFilter? Push<TFilter>(Func<BackingStore, TFilter> make)
        where TFilter : StoreFilter
    {
        lock (_changing)
        {
            if (_filters.Length == FiltersMax) return null;
            var filter = make(Top);
            Volatile.Write(ref _filters, [.. _filters, filter]);
            Volatile.Write(ref _top, filter);
            return filter;
        }
    }

    /// <summary>Takes the top filter off and lets go what it holds; false when there is none.</summary>
    public async ValueTask<bool> PopAsync()
    {
        StoreFilter? filter;
        lock (_changing)
        {
            if (_filters.Length == 0) return false;
            filter = _filters[^1];
            Volatile.Write(ref _filters, _filters[..^1]);
            Volatile.Write(ref _top, _filters.Length == 0 ? null : filter.Beneath);
        }
        await filter.DisposeAsync();
        return true;
    }

    /// <inheritdoc/>
    public override bool Start(StoreRequest request) => Top.Start(request);

    /// <inheritdoc/>
    public override bool TryWriteNow(
        long offset, ReadOnlySpan<byte> data, bool forceUnitAccess, out StoreResult result) =>
        Top.TryWriteNow(offset, data, forceUnitAccess, out result);

    /// <inheritdoc/>
    public override bool TryLeaseForWrite(long offset, int length, LeaseList into) =>
        Top.TryLeaseForWrite(offset, length, into);

    /// <inheritdoc/>
    public override void Foresee(long offset, long length, int commandsAhead) =>
        Top.Foresee(offset, length, commandsAhead);

    /// <inheritdoc/>
    public override StoreExtent FindExtent(long offset) => Top.FindExtent(offset);

    /// <inheritdoc/>
    public override StoreResult Reserve() => Top.Reserve();

    /// <inheritdoc/>
    public override ValueTask<StoreResult> ResizeAsync(long lengthBytes, CancellationToken stop) =>
        Top.ResizeAsync(lengthBytes, stop);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        while (await PopAsync())
        {
        }
        await Bottom.DisposeAsync();
    }
}
