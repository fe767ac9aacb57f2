using System.Runtime.ExceptionServices;

namespace Lunette.Runtime.Loops;

/// <summary>The inbox of a loop: many producers, one consumer, intrusive, in the order posted.</summary>
internal sealed class WorkQueue
{
    private static readonly LoopWork s_closed = new Closed();

    private LoopWork? _pushed;      // newest first
    private LoopWork? _ready;       // oldest first; the consumer's own

    /// <summary>Adds work; true when the queue was empty before, so the consumer may have to be woken. A queue that is
    /// closed refuses it.</summary>
    public bool Post(LoopWork work)
    {
        LoopWork? head;
        do
        {
            head = Volatile.Read(ref _pushed);
            if (head == s_closed)
            {
                work.Refused();
                return false;
            }
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
            if (head == s_closed)
            {
                Refuse(works);
                return false;
            }
            works[0].NextWork = head;
        }
        while (Interlocked.CompareExchange(ref _pushed, works[^1], head) != head);
        return head is null;
    }

    public bool IsEmpty =>
        _ready is null && Volatile.Read(ref _pushed) is var pushed && (pushed is null || pushed == s_closed);

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

    /// <summary>The consumer goes: what is left is refused, and so is what still comes. Its thread only.</summary>
    /// <param name="onFault">Told of what throws; the rest is refused all the same.</param>
    public void Close(Action<LoopWork, Exception> onFault)
    {
        var pushed = Interlocked.Exchange(ref _pushed, s_closed);
        RefuseReady(onFault);
        MakeReady(pushed);
        RefuseReady(onFault);
    }

    private void Refill()
    {
        if (!IsEmpty) MakeReady(Interlocked.Exchange(ref _pushed, null));
    }

    private void RefuseReady(Action<LoopWork, Exception> onFault)
    {
        while (_ready is { } work)
        {
            _ready = work.NextWork;
            work.NextWork = null;
            try
            {
                work.Refused();
            }
            catch (Exception fault)
            {
                onFault(work, fault);
            }
        }
    }

    // All of them, whatever one of them throws; whoever posted them is told of the first.
    private static void Refuse(ReadOnlySpan<LoopWork> works)
    {
        foreach (var work in works) work.NextWork = null;
        ExceptionDispatchInfo? first = null;
        foreach (var work in works)
        {
            try
            {
                work.Refused();
            }
            catch (Exception fault)
            {
                first ??= ExceptionDispatchInfo.Capture(fault);
            }
        }
        first?.Throw();
    }

    private void MakeReady(LoopWork? pushed)
    {
        while (pushed is not null)
        {
            var next = pushed.NextWork;
            pushed.NextWork = _ready;
            _ready = pushed;
            pushed = next;
        }
    }

    private sealed class Closed : LoopWork
    {
        public override void Run() => throw new InvariantException("a closed queue has nothing to run");
    }
}
