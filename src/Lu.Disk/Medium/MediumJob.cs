using Lunette.Backing;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>
/// Work on the whole medium: FORMAT UNIT and SANITIZE. It runs step by step where jobs run, and waits for none: a step
/// that the store keeps brings it back when it is done. It outlives the command and the nexus that asked for it, and
/// stops between two steps when the disk goes offline. While it runs nobody else touches the medium, and whoever asks
/// is told how far it is.
/// </summary>
internal sealed class MediumJob : BlockingJob
{
    private const long StepBytes = 64L << 20;

    private readonly DiskUnit _unit;
    private readonly IReadOnlyList<MediumPass> _passes;
    private readonly AdditionalSense _progressCode;
    private readonly AdditionalSense _failureCode;
    private readonly Step _step;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DiskTask? _waiting;
    private volatile bool _stop;
    private volatile int _progress;
    private int _pass;
    private long _at;
    private bool _flushing;

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
        _step = new Step(this) { Loop = unit.JobLoop, Data = new LeaseList() };
    }

    /// <summary>The sanitize operation it is; none for a format.</summary>
    public SanitizeKind Sanitizes { get; }

    /// <summary>Whether it leaves every block unmapped: given back, or zeroed.</summary>
    public bool Unmaps => _passes[^1].PatternLength == 0;

    /// <summary>What the logical unit is meanwhile.</summary>
    public Conditions Condition => Sanitizes == SanitizeKind.None ? Conditions.Formatting : Conditions.Sanitizing;

    /// <summary>How FORMAT UNIT leaves the disk, and who asked for it; null where it does not change that.</summary>
    public (ProtectionType Type, ItlNexus By)? Formats { get; init; }

    /// <summary>The parameter list of the command that formats; null where it is a sanitize operation.</summary>
    public byte[]? FormatList { get; init; }

    /// <summary>FORMAT WITH PRESET: nobody uses the logical unit any more until it was offline and online.</summary>
    public bool RequiresPowerCycle { get; init; }

    /// <summary>Whether it has come to touch the medium.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What commands that need the medium are told now.</summary>
    public Sense Sense =>
        new(SenseKey.NotReady, _progressCode) { SenseKeySpecific = Sense.Progress(_progress) };

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

    /// <inheritdoc/>
    public override void Run()
    {
        if (HasBegun)
        {
            Advance();
        }
        else if (!TryMark(Sanitizes))
        {
            End(CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure));
            return;
        }
        else
        {
            HasBegun = true;
            WakeIf(immediate: true);
        }
        // Once a step is the store's, this may run anew elsewhere before the call has returned.
        while (TryAsk())
        {
            if (!_unit.Store.Start(_step)) return;
            Advance();
        }
    }

    private bool TryMark(SanitizeKind kind) =>
        (Sanitizes == SanitizeKind.None && kind == SanitizeKind.None) || _unit.Disk.Marks?.SetSanitizing(kind) is null;

    private bool TryKeepFormat() =>
        Formats is not { } formats || _unit.KeepProtection(formats.Type, formats.By) is null;

    private (long Offset, long Length) PlaceOf(MediumPass pass) => pass.OnTags
        ? (_unit.TagArea.Offset, _unit.TagArea.Length)
        : (0, (long)_unit.CapacityBlocks << _unit.BlockShift);

    // Fills the next step; false where there is none, and then the job is over.
    private bool TryAsk()
    {
        if (_stop) _ended.TrySetResult();
        else if (_step.Result != StoreResult.Ok) End(CommandOutcome.Check(SenseKey.MediumError, _failureCode));
        else if (_pass < _passes.Count) return Ask(_passes[_pass]);
        else if (!_flushing) return AskToFlush();
        else if (_unit.Uncorrectable.TryKeepBefore(0) && TryMark(SanitizeKind.None) && TryKeepFormat())
            End(CommandOutcome.Good);
        else End(CommandOutcome.Check(SenseKey.MediumError, _failureCode));
        return false;
    }

    private bool Ask(MediumPass pass)
    {
        var place = PlaceOf(pass);
        _step.Data.Forget();
        if (pass.PatternLength > 0) _step.Data.Add(pass.Pattern);
        _step.Operation = pass.Operation;
        _step.Offset = place.Offset + _at;
        _step.Length = Math.Min(pass.PatternLength > 0 ? pass.PatternLength : StepBytes, place.Length - _at);
        return true;
    }

    private bool AskToFlush()
    {
        _flushing = true;
        _step.Operation = StoreOperation.Flush;
        _step.Offset = 0;
        _step.Length = 0;
        return true;
    }

    private void Advance()
    {
        if (_flushing || _step.Result != StoreResult.Ok) return;
        var length = PlaceOf(_passes[_pass]).Length;
        _at += _step.Length;
        _progress = (int)((_pass + ((double)_at / length)) / _passes.Count * 65535);
        if (_at >= length) (_pass, _at) = (_pass + 1, 0);
        _unit.BecomeNotReady(Condition, Sense);
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

    private sealed class Step(MediumJob job) : StoreRequest
    {
        public override void Run() => job._unit.Jobs.Post(job);
    }
}
