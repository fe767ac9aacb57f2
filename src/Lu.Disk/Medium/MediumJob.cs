using Lunette.Backing;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>
/// Work on the whole medium: FORMAT UNIT and SANITIZE. It runs on a worker, step by step, outlives the command and the
/// nexus that asked for it, and stops between two steps when the disk goes offline. While it runs nobody else touches
/// the medium, and whoever asks is told how far it is.
/// </summary>
internal sealed class MediumJob : BlockingJob
{
    private const long StepBytes = 64L << 20;

    private readonly DiskUnit _unit;
    private readonly IReadOnlyList<MediumPass> _passes;
    private readonly AdditionalSense _progressCode;
    private readonly AdditionalSense _failureCode;
    private readonly BlockingRequest _step;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DiskTask? _waiting;
    private volatile bool _stop;

    public MediumJob(DiskUnit unit, IReadOnlyList<MediumPass> passes, SanitizeKind sanitizes)
    {
        _unit = unit;
        // What is gone takes its protection information with it, before anything else.
        _passes = unit.Disk.Protection is null ? passes : [MediumPass.ClearTags(unit.Disk.Thin), .. passes];
        Sanitizes = sanitizes;
        var isFormat = sanitizes == SanitizeKind.None;
        _progressCode = isFormat
            ? AdditionalSense.LogicalUnitNotReadyFormatInProgress
            : AdditionalSense.LogicalUnitNotReadySanitizeInProgress;
        _failureCode = isFormat ? AdditionalSense.FormatCommandFailed : AdditionalSense.SanitizeCommandFailed;
        _step = new BlockingRequest("job of " + unit.Alias, unit.Options.Time);
        Sense = Progress(0);
    }

    /// <summary>The sanitize operation it is; none for a format.</summary>
    public SanitizeKind Sanitizes { get; }

    /// <summary>How FORMAT UNIT leaves the disk, and who asked for it; null where it does not change that.</summary>
    public (ProtectionType Type, ItlNexus By)? Formats { get; init; }

    /// <summary>Whether it has come to touch the medium.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What commands that need the medium are told now.</summary>
    public Sense Sense { get; private set; }

    /// <summary>Done, failed or stopped.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How it ended; pending while it has not, or was stopped.</summary>
    public CommandOutcome Outcome { get; private set; } = CommandOutcome.Pending;

    /// <summary>
    /// The command that asked waits until the job is under way (IMMED), or has ended; it has been suspended.
    /// </summary>
    public void Await(DiskTask task)
    {
        lock (_gate) _waiting = task;
    }

    /// <summary>The command waits no more: it was aborted. The job goes on.</summary>
    public void Forget(DiskTask task)
    {
        lock (_gate)
            if (_waiting == task) _waiting = null;
    }

    /// <summary>Ends it after the step it is at; it is begun anew, or not, when the disk is online again.</summary>
    public void Stop() => _stop = true;

    public override void Run()
    {
        if (!TryMark(Sanitizes))
        {
            End(CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure));
            return;
        }
        HasBegun = true;
        WakeIf(immediate: true);
        var result = StoreResult.Ok;
        for (var i = 0; i < _passes.Count && result == StoreResult.Ok && !_stop; i++) result = CarryOut(i);
        if (result == StoreResult.Ok && !_stop) result = Do(StoreOperation.Flush, 0, 0);
        if (_stop) _ended.TrySetResult();
        else if (result == StoreResult.Ok && TryMark(SanitizeKind.None) && TryKeepFormat()) End(CommandOutcome.Good);
        else End(CommandOutcome.Check(SenseKey.MediumError, _failureCode));
    }

    private bool TryMark(SanitizeKind kind) =>
        (Sanitizes == SanitizeKind.None && kind == SanitizeKind.None) || _unit.Disk.Marks?.SetSanitizing(kind) is null;

    private bool TryKeepFormat() =>
        Formats is not { } formats || _unit.KeepProtection(formats.Type, formats.By) is null;

    private StoreResult CarryOut(int index)
    {
        var pass = _passes[index];
        var begin = pass.OnTags ? _unit.TagArea.Offset : 0;
        var length = pass.OnTags ? _unit.TagArea.Length : (long)_unit.CapacityBlocks << _unit.BlockShift;
        _step.Data.Forget();
        if (pass.PatternLength > 0) _step.Data.Add(pass.Pattern);
        for (var at = 0L; at < length && !_stop;)
        {
            var take = Math.Min(pass.PatternLength > 0 ? pass.PatternLength : StepBytes, length - at);
            var result = Do(pass.Operation, begin + at, take);
            if (result != StoreResult.Ok) return result;
            at += take;
            var share = (double)at / length;
            Tell(Progress((int)((index + share) / _passes.Count * 65535)));
        }
        return StoreResult.Ok;
    }

    private StoreResult Do(StoreOperation operation, long offset, long length) =>
        _step.Do(_unit.Store, operation, offset, length);

    private Sense Progress(int of65536) =>
        new(SenseKey.NotReady, _progressCode) { SenseKeySpecific = Sense.Progress(of65536) };

    private void Tell(in Sense sense)
    {
        Sense = sense;
        _unit.BecomeNotReady(Conditions.Formatting, sense);
    }

    private void End(in CommandOutcome outcome)
    {
        Outcome = outcome;
        _unit.JobEnded(this, outcome);
        WakeIf(immediate: false);
        _ended.TrySetResult();
    }

    // Whoever waits for the end is woken by it, whoever waits for the beginning by either.
    private void WakeIf(bool immediate)
    {
        lock (_gate)
        {
            if (_waiting is not { } task || (immediate && !task.IsImmediate)) return;
            _waiting = null;
            EmulatedUnit.Wake(task);
        }
    }
}
