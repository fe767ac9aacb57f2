namespace Lunette.Backing.Filters;

/// <summary>Flushes and durable writes are answered without being durable: a device that lies.</summary>
/// <param name="beneath">The store under it.</param>
public sealed class LostFlushFilter(BackingStore beneath) : StoreFilter(beneath)
{
    /// <inheritdoc/>
    public override string Name => "lost-flush";

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        if (request.Operation == StoreOperation.Flush) return EndNow(request, StoreResult.Ok, 0);
        if (!request.ForceUnitAccess) return Beneath.Start(request);
        var lower = LowerRequest.Of(request, static _ => { });
        lower.ForceUnitAccess = false;
        return lower.Start(Beneath);
    }
}
