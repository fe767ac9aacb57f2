using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Filters;

/// <summary>
/// A store over another one that changes what happens between; filters stack. As it stands it passes everything on.
/// </summary>
/// <param name="beneath">The store under it; whoever made that one disposes of it.</param>
public abstract class StoreFilter(BackingStore beneath) : BackingStore
{
    /// <summary>Names the kind of filter for people, such as <c>delay</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The store under it.</summary>
    public BackingStore Beneath { get; } = beneath;

    /// <inheritdoc/>
    public override long LengthBytes => Beneath.LengthBytes;

    /// <inheritdoc/>
    public override int BlockLengthBytes => Beneath.BlockLengthBytes;

    /// <inheritdoc/>
    public override int PreferredBlockLengthBytes => Beneath.PreferredBlockLengthBytes;

    /// <inheritdoc/>
    public override StoreFeatures Features => Beneath.Features;

    /// <inheritdoc/>
    public override int QueueDepth => Beneath.QueueDepth;

    /// <inheritdoc/>
    public override StoreSpace Space => Beneath.Space;

    /// <inheritdoc/>
    public override bool Start(StoreRequest request) => Beneath.Start(request);

    /// <inheritdoc/>
    /// <remarks>A filter that looks at requests has every write come through <see cref="Start"/>.</remarks>
    public override bool TryWriteNow(long offset, ReadOnlySpan<byte> data, bool forceUnitAccess, out StoreResult result)
    {
        result = StoreResult.Ok;
        return false;
    }

    /// <inheritdoc/>
    public override bool TryLeaseForWrite(long offset, int length, LeaseList into) =>
        Beneath.TryLeaseForWrite(offset, length, into);

    /// <inheritdoc/>
    public override void Foresee(long offset, long length, int commandsAhead) =>
        Beneath.Foresee(offset, length, commandsAhead);

    /// <inheritdoc/>
    public override StoreExtent FindExtent(long offset) => Beneath.FindExtent(offset);

    /// <inheritdoc/>
    public override StoreResult Reserve() => Beneath.Reserve();

    /// <inheritdoc/>
    public override ValueTask<StoreResult> ResizeAsync(long lengthBytes, CancellationToken stop) =>
        Beneath.ResizeAsync(lengthBytes, stop);

    /// <summary>Ends what the filter holds back: it comes out as if the filter had been taken away. The store beneath
    /// stays open.</summary>
    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends a request without asking the store beneath.</summary>
    protected static bool EndNow(StoreRequest request, StoreResult result, long failedOffset)
    {
        request.Result = result;
        request.FailedOffset = failedOffset;
        return true;
    }

    /// <summary>Whether a request changes bytes.</summary>
    protected static bool Changes(StoreRequest request) => request.Operation is StoreOperation.Write
        or StoreOperation.WriteZeroes or StoreOperation.Unmap or StoreOperation.Copy;
}
