using Lunette.Adapter.ErrorRecovery;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Queues;

/// <content>
/// A structure that its owner does not want any more; nothing of AIX's, whose halts end whatever a device has. One that
/// waits comes back at once. One that is at the device is aborted there, alone: the queue goes on without it, and where
/// the abort is refused or not answered it ends as it would have.
/// </content>
internal sealed partial class DeviceQueue
{
    public void Abandon(Transaction transaction)
    {
        if (_pending.TryRemove(transaction))
        {
            Refuse(transaction, Errno.ENXIO);
            Go();
        }
        else if (transaction.Command.InProgress && !transaction.TimedOut && !IsBeingCleared)
        {
            InternalCount++;
            ManagementAttempt.Start(_adapter, TaskManagementFunction.AbortTask, ScsiId, Lun, transaction.Command,
                _ => InternalEnded());
        }
    }

    // Answered: TASK ABORTED. What an abort or a reset of the whole queue took is told as that.
    private bool HasEndedAlone(Transaction transaction) => transaction is { IsAbandoned: true, TimedOut: false }
        && _clearings == 0
        && transaction.Command is { Outcome: TransportOutcome.Aborted }
            or { Outcome: TransportOutcome.Answered, Status: ScsiStatus.TaskAborted };
}
