namespace Lunette.Runtime.Loops;

/// <summary>The inbox of a loop: many producers, one consumer, intrusive, in the order posted.</summary>
internal sealed class WorkQueue
{
    private LoopWork? _pushed;      // newest first
    private LoopWork? _ready;       // oldest first; the consumer's own

    /// <summary>Adds work; true when the queue was empty before, so the consumer may have to be woken.</summary>
    public bool Post(LoopWork work)
    {
        LoopWork? head;
        do
        {
            head = Volatile.Read(ref _pushed);
            work.NextWork = head;
        }
        while (Interlocked.CompareExchange(ref _pushed, work, head) != head);
        return head is null;
    }

    /// <summary>Adds works in one step, so that the consumer finds all of them or none; true as above.</summary>
    public bool Post(ReadOnlySpan<LoopWork> works)
    {
        for (var i = 1; i < works.Length; i++) works[i].NextWork = works[i - 1];
        LoopWork? head;
        do
        {
            head = Volatile.Read(ref _pushed);
            works[0].NextWork = head;
        }
        while (Interlocked.CompareExchange(ref _pushed, works[^1], head) != head);
        return head is null;
    }

    public bool IsEmpty => _ready is null && Volatile.Read(ref _pushed) is null;

    /// <summary>Takes the oldest work; the consumer's thread only.</summary>
    public LoopWork? Take()
    {
        if (_ready is null) Refill();
        var work = _ready;
        if (work is null) return null;
        _ready = work.NextWork;
        work.NextWork = null;
        return work;
    }

    private void Refill()
    {
        var pushed = Interlocked.Exchange(ref _pushed, null);
        while (pushed is not null)
        {
            var next = pushed.NextWork;
            pushed.NextWork = _ready;
            _ready = pushed;
            pushed = next;
        }
    }
}
