namespace Lunette.Backing.Filters;

/// <summary>Keeps the last requests in the order they started and tells how each ended.</summary>
/// <param name="beneath">The store under it.</param>
/// <param name="capacity">How many it keeps.</param>
public sealed class TraceFilter(BackingStore beneath, int capacity = 1024) : StoreFilter(beneath)
{
    private readonly Lock _gate = new();
    private readonly StoreTrace[] _ring = new StoreTrace[capacity];
    private long _count;

    /// <inheritdoc/>
    public override string Name => "trace";

    /// <summary>The kept requests, oldest first.</summary>
    public IReadOnlyList<StoreTrace> Entries
    {
        get
        {
            lock (_gate)
            {
                var kept = (int)Math.Min(_count, _ring.Length);
                return [.. Enumerable.Range(0, kept).Select(i => _ring[(_count - kept + i) % _ring.Length])];
            }
        }
    }

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        long number;
        lock (_gate)
        {
            number = _count++;
            _ring[number % _ring.Length] =
                new(number, request.Operation, request.Offset, request.Length, request.ForceUnitAccess, Result: null);
        }
        return LowerRequest.Of(request, lower => Ended(number, lower.Result)).Start(Beneath);
    }

    private void Ended(long number, StoreResult result)
    {
        lock (_gate)
        {
            ref var entry = ref _ring[number % _ring.Length];
            if (entry.Number == number) entry = entry with { Result = result };
        }
    }
}

/// <summary>One request that a <see cref="TraceFilter"/> saw.</summary>
/// <param name="Number">Its place in the order of starting, 0 and up.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="Offset">Where, in bytes.</param>
/// <param name="Length">How much, in bytes.</param>
/// <param name="ForceUnitAccess">Whether it had to be durable.</param>
/// <param name="Result">How it ended; null while it has not.</param>
public readonly record struct StoreTrace(
    long Number, StoreOperation Operation, long Offset, long Length, bool ForceUnitAccess, StoreResult? Result);
