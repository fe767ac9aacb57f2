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
        if (plan.Source is null)
        {
            work.Now = plan;
            work.Step.StartZero(plan.Destination, DestinationOf(plan), s_written);
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
        var range = StoreCopy.RangeOf(plan.Source!, plan.SourceOffset, plan.Length);
        work.Step.StartRead(plan.Source!, range, s_read);
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
        if (work.Step.Status != ScsiStatus.Good || work.Step.Read.Length != work.Now.Length)
            End(task, work, work.Operation.FailedAt(work.Step));
        else if (!work.Operation.TryConfirm(out var refusal))
            End(task, work, refusal);
        else
            work.Step.StartWrite(work.Now.Destination, DestinationOf(work.Now), work.Step.Read, s_written);
    }

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var work = task.Copy!;
        if (work.Step.Read.Count > 0) work.Step.Read.Release();
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

    private static BlockRange DestinationOf(in CopyPlan plan) =>
        StoreCopy.RangeOf(plan.Destination, plan.DestinationOffset, plan.Length);
}
