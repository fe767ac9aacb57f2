namespace Lunette.Backing.Filters;

/// <summary>Requests that touch a range fail there: a bad place on the medium.</summary>
/// <param name="beneath">The store under it.</param>
/// <param name="offset">Where the bad place begins, in bytes.</param>
/// <param name="length">How long it is, in bytes.</param>
/// <param name="reads">Whether reading fails.</param>
/// <param name="writes">Whether writing, zeroing, unmapping and copying onto it fail.</param>
public sealed class ErrorFilter(BackingStore beneath, long offset, long length, bool reads = true, bool writes = true)
    : StoreFilter(beneath)
{
    /// <inheritdoc/>
    public override string Name => "error";

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        if (reads && request.Operation == StoreOperation.Read && Touches(request.Offset, request.Length))
            return EndNow(request, StoreResult.ReadError, Math.Max(offset, request.Offset));
        if (reads && request.Operation == StoreOperation.Copy && Touches(request.SourceOffset, request.Length))
            return EndNow(request, StoreResult.ReadError, Math.Max(offset, request.SourceOffset));
        if (writes && Changes(request) && Touches(request.Offset, request.Length))
            return EndNow(request, StoreResult.WriteError, Math.Max(offset, request.Offset));
        return Beneath.Start(request);
    }

    private bool Touches(long at, long count) => at < offset + length && offset < at + count;
}
