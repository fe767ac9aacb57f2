using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Filters;

/// <summary>Of each longer write only the first blocks reach the store beneath, and the write fails: torn.</summary>
/// <param name="beneath">The store under it.</param>
/// <param name="keptBytes">How much of a write is written; a multiple of the store's block length.</param>
public sealed class TornWriteFilter(BackingStore beneath, int keptBytes) : StoreFilter(beneath)
{
    /// <inheritdoc/>
    public override string Name => "torn-write";

    /// <inheritdoc/>
    public override bool TryLeaseForWrite(long offset, int length, LeaseList into) => false;

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        if (request.Operation != StoreOperation.Write || request.Length <= keptBytes) return Beneath.Start(request);
        if (keptBytes == 0) return EndNow(request, StoreResult.WriteError, request.Offset);
        var lower = LowerRequest.Of(request, Ended);
        lower.Length = keptBytes;
        return lower.Start(Beneath);
    }

    private void Ended(LowerRequest lower)
    {
        if (lower.Result == StoreResult.Ok)
            _ = EndNow(lower.UpperRequest, StoreResult.WriteError, lower.Offset + keptBytes);
    }
}
