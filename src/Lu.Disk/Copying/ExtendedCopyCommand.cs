using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// EXTENDED COPY (LID1) command (SPC-4): blocks are copied from disk to disk, step by step, between logical units the
/// nexus sees and no others. It ends when everything is copied; an abort ends it after the step it is at.
/// </summary>
internal static class ExtendedCopyCommand
{
    private static readonly CommandStep s_read = ReadDone;
    private static readonly CommandStep s_written = Written;

    public static CommandOutcome ExtendedCopy(DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        // SPC-4, EXTENDED COPY (LID1) command: a PARAMETER LIST LENGTH of zero transfers nothing, and is no error.
        if (list.IsEmpty) return CommandOutcome.Good;
        var task = (DiskTask)command;
        var copy = task.Notes as CopyWork ?? new CopyWork(task);
        task.Notes = copy;
        if (copy.Operation.Parse(list, task.Task.Nexus.Map) is { } refusal) return refusal;
        var nexus = task.Task.Nexus.Number;
        switch (unit.Copies.TryBegin(nexus, copy.Operation))
        {
            case CopyAdmission.Duplicate:
                return Sense.Illegal(AdditionalSense.OperationInProgress);
            case CopyAdmission.TooMany:
                return CommandOutcome.Busy;
            default:
                task.Copy = copy;
                return NextStep(task, copy);
        }
    }

    private static CommandOutcome NextStep(DiskTask task, CopyWork copy)
    {
        var operation = copy.Operation;
        while (operation.SegmentsDone < operation.SegmentCount)
        {
            if (!TryFindStep(operation, out var step, out var refusal)) return refusal;
            if (step.Length == 0)
            {
                operation.SegmentsDone++;
                operation.Done = 0;
                continue;
            }
            copy.Now = step;
            copy.Step.Start(step.Source, RangeOf(step.Source, step.SourceOffset, step.Length), null, s_read);
            return CommandOutcome.Pending;
        }
        return CommandOutcome.Good;
    }

    private static bool TryFindStep(CopyOperation operation, out CopyPlan step, out CommandOutcome refusal)
    {
        step = default;
        var segment = operation.Segment;
        if (operation.UnitAt(segment.Source) is not { } source
            || operation.UnitAt(segment.Destination) is not { } destination)
        {
            refusal = Aborted(AdditionalSense.CopyTargetDeviceNotReachable, operation);
            return false;
        }
        var shift = (segment.CountsDestination ? destination : source).BlockShift;
        var length = (long)segment.Blocks << shift;
        // A segment whose end is inside a block of the other end would need data to fill that block.
        var whole = (length & (source.BlockLengthBytes - 1)) == 0 && (length & (destination.BlockLengthBytes - 1)) == 0;
        if (!whole)
        {
            refusal = Aborted(AdditionalSense.UnexpectedInexactSegment, operation);
            return false;
        }
        if (!IsWithin(source, segment.SourceLba, length) || !IsWithin(destination, segment.DestinationLba, length))
        {
            refusal = Aborted(AdditionalSense.NoAdditionalSenseInformation, operation);
            return false;
        }
        refusal = default;
        step = new(
            source, destination,
            ((long)segment.SourceLba << source.BlockShift) + operation.Done,
            ((long)segment.DestinationLba << destination.BlockShift) + operation.Done,
            (int)Math.Min(CopyLimits.StepBytes, length - operation.Done));
        return true;
    }

    private static bool IsWithin(DiskUnit unit, ulong lba, long length) =>
        new BlockRange(lba, (uint)(length >> unit.BlockShift)).IsWithin(unit.CapacityBlocks);

    private static void ReadDone(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var copy = (CopyWork)task.Notes!;
        var now = copy.Now;
        if (copy.Step.Status != ScsiStatus.Good || copy.Step.Read.Length != now.Length)
        {
            End(task, copy, Failed(copy));
            return;
        }
        var range = RangeOf(now.Destination, now.DestinationOffset, now.Length);
        copy.Step.Start(now.Destination, range, copy.Step.Read, s_written);
    }

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var copy = (CopyWork)task.Notes!;
        copy.Step.Read.Release();
        if (copy.Step.Status != ScsiStatus.Good)
        {
            End(task, copy, Failed(copy));
            return;
        }
        copy.Operation.Done += copy.Now.Length;
        copy.Operation.BytesCopied += (ulong)copy.Now.Length;
        var outcome = NextStep(task, copy);
        if (!outcome.IsPending) End(task, copy, outcome);
    }

    private static void End(DiskTask task, CopyWork copy, in CommandOutcome outcome)
    {
        copy.Operation.HasFailed = outcome.Status != ScsiStatus.Good;
        task.End(outcome);
    }

    // Busy ends pass, and the initiator tries again; what is wrong with an end stays.
    private static CommandOutcome Failed(CopyWork copy) =>
        copy.Operation.BytesCopied == 0 && copy.Step.Status is ScsiStatus.Busy or ScsiStatus.TaskSetFull
            ? CommandOutcome.Busy
            : Aborted(AdditionalSense.ThirdPartyDeviceFailure, copy.Operation);

    // SPC-4, Errors detected during processing of segment descriptors: COMMAND-SPECIFIC INFORMATION is the segment.
    private static CommandOutcome Aborted(AdditionalSense code, CopyOperation operation)
    {
        operation.HasFailed = true;
        return CommandOutcome.Check(new Sense(SenseKey.CopyAborted, code)
        {
            CommandSpecificInformation = (ulong)operation.SegmentsDone,
        });
    }

    private static BlockRange RangeOf(DiskUnit unit, long offset, int length) =>
        new((ulong)offset >> unit.BlockShift, (uint)(length >> unit.BlockShift));
}
