using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// Carries out a third-party copy, step by step, between logical units the nexus sees and no others. An abort ends it
/// after the step it is at.
/// </summary>
internal static class CopyRun
{
    private static readonly CommandStep s_read = ReadDone;
    private static readonly CommandStep s_around = AroundRead;
    private static readonly CommandStep s_written = Written;
    private static readonly CommandStep s_copied = CopiedByStore;

    /// <summary>Begins a copy, here or in the background, and goes on with it by a step.</summary>
    /// <param name="task">The command that asks for it.</param>
    /// <param name="operation">What it asks for, in order.</param>
    /// <param name="list">Its parameter list.</param>
    /// <param name="first">What is done first; null for the steps of the operation.</param>
    public static CommandOutcome Begin(DiskTask task, CopyOperation operation, ReadOnlySpan<byte> list,
        Func<DiskTask, CopyWork, CommandOutcome>? first = null)
    {
        var background = task.Task as BackgroundTask;
        if (operation.IsImmediate && background is null)
            return BackgroundTask.Start(task.Unit, task.Task, task.Cdb, list);
        switch (task.Unit.Copies.TryBegin(task.Task.Nexus.Number, operation))
        {
            case CopyAdmission.Duplicate:
                return Sense.Illegal(AdditionalSense.OperationInProgress);
            case CopyAdmission.TooMany:
                return CommandOutcome.Busy;
            default:
                break;
        }
        if (background is not null) background.HasBegun = operation.IsInBackground = true;
        var work = task.CopyWork ??= new CopyWork(task);
        work.Begin(operation);
        task.Copy = work;
        return (first ?? Next)(task, work);
    }

    /// <summary>Ends a copy, which is then known to have ended before its command is.</summary>
    public static CommandOutcome Ended(CopyWork work, in CommandOutcome outcome)
    {
        work.Operation.End(outcome);
        return outcome;
    }

    /// <summary>Whether COPY OPERATION ABORT has asked for the end.</summary>
    public static bool IsAborted(CopyWork work, out CommandOutcome outcome)
    {
        outcome = CommandOutcome.Of(ScsiStatus.TaskAborted);
        if (work.Operation.AbortRequested) work.Operation.Terminate();
        return work.Operation.AbortRequested;
    }

    private static CommandOutcome Next(DiskTask task, CopyWork work)
    {
        if (IsAborted(work, out var aborted)) return aborted;
        if (work.Operation.Next(out var end) is not { } plan) return Ended(work, end);
        if (plan.Length == 0)
        {
            work.Now = plan;
            work.Step.StartTest(plan.Destination, s_written);
            return CommandOutcome.Pending;
        }
        plan = plan.Cut();
        if (plan.Source is null)
        {
            work.Now = plan;
            if (plan.WritesWholeBlocks) work.Step.StartZero(plan.Destination, plan.DestinationRange, s_written);
            else if (!TryFillPart(task, work)) return Ended(work, CommandOutcome.Busy);
        }
        else if (!work.Store.IsHopeless && StoreCopy.Suits(plan) && work.Operation.SuitsStore(plan))
        {
            work.Now = plan;
            work.Store.Start(plan, s_copied);
        }
        else
        {
            StartRead(work, plan);
        }
        return CommandOutcome.Pending;
    }

    private static void StartRead(CopyWork work, CopyPlan plan)
    {
        plan = plan with { Length = Math.Min(plan.Length, CopyLimits.StepBytes) };
        work.Now = plan;
        work.Step.StartRead(plan.Source!, plan.SourceRange, s_read);
    }

    private static void CopiedByStore(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var work = task.Copy!;
        if (work.Step.Status != ScsiStatus.Good) End(task, work, work.Operation.FailedAt(work.Step));
        else if (work.Store.WasRefused) StartRead(work, work.Now);
        else if (work.Taker.Status != ScsiStatus.Good) End(task, work, work.Operation.FailedAt(work.Taker));
        else if (!work.Operation.TryConfirm(out var refusal)) End(task, work, refusal);
        else StepDone(task, work);
    }

    private static void ReadDone(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var work = task.Copy!;
        var plan = work.Now;
        if (!HasRead(work, plan.Source!, plan.SourceRange))
            End(task, work, work.Operation.FailedAt(work.Step));
        else if (!work.Operation.TryConfirm(out var refusal))
            End(task, work, refusal);
        else if (plan.WritesWholeBlocks)
            work.Step.StartWrite(plan.Destination, plan.DestinationRange, work.Step.Read, plan.SourceSkip, s_written);
        else if (!TryFillPart(task, work))
            End(task, work, CommandOutcome.Busy);
    }

    // What is to be written is a part of a block: what is around it is read, and the block written whole.
    private static bool TryFillPart(DiskTask task, CopyWork work)
    {
        var plan = work.Now;
        if (!task.Task.TryLeaseDataIn(plan.Destination.BlockLengthBytes, out var block)) return false;
        work.Part.Add(block);
        var part = block.Span.Slice(plan.DestinationSkip, plan.Length);
        if (plan.Source is null)
        {
            part.Clear();
        }
        else
        {
            work.Step.Read.Read(plan.SourceSkip, part);
            work.Step.Read.Release();
        }
        work.Step.StartRead(plan.Destination, plan.DestinationRange, s_around);
        return true;
    }

    private static void AroundRead(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var work = task.Copy!;
        var plan = work.Now;
        if (!HasRead(work, plan.Destination, plan.DestinationRange))
        {
            End(task, work, work.Operation.FailedAt(work.Step));
            return;
        }
        var block = work.Part[0].Span;
        var end = plan.DestinationSkip + plan.Length;
        work.Step.Read.Read(0, block[..plan.DestinationSkip]);
        work.Step.Read.Read(end, block[end..]);
        work.Step.Read.Release();
        work.Step.StartWrite(plan.Destination, plan.DestinationRange, work.Part, skip: 0, s_written);
    }

    private static bool HasRead(CopyWork work, DiskUnit unit, BlockRange range) =>
        work.Step.Status == ScsiStatus.Good && work.Step.Read.Length == range.Count << unit.BlockShift;

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var work = task.Copy!;
        work.Release();
        if (work.Step.Status != ScsiStatus.Good) End(task, work, work.Operation.FailedAt(work.Step));
        else StepDone(task, work);
    }

    private static void StepDone(DiskTask task, CopyWork work)
    {
        work.Operation.Advance(work.Now.Length);
        var outcome = Next(task, work);
        if (!outcome.IsPending) task.End(outcome);
    }

    private static void End(DiskTask task, CopyWork work, in CommandOutcome outcome) =>
        task.End(Ended(work, outcome));
}
