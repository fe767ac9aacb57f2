using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Filters;

/// <summary>Writes fail for want of space until space is given: a full thin store. Unmapping works.</summary>
/// <param name="beneath">The store under it.</param>
/// <param name="availableBytes">How much may still be written before it is full.</param>
public sealed class NoSpaceFilter(BackingStore beneath, long availableBytes = 0) : StoreFilter(beneath)
{
    private long _availableBytes = availableBytes;

    /// <inheritdoc/>
    public override string Name => "no-space";

    /// <summary>How much may still be written; set to give space back.</summary>
    public long AvailableBytes
    {
        get => Volatile.Read(ref _availableBytes);
        set => Volatile.Write(ref _availableBytes, value);
    }

    /// <inheritdoc/>
    public override StoreFeatures Features => Beneath.Features | StoreFeatures.Thin;

    /// <inheritdoc/>
    public override StoreSpace Space => Beneath.Space with { AvailableBytes = Math.Max(0, AvailableBytes) };

    /// <inheritdoc/>
    public override bool TryLeaseForWrite(long offset, int length, LeaseList into) => false;

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        var takes = request.Operation is StoreOperation.Write or StoreOperation.WriteZeroes or StoreOperation.Copy;
        if (!takes || Interlocked.Add(ref _availableBytes, -request.Length) >= 0) return Beneath.Start(request);
        _ = Interlocked.Add(ref _availableBytes, request.Length);
        return EndNow(request, StoreResult.NoSpace, request.Offset);
    }
}
