namespace Lunette.Backing.Filters;

/// <summary>Of each longer read only the first blocks come: the rest is unreadable and says so.</summary>
/// <param name="beneath">The store under it.</param>
/// <param name="keptBytes">How much of a read comes; a multiple of the store's block length.</param>
public sealed class ShortReadFilter(BackingStore beneath, int keptBytes) : StoreFilter(beneath)
{
    /// <inheritdoc/>
    public override string Name => "short-read";

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        if (request.Operation != StoreOperation.Read || request.Length <= keptBytes) return Beneath.Start(request);
        if (keptBytes == 0) return EndNow(request, StoreResult.ReadError, request.Offset);
        var lower = LowerRequest.Of(request, Ended);
        lower.Length = keptBytes;
        return lower.Start(Beneath);
    }

    private void Ended(LowerRequest lower)
    {
        if (lower.Result == StoreResult.Ok)
            _ = EndNow(lower.UpperRequest, StoreResult.ReadError, lower.Offset + keptBytes);
    }
}
