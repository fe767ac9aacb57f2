using System.Collections.Immutable;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Scsi;

namespace Lunette.Adapter;

/// <content>
/// What goes to the system error log: errors of adapter and transport. Never a missing device or a bus fault (nobody
/// knows who is guilty), never a pass-through command, never anything in diagnostic mode.
/// </content>
public sealed partial class ScsiAdapter
{
    internal void Log(ErrorLabel label, ulong scsiId, Lun lun, Transaction? about, string? note = null)
    {
        if (_isDiagnostic || about is { IsLogged: false }) return;
        Write(new ErrorEntry
        {
            Label = label,
            ResourceName = Name,
            RecordType = Description.ErrorRecord,
            ScsiId = scsiId,
            LogicalUnitNumber = lun.Number,
            Cdb = about is null ? [] : about.Cdb.ToImmutableArray(),
            StatusValidity = about is { TimedOut: true } ? StatusValidity.Adapter : about?.StatusValidity ?? default,
            ScsiStatus = (byte)(about?.ScsiStatus ?? default),
            AdapterStatus = about is { TimedOut: true }
                ? AdapterStatus.CommandTimeout
                : about?.AdapterStatus ?? default,
            Sense = about is null ? [] : about.Command.Sense.ToImmutableArray(),
            Note = note,
        });
    }

    /// <summary>Writes an entry. Who hears of it, or keeps it, may throw: the loop is told, and what is logged about
    /// goes on. Any thread.</summary>
    internal void Write(ErrorEntry entry)
    {
        try
        {
            _log.Write(entry);
        }
        catch (Exception fault)
        {
            TellLoop(fault);
        }
    }

    internal void LogUnexpectedClear(Transaction transaction) => Log(ErrorLabel.SCSI_ERR6, transaction.TargetId,
        transaction.UnitNumber, transaction, "SC_Q_CLR, and no recovery is open");

    internal void LogHostFailure(Transaction transaction) => Log(ErrorLabel.SCSI_ERR2, transaction.TargetId,
        transaction.UnitNumber, transaction, "the transport failed");

    internal void LogEscalation(DeviceQueue queue) => Log(ErrorLabel.SCSI_ERR10, queue.ScsiId, queue.Lun, null,
        "an abort or reset hung; the session with the target is dropped");
}
