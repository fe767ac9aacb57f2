using Lunette.Adapter.ErrorRecovery;
using Lunette.Adapter.Transactions;
using Lunette.Runtime;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Queues;

/// <summary>
/// The queue of one (SCSI ID, LUN). It decides by <see cref="DeviceQueueTable"/> and belongs to the adapter's loop; it
/// never reorders, and it never sends a command a second time.
/// </summary>
internal sealed partial class DeviceQueue
{
    private readonly ScsiAdapter _adapter;
    private readonly TransitionTrail _trail = new();
    private readonly DelayTimer _delay;
    private PendingList _pending;
    private ActiveList _active;
    private ActiveList _flagged;            // what their flags ask of the device is on its way; their command is not
    private Transaction? _recovery;         // the one recovery command while it is at the device
    private int _untagged;                  // untagged commands at the device: 0 or 1, the recovery command aside
    private int _clearings;                 // aborts and resets that run for this queue
    private long _delayUntil;
    private Action<Errno>? _stopped;

    public DeviceQueue(ScsiAdapter adapter, ulong scsiId, Lun lun)
    {
        _adapter = adapter;
        ScsiId = scsiId;
        Lun = lun;
        _delay = new DelayTimer(this);
    }

    public ulong ScsiId { get; }

    public Lun Lun { get; }

    public DeviceQueueState State { get; private set; }

    public int PendingCount => _pending.Count;

    public int ActiveCount => _active.Count;

    /// <summary>Commands the ioctls have at the device; they pass the queue by.</summary>
    public int InternalCount { get; set; }

    public IReadOnlyList<TrailEntry> Trail => _trail.Entries;

    public Transaction? FirstActive => _active.First;

    /// <summary>Its SCIOEVENT registration; one per session, gone with it.</summary>
    public Events.EventRegistration? Registration { get; set; }

    // --- Arrivals ---------------------------------------------------------------------------------------------------

    public void Submit(Transaction transaction)
    {
        transaction.Queue = this;
        Apply(EventOf(transaction), transaction);
    }

    private static DeviceQueueEvent EventOf(Transaction transaction)
    {
        var resume = transaction.Has(TransactionFlags.Resume);
        if (transaction.Has(TransactionFlags.QueueClear)) return DeviceQueueEvent.QueueClear;
        if (transaction.Has(TransactionFlags.QueueResume))
            return resume ? DeviceQueueEvent.ResumeQueueResume : DeviceQueueEvent.QueueResume;
        if (!resume) return DeviceQueueEvent.Plain;
        // Without a command there is nothing that could recover anything: it only lets the queue go on.
        return transaction is { Tag: QueueTag.None, HasCommand: true }
            ? DeviceQueueEvent.Recovery
            : DeviceQueueEvent.Resume;
    }

    // --- Control ----------------------------------------------------------------------------------------------------

    public Errno TryStart() => Apply(DeviceQueueEvent.Start);

    public void FinishStart(bool succeeded) =>
        Apply(succeeded ? DeviceQueueEvent.Started : DeviceQueueEvent.StartFailed);

    /// <summary>Begins to stop; <paramref name="stopped"/> is called when nothing is outstanding, or at once with an
    /// error.</summary>
    public void Stop(Action<Errno> stopped)
    {
        var waiting = _stopped;
        _stopped ??= stopped;
        var error = Apply(DeviceQueueEvent.Stop);
        if (error == Errno.None) return;
        _stopped = waiting;
        stopped(error);
    }

    /// <summary>An abort or a reset begins that ends this queue's commands; an error where the state forbids
    /// it.</summary>
    public Errno BeginClearing(DeviceQueueEvent cause) => Apply(cause);

    /// <summary>Whether an abort or a reset runs that ends every command of this queue.</summary>
    public bool IsBeingCleared => _clearings > 0;

    /// <summary>One of them has ended.</summary>
    public void EndClearing()
    {
        Invariant.That(_clearings > 0, "a clearing that ends has begun");
        if (--_clearings == 0 && State is DeviceQueueState.Clearing or DeviceQueueState.Stopping)
            Apply(DeviceQueueEvent.ClearingEnded);
        Go();
    }

    public void InternalEnded()
    {
        InternalCount--;
        Go();
    }

    private sealed class DelayTimer(DeviceQueue queue) : LoopTimer
    {
        public override void Fire() => queue.Go();
    }

    // --- The machine ------------------------------------------------------------------------------------------------

    private Errno Apply(DeviceQueueEvent on, Transaction? transaction = null)
    {
        var transition = DeviceQueueTable.Find(State, on);
        Invariant.That(transition is not null, "a device queue meets only what its table knows");
        State = transition.Next;
        _trail.Add(_adapter.Loop.NowNanoseconds, transition);
        var error = Act(transition.Action, transaction);
        Go();
        return error;
    }

    private Errno Act(DeviceQueueAction action, Transaction? transaction)
    {
        switch (action)
        {
            case DeviceQueueAction.RefuseInUse or DeviceQueueAction.RefuseNotStarted:
                return Errno.EINVAL;
            case DeviceQueueAction.RefuseStopping:
                return Errno.EIO;
            case DeviceQueueAction.BeginClearing:
                _clearings++;
                EndRecovery();
                break;
            case DeviceQueueAction.FlushAndBeginStop or DeviceQueueAction.FinishClearing:
                EndRecovery();
                Flush();
                break;
            case DeviceQueueAction.FinishStop:
                _adapter.Forget(this);
                _stopped?.Invoke(Errno.None);
                break;
            case DeviceQueueAction.None or DeviceQueueAction.BeginStart or DeviceQueueAction.FinishStart
                or DeviceQueueAction.FailStart or DeviceQueueAction.BeginStop:
                break;
            default:
                ActOn(transaction!, action);
                break;
        }
        return Errno.None;
    }

    private void ActOn(Transaction transaction, DeviceQueueAction action)
    {
        switch (action)
        {
            case DeviceQueueAction.Enqueue:
                if (_pending.Count < _adapter.Attributes.PendingMax) _pending.Append(transaction);
                else Refuse(transaction, Errno.ENOMEM);
                break;
            case DeviceQueueAction.EnqueueFirst:
                _pending.Prepend(transaction);
                break;
            case DeviceQueueAction.ContinueParked:
                if (transaction.HasCommand || transaction.Has(TransactionFlags.ClearAca)) _pending.Prepend(transaction);
                else transaction.Done();
                break;
            case DeviceQueueAction.SendRecovery:
                _recovery = transaction;
                SendNext(transaction);
                break;
            case DeviceQueueAction.ClearParked:
                ClearParked(transaction);
                break;
            case DeviceQueueAction.Reject:
                Refuse(transaction, Errno.ENXIO);
                break;
            case DeviceQueueAction.RefuseUnstarted:
                Refuse(transaction, Errno.EINVAL);
                break;
            case DeviceQueueAction.RefuseUnexpectedClear:
                _adapter.LogUnexpectedClear(transaction);
                Refuse(transaction, Errno.EINVAL);
                break;
            case DeviceQueueAction.Return:
                transaction.Done();
                break;
            case DeviceQueueAction.ReturnKeeping:
                transaction.Fail(transaction.Bufstruct.Error, AdapterQueueStatus.DidNotClear);
                transaction.Done();
                break;
            case DeviceQueueAction.ReturnAndFlush:
                transaction.Done();
                Flush();
                break;
            default:
                Invariant.That(false, "every action of the table is carried out");
                break;
        }
    }

    private static void Refuse(Transaction transaction, Errno error)
    {
        transaction.Fail(error);
        transaction.Done();
    }

    // The recovery command is one like the others from now on: without a tag, and nothing is sent beside it.
    private void EndRecovery()
    {
        if (_recovery is null) return;
        if (_recovery != _clearsAca) _untagged++;
        _recovery = null;
    }

    // In the order they were queued: a head driver starts them again in this order.
    private void Flush()
    {
        while (_pending.Take() is { } flushed) Refuse(flushed, Errno.ENXIO);
    }

    private void ClearParked(Transaction transaction)
    {
        Flush();
        var function = transaction.Has(TransactionFlags.TargetReset) ? ClearingCause.TargetReset
            : transaction.Has(TransactionFlags.LunReset) ? ClearingCause.LunReset
            : transaction.Has(TransactionFlags.ClearAca) ? ClearingCause.ClearAca
            : ClearingCause.None;
        if (function == ClearingCause.None) transaction.Done();
        else AskFor(transaction, function);
    }
}
