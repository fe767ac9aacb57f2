using Lunette.Adapter.ErrorRecovery;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Queues;

/// <content>Sending commands and taking them back.</content>
internal sealed partial class DeviceQueue
{
    private bool _going;
    private Transaction? _clearsAca;        // its CLEAR ACA is at the device; nothing overtakes it

    // Runs after every change, so that the queue is never left holding what could be sent.
    private void Go()
    {
        if (_going) return;                 // an iodone called back into the adapter; the outer turn goes on
        _going = true;
        while (State is DeviceQueueState.Running or DeviceQueueState.Stopping && _clearings == 0 && _clearsAca is null
            && _pending.First is { } next && MayBeSent(next))
        {
            _pending.Take();
            SendNext(next);
        }
        _going = false;
        if (State == DeviceQueueState.Stopping && IsQuiet) Apply(DeviceQueueEvent.Drained);
    }

    private bool IsQuiet => _active.Count == 0 && _pending.Count == 0 && _clearings == 0 && InternalCount == 0;

    private bool MayBeSent(Transaction next)
    {
        if (next.HasCommand && _active.Count > 0)
        {
            // Without a tag the device has one command at a time, and never beside tagged ones.
            if (next.Tag == QueueTag.None || _untagged > 0) return false;
            if (_active.Count >= _adapter.Attributes.ActiveMax) return false;
        }
        return !next.Has(TransactionFlags.DelayCommand) || IsDelayOver();
    }

    private bool IsDelayOver()
    {
        var left = _delayUntil - _adapter.Loop.NowNanoseconds;
        if (left <= 0) return true;
        _adapter.Loop.Arm(_delay, TimeSpan.FromMicroseconds(left / 1000d));
        return false;
    }

    /// <summary>A reset has happened: commands with SC_DELAY_CMD wait from now.</summary>
    public void NoteReset() =>
        _delayUntil = _adapter.Loop.NowNanoseconds + (_adapter.Attributes.CommandDelaySeconds * 1_000_000_000L);

    private void SendNext(Transaction next)
    {
        if (next.Has(TransactionFlags.ClearAca))
        {
            next.Flags &= ~TransactionFlags.ClearAca;
            _clearsAca = next;
            AskFor(next, ClearingCause.ClearAca);
        }
        else if (next.HasCommand)
        {
            Send(next);
        }
        else
        {
            next.Done();
        }
    }

    private void AskFor(Transaction transaction, ClearingCause cause)
    {
        _flagged.Append(transaction);
        _adapter.RunFlagged(this, transaction, cause);
    }

    /// <summary>What a structure's flags asked of the device has ended.</summary>
    public void FlaggedEnded(Transaction transaction, Errno error)
    {
        _flagged.Remove(transaction);
        var wasAhead = _clearsAca == transaction;
        if (wasAhead) _clearsAca = null;
        if (error == Errno.None)
        {
            Follow(transaction);
            return;
        }
        transaction.SetAdapterStatus(AdapterStatus.TransportFault);
        transaction.Fail(error);
        if (wasAhead)
        {
            var isRecovery = _recovery == transaction;
            if (isRecovery) _recovery = null;
            Apply(isRecovery ? DeviceQueueEvent.RecoveryEndedFlushing : DeviceQueueEvent.EndedFlushing, transaction);
        }
        else
        {
            // Of SC_Q_CLR: the queue is halted already, or was stopped meanwhile.
            transaction.Done();
        }
    }

    // The command behind a CLEAR ACA, where there is one.
    private void Follow(Transaction transaction)
    {
        if (_recovery == transaction) Send(transaction);
        else if (!transaction.HasCommand) transaction.Done();
        else if (State == DeviceQueueState.Halted) Refuse(transaction, Errno.ENXIO);    // halted meanwhile
        else _pending.Prepend(transaction);
        Go();
    }

    private void Send(Transaction transaction)
    {
        if (transaction.Tag == QueueTag.None && transaction != _recovery) _untagged++;
        _active.Append(transaction);
        var command = transaction.Command;
        command.SetCdb(transaction.Cdb);
        command.Attribute = transaction.Tag.ToTaskAttribute();
        TransactionShape.Fill(transaction, command);
        if (transaction.TimeoutSeconds > 0)
            _adapter.Loop.Arm(transaction.Timer, TimeSpan.FromSeconds(transaction.TimeoutSeconds));
        command.Begin(_adapter.Loop, ScsiId, Lun);
        _adapter.Transport.Start(command);
    }

    // --- Ends -------------------------------------------------------------------------------------------------------

    public void CommandEnded(Transaction transaction)
    {
        _adapter.Loop.Disarm(transaction.Timer);
        _active.Remove(transaction);
        var isRecovery = transaction == _recovery;
        if (isRecovery) _recovery = null;
        else if (transaction.Tag == QueueTag.None) _untagged--;
        var clearings = _clearings;
        Apply(EndOf(transaction, isRecovery), transaction);
        if (clearings > 0) _adapter.ActiveEnded(this);
    }

    private DeviceQueueEvent EndOf(Transaction transaction, bool isRecovery)
    {
        var command = transaction.Command;
        transaction.Bufstruct.Residual = transaction.Bufstruct.Count - command.TransferredBytes;
        if (HasEndedAlone(transaction))
        {
            transaction.Fail(Errno.ENXIO);
            return isRecovery ? DeviceQueueEvent.RecoveryEndedFlushing : DeviceQueueEvent.EndedWell;
        }
        if (command.Outcome != TransportOutcome.Answered || command.Status == ScsiStatus.TaskAborted && _clearings > 0)
        {
            FailWithoutAnswer(transaction, command.Outcome);
            return isRecovery ? DeviceQueueEvent.RecoveryEndedFlushing : DeviceQueueEvent.EndedFlushing;
        }
        transaction.SetSense(command.Sense);
        if (command.Status is ScsiStatus.Good or ScsiStatus.ConditionMet or (ScsiStatus)0x10)
            return isRecovery ? DeviceQueueEvent.RecoveryEndedWell : DeviceQueueEvent.EndedWell;
        transaction.SetScsiStatus(command.Status);
        transaction.Fail(Errno.EIO);
        if (isRecovery) return DeviceQueueEvent.RecoveryEndedBadly;
        return transaction.Tag == QueueTag.None ? DeviceQueueEvent.EndedFlushing : DeviceQueueEvent.EndedKeeping;
    }

    private void FailWithoutAnswer(Transaction transaction, TransportOutcome outcome)
    {
        // What an abort or a reset of ours ended was flushed, but for the one whose time was over and for what a bus
        // reset took from others: those are told.
        if (transaction.TimedOut)
        {
            transaction.SetAdapterStatus(AdapterStatus.CommandTimeout);
            transaction.Fail(Errno.EIO);
            return;
        }
        if (_clearings > 0 && Sweeps == 0
            && outcome is TransportOutcome.Answered or TransportOutcome.Aborted or TransportOutcome.Reset)
        {
            transaction.Fail(Errno.ENXIO);
            return;
        }
        if (outcome == TransportOutcome.NoMemory)
        {
            transaction.Fail(Errno.ENOMEM);
            return;
        }
        // Answered, and here: TASK ABORTED by a bus reset of ours.
        transaction.SetAdapterStatus(outcome == TransportOutcome.Answered
            ? AdapterStatus.TransportReset
            : outcome.ToAdapterStatus());
        transaction.Fail(Errno.EIO);
        if (outcome == TransportOutcome.HostFailure) _adapter.LogHostFailure(transaction);
    }

    /// <summary>Bus resets that other queues' recovery needed and that sweep this one.</summary>
    public int Sweeps { get; set; }

    public void CommandTimedOut(Transaction transaction)
    {
        var isFirst = !transaction.TimedOut;
        transaction.TimedOut = true;
        _adapter.RecoverTimeout(this, transaction, isFirst);
    }
}
