using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Queues;

/// <content>The end of the adapter's loop.</content>
internal sealed partial class DeviceQueue
{
    /// <summary>
    /// Lets go of what is at the device: it is its transport's until that has ended it, and the queue's no more.
    /// </summary>
    /// <returns>How many structures that are.</returns>
    public int LetGoOfActive()
    {
        var count = _active.Count;
        while (_active.First is { } active)
        {
            _adapter.Loop.Disarm(active.Timer);
            _active.Remove(active);
        }
        return count;
    }

    /// <summary>Takes a structure that is not at the device, with the error it ends with; null for no more.</summary>
    public Transaction? TakeUnsent(out Errno error)
    {
        error = Errno.EIO;
        if (_flagged.First is { } flagged)
        {
            _flagged.Remove(flagged);
            return flagged;
        }
        error = Errno.ENODEV;
        return _pending.Take();
    }

    /// <summary>A command has ended after the loop: its structure says what became of it. Any thread; the queue
    /// changes no more.</summary>
    public void CommandEndedLate(Transaction transaction)
    {
        try
        {
            EndOf(transaction, isRecovery: false);
        }
        finally
        {
            transaction.Done();         // whatever became of its log entry
        }
    }
}
