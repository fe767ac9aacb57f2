using Lunette.Runtime.Loops;

namespace Lunette.Backing.Workers;

/// <summary>
/// What one store hands to the workers: a queue in the order of arrival. Its fields but the hand-over's belong to the
/// workers' lock. It is bounded by its askers: every request is an object of a task that was admitted.
/// </summary>
internal abstract class WorkerQueue(StoreWorkers workers, int threadsMax)
{
    // A thread in the page cache's memory is quick: only a backlog is worth waking another one.
    private const int BacklogPerThread = 32;

    private StoreRequest? _first;
    private StoreRequest? _last;
    private int _waiting;
    private int _working;
    private int _blocked;
    private readonly Lock _adding = new();
    private HandOver[] _handOvers = [];

    internal WorkerQueue? NextReady;
    internal bool InReadyList;

    /// <summary>Whether another thread should come: none works that is not expected to block, or the backlog is
    /// long.</summary>
    internal bool WantsThread =>
        _waiting > 0 && _working < threadsMax
        && (_working == _blocked || MayBlock(_first!) || _waiting > BacklogPerThread * (_working - _blocked));

    /// <summary>Hands a request over at the end of the loop's batch, together with the others of the batch.</summary>
    public void HandOverAtBatchEnd(StoreRequest request) => FindHandOver(request.Loop).Add(request);

    /// <summary>Hands one request over now, from any thread.</summary>
    public void AddNow(StoreRequest request)
    {
        request.NextInStore = null;
        HandOverNow(request, request, 1);
    }

    private void HandOverNow(StoreRequest first, StoreRequest last, int count) => workers.Add(this, first, last, count);

    /// <summary>Does it and finishes it; on a worker, outside all locks.</summary>
    internal abstract void Execute(StoreRequest request);

    /// <summary>Whether it is likely to wait for a device, so that those behind it should have another
    /// thread.</summary>
    protected abstract bool MayBlock(StoreRequest request);

    internal void Append(StoreRequest first, StoreRequest last, int count)
    {
        if (_last is null) _first = first;
        else _last.NextInStore = first;
        _last = last;
        _waiting += count;
    }

    internal StoreRequest Take(out bool mayBlock)
    {
        var request = _first!;
        _first = request.NextInStore;
        if (_first is null) _last = null;
        request.NextInStore = null;
        _waiting--;
        _working++;
        mayBlock = MayBlock(request);
        if (mayBlock) _blocked++;
        if (request.Operation == StoreOperation.Flush) TakeFlushes(request);
        return request;
    }

    internal void Executed(bool mayBlock)
    {
        _working--;
        if (mayBlock) _blocked--;
    }

    /// <summary>One flush covers all that wait: whatever they must make durable was written before they were
    /// asked.</summary>
    private void TakeFlushes(StoreRequest into)
    {
        StoreRequest? previous = null;
        var tail = into;
        for (var request = _first; request is not null;)
        {
            var next = request.NextInStore;
            if (request.Operation == StoreOperation.Flush)
            {
                if (previous is null) _first = next;
                else previous.NextInStore = next;
                if (next is null) _last = previous;
                request.NextInStore = null;
                tail.NextInStore = request;
                tail = request;
                _waiting--;
            }
            else
            {
                previous = request;
            }
            request = next;
        }
    }

    private HandOver FindHandOver(Loop loop)
    {
        foreach (var handOver in Volatile.Read(ref _handOvers))
            if (handOver.Loop == loop) return handOver;
        lock (_adding)
        {
            var added = new HandOver(this, loop);
            Volatile.Write(ref _handOvers, [.. _handOvers, added]);
            return added;
        }
    }

    /// <summary>The requests of one loop's batch.</summary>
    private sealed class HandOver(WorkerQueue queue, Loop loop) : BatchWork
    {
        private StoreRequest? _first;
        private StoreRequest? _last;
        private int _count;

        public Loop Loop => loop;

        public void Add(StoreRequest request)
        {
            request.NextInStore = null;
            if (_last is null) _first = request;
            else _last.NextInStore = request;
            _last = request;
            _count++;
            loop.AtBatchEnd(this);
        }

        public override void RunAtBatchEnd()
        {
            var (first, last, count) = (_first!, _last!, _count);
            _first = _last = null;
            _count = 0;
            queue.HandOverNow(first, last, count);
        }
    }
}
