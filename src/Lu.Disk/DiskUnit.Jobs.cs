using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Medium;
using Lunette.Runtime;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>Work on the whole medium, and the state a failed one leaves.</content>
public sealed partial class DiskUnit
{
    private static readonly CommandStep s_jobAwaited = JobAwaited;
    private static readonly Sense s_powerCycleRequired =
        new(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyPowerCycleRequired);

    private MediumJob? _job;
    private bool _sanitizeFailed;
    private bool _sanitizeExitAllowed;

    /// <summary>Starts a job; the command ends when it is under way (IMMED) or done.</summary>
    internal CommandOutcome StartJob(DiskTask task, MediumJob job)
    {
        if (Interlocked.CompareExchange(ref _job, job, null) is { } running) return CommandOutcome.Check(running.Sense);
        BecomeNotReady(job.Condition, job.Sense);
        Tokens.EndAll(AdditionalSense.InvalidTokenOperationTokenRevoked);
        Streams.CloseAll();
        Unmapped.Clear();
        if (job.FormatList is not null) Volatile.Write(ref _format, FormatRecord.None);
        task.Job = job;
        if (Suspend(task, s_jobAwaited))
        {
            job.Await(task);
            LetOthersPass(task);
        }
        Jobs.Post(job);
        return CommandOutcome.Pending;
    }

    /// <summary>The job has ended: the medium is anybody's again, or fails until it is sanitized.</summary>
    internal void JobEnded(MediumJob job, in CommandOutcome outcome)
    {
        if (outcome.Status == ScsiStatus.Good)
        {
            _sanitizeFailed = false;
            PendingDefects.Clear();
            if (job.Unmaps) NoteUnmapped(0, (long)CapacityBlocks << BlockShift);
            if (job.FormatList is { } list) Volatile.Write(ref _format, new FormatRecord(list, PowerOnMinutes));
            Volatile.Write(ref _job, null);
            if (job.RequiresPowerCycle) BecomeNotReady(Conditions.PowerCycleRequired, s_powerCycleRequired);
            BecomeReady(job.Condition);
            return;
        }
        // SBC-5, SANITIZE command: medium commands fail until it succeeds or the failure mode is left. A failed format
        // leaves the medium as the initiators find it.
        _sanitizeFailed = job.Sanitizes != SanitizeKind.None && job.HasBegun;
        if (_sanitizeFailed) BecomeNotReady(job.Condition, outcome.Sense);
        else BecomeReady(job.Condition);
        Volatile.Write(ref _job, null);
    }

    /// <summary>Where such work runs: a thread of its own while there is some, where nothing else was said.</summary>
    internal IJobQueue Jobs { get; }

    /// <summary>The loop its requests to the store come back to.</summary>
    internal JobLoop JobLoop { get; }

    /// <summary>The job that runs now; null where none does.</summary>
    internal MediumJob? RunningJob => Volatile.Read(ref _job);

    internal void AllowSanitizeExit(bool allowed) => _sanitizeExitAllowed = allowed;

    /// <summary>False where the failed sanitize operation does not allow it; true also where none has failed.</summary>
    internal bool TryExitSanitizeFailure()
    {
        if (!_sanitizeFailed) return true;
        if (!_sanitizeExitAllowed) return false;
        _sanitizeFailed = false;
        BecomeReady(Conditions.Sanitizing);
        return true;
    }

    private static void JobAwaited(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var outcome = task.Job!.Outcome;
        task.End(task.IsImmediate && outcome.IsPending ? CommandOutcome.Good : outcome);
    }

    // Sanitizing that a restart interrupted is begun anew before anybody reads what was to be gone.
    private void ResumeSanitizing()
    {
        if (Disk.Marks?.Sanitizing is not ({ } kind and not SanitizeKind.None)) return;
        var job = new MediumJob(this, SanitizeCommands.PassesFor(this, kind), kind);
        _job = job;
        BecomeNotReady(job.Condition, job.Sense);
        Jobs.Post(job);
    }

    // False where the store does not come back in time: then it cannot be closed.
    private async ValueTask<bool> TryStopJobAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _job) is not { } job) return true;
        job.Stop();
        if (!await job.Ended.CompletesWithinAsync(Options.AbortDeadline, Options.Time, stop)) return false;
        Volatile.Write(ref _job, null);
        if (!_sanitizeFailed) BecomeReady(job.Condition);
        return true;
    }
}
