using Lunette.Backing;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>What every command that names blocks is checked for, and what a store's answer means.</content>
public sealed partial class DiskUnit
{
    /// <summary>Whether blocks lie in the medium and are not more than one command may name.</summary>
    internal bool TryCheck(TaskContext command, BlockRange range, long lengthMax, out CommandOutcome refusal)
    {
        refusal = default;
        // A command that was admitted before the job began and enabled after it.
        if (RunningJob is { } job)
        {
            refusal = job.Sense;
            return false;
        }
        if (!range.IsWithin(CapacityBlocks))
        {
            refusal = Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange);
            return false;
        }
        if ((long)range.Count << _blockShift <= lengthMax) return true;
        refusal = command.Command.Descriptor.TransferLength!.Value.Invalid();
        return false;
    }

    /// <summary>Whether the medium may be written.</summary>
    internal bool TryCheckWritable(out CommandOutcome refusal)
    {
        refusal = default;
        if (Control.SoftwareWriteProtect)
        {
            refusal = CommandOutcome.Check(SenseKey.DataProtect, AdditionalSense.LogicalUnitSoftwareWriteProtected);
            return false;
        }
        if (!IsWriteProtected) return true;
        refusal = CommandOutcome.Check(SenseKey.DataProtect, AdditionalSense.WriteProtected);
        return false;
    }

    /// <summary>Whether the administrator or the store lets nobody write.</summary>
    internal bool IsWriteProtected =>
        Disk.WriteProtected || (_store is { } store && (store.Features & StoreFeatures.ReadOnly) != 0);

    /// <summary>Whether a write must be durable before it is answered.</summary>
    internal bool MustBeDurable(ReadOnlySpan<byte> cdb) => !WriteCacheEnabled || ForcesUnitAccess(cdb);

    /// <summary>FUA, where the CDB has it.</summary>
    internal static bool ForcesUnitAccess(ReadOnlySpan<byte> cdb)
    {
        if (cdb[0] == CdbLayout.VariableLength) return (cdb[10] & 0x08) != 0;
        return cdb[0] >= 0x20 && (cdb[1] & 0x08) != 0;
    }

    /// <summary>How a command ends whose store request has ended.</summary>
    internal CommandOutcome OutcomeOf(StoreRequest request) => OutcomeOf(request.Result, request.FailedOffset);

    /// <summary>How a command ends by what the store said.</summary>
    internal CommandOutcome OutcomeOf(StoreResult result, long failedOffset) => result switch
    {
        StoreResult.Ok => CommandOutcome.Good,
        StoreResult.ReadError => AtBlock(SenseKey.MediumError, ReadErrorAt(failedOffset), failedOffset),
        StoreResult.WriteError => AtBlock(SenseKey.MediumError, AdditionalSense.WriteError, failedOffset),
        // SBC-5, Resource exhaustion considerations: the initiator shall not take it for a medium error.
        StoreResult.NoSpace =>
            AtBlock(SenseKey.DataProtect, AdditionalSense.SpaceAllocationFailedWriteProtect, failedOffset),
        StoreResult.NoBuffer => CommandOutcome.TaskSetFull,
        StoreResult.WriteProtected =>
            CommandOutcome.Check(SenseKey.DataProtect, AdditionalSense.WriteProtected),
        StoreResult.Offline =>
            CommandOutcome.Check(SenseKey.NotReady, AdditionalSense.LogicalUnitCommunicationFailure),
        _ => CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure),
    };

    private AdditionalSense ReadErrorAt(long offset) => Uncorrectable.Contains((ulong)offset >> _blockShift)
        ? AdditionalSense.ReadErrorLbaMarkedBadByApplicationClient
        : AdditionalSense.UnrecoveredReadError;

    private CommandOutcome AtBlock(SenseKey key, AdditionalSense code, long offset) => CommandOutcome.Check(
        new Sense(key, code) { Information = (ulong)Math.Max(0, offset) >> _blockShift, InformationValid = true });
}
