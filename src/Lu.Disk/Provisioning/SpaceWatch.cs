using Lunette.Backing;

namespace Lunette.Lu.Disk.Provisioning;

/// <summary>
/// Watches the space a thin store has left, so that initiators are told before it is out (SBC-5, Thin provisioning
/// threshold). It asks the store at most once per <see cref="IntervalNanoseconds"/>, and at once when a write found
/// none.
/// </summary>
internal sealed class SpaceWatch
{
    private const long IntervalNanoseconds = 100_000_000;

    private long _askedAt = long.MinValue / 2;
    private bool _low;

    /// <summary>Whether space has just fallen under the threshold: somebody should be told. Any thread.</summary>
    public bool HasJustBecomeLow(BackingStore store, long thresholdBytes, long now, bool full)
    {
        if (thresholdBytes <= 0) return false;
        var asked = Volatile.Read(ref _askedAt);
        if (!full && now - asked < IntervalNanoseconds) return false;
        // Of several loops one asks.
        if (Interlocked.CompareExchange(ref _askedAt, now, asked) != asked) return false;
        var available = store.Space.AvailableBytes;
        var low = full || (available >= 0 && available < thresholdBytes);
        var before = Interlocked.Exchange(ref _low, low);
        return low && !before;
    }
}
