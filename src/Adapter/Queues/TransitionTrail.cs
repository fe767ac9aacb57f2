namespace Lunette.Adapter.Queues;

/// <summary>The last transitions of a device queue, with time; for <c>describe</c>, faults and tests.</summary>
internal sealed class TransitionTrail
{
    public const int Kept = 64;

    private readonly TrailEntry[] _entries = new TrailEntry[Kept];
    private long _count;

    public void Add(long nanoseconds, DeviceQueueTransition transition) =>
        _entries[_count++ % Kept] = new TrailEntry(nanoseconds, transition);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<TrailEntry> Entries
    {
        get
        {
            var kept = (int)Math.Min(_count, Kept);
            var list = new TrailEntry[kept];
            for (var i = 0; i < kept; i++) list[i] = _entries[(_count - kept + i) % Kept];
            return list;
        }
    }
}

/// <summary>One transition that happened.</summary>
/// <param name="Nanoseconds">The loop's time.</param>
/// <param name="Transition">The row.</param>
public readonly record struct TrailEntry(long Nanoseconds, DeviceQueueTransition Transition);
