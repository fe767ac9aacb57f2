using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Queues;

/// <summary>Structures waiting in a device queue: first in, first out, linked through themselves.</summary>
internal struct PendingList
{
    private Transaction? _first;
    private Transaction? _last;

    public int Count { get; private set; }

    public readonly Transaction? First => _first;

    public void Append(Transaction transaction)
    {
        transaction.NextInQueue = null;
        if (_last is null) _first = transaction;
        else _last.NextInQueue = transaction;
        _last = transaction;
        Count++;
    }

    public void Prepend(Transaction transaction)
    {
        transaction.NextInQueue = _first;
        _first = transaction;
        _last ??= transaction;
        Count++;
    }

    /// <summary>Takes one out of the middle; it is looked for from the front.</summary>
    public bool TryRemove(Transaction transaction)
    {
        if (_first == transaction) return Take() is not null;
        for (var before = _first; before is not null; before = before.NextInQueue)
        {
            if (before.NextInQueue != transaction) continue;
            before.NextInQueue = transaction.NextInQueue;
            if (_last == transaction) _last = before;
            transaction.NextInQueue = null;
            Count--;
            return true;
        }
        return false;
    }

    public Transaction? Take()
    {
        var taken = _first;
        if (taken is null) return null;
        _first = taken.NextInQueue;
        if (_first is null) _last = null;
        taken.NextInQueue = null;
        Count--;
        return taken;
    }
}

/// <summary>Structures at the device, linked through themselves, oldest first.</summary>
internal struct ActiveList
{
    private Transaction? _last;

    public int Count { get; private set; }

    public Transaction? First { get; private set; }

    public void Append(Transaction transaction)
    {
        transaction.PreviousActive = _last;
        transaction.NextActive = null;
        if (_last is null) First = transaction;
        else _last.NextActive = transaction;
        _last = transaction;
        Count++;
    }

    public void Remove(Transaction transaction)
    {
        if (transaction.PreviousActive is { } previous) previous.NextActive = transaction.NextActive;
        else First = transaction.NextActive;
        if (transaction.NextActive is { } next) next.PreviousActive = transaction.PreviousActive;
        else _last = transaction.PreviousActive;
        transaction.PreviousActive = transaction.NextActive = null;
        Count--;
    }
}
