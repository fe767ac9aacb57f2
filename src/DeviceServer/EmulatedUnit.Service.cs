using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Power;
using Lunette.DeviceServer.Tasks;
using Lunette.Runtime;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer;

/// <content>In and out of service.</content>
public abstract partial class EmulatedUnit
{
    private static readonly Sense s_offline =
        new(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyManualInterventionRequired);

    private Sense _outOfService = s_offline;
    private string? _fenceReason;
    private bool _fenceLifts;           // by itself, when the last of the aborts that did not end in time has ended
    private int _overdueAborts;

    /// <summary>Why it takes no commands although it should: set when aborted tasks did not end in time; else
    /// null.</summary>
    public string? FenceReason => Volatile.Read(ref _fenceReason);

    /// <summary>Tasks in the task set now.</summary>
    public int TaskCount
    {
        get
        {
            lock (_gate) return _tasks.Count;
        }
    }

    /// <summary>I_T nexuses it keeps something of now.</summary>
    public int NexusCount
    {
        get
        {
            lock (_gate)
            {
                var count = 0;
                for (var itl = _nexuses; itl is not null; itl = itl.Next) count++;
                return count;
            }
        }
    }

    /// <summary>Opens what the device type stands on. Control plane.</summary>
    protected abstract ValueTask<ControlResult> OpenAsync(CancellationToken stop);

    /// <summary>Flushes and closes it; no task is in progress. Control plane.</summary>
    protected abstract ValueTask<ControlResult> CloseAsync(CancellationToken stop);

    /// <inheritdoc/>
    public sealed override async ValueTask<ControlResult> OnlineAsync(CancellationToken stop)
    {
        if (TaskCount > 0)
            return ControlResult.Failure(
                $"{Id}: {TaskCount} aborted tasks are still in the backing store; try again later");
        if (await LoadStateAsync(stop) is { Succeeded: false } damaged) return damaged;
        var opened = await OpenAsync(stop);
        if (!opened.Succeeded) return opened;
        lock (_gate)
        {
            _fenceReason = null;
            _fenceLifts = false;
            _obstacles &= ~(Conditions.OutOfService | Conditions.Stopped | Conditions.PowerCycleRequired);
            _powerCondition = PowerConditionCode.Active;
            BeginService();
            EstablishForAll(AdditionalSense.PowerOnOccurred, except: null);
        }
        return ControlResult.Success;
    }

    /// <inheritdoc/>
    public sealed override async ValueTask<ControlResult> OfflineAsync(CancellationToken stop)
    {
        var abort = new OfflineAbort();
        var effects = new Effects();
        lock (_gate)
        {
            _outOfService = s_offline;
            _obstacles |= Conditions.OutOfService;
            _fenceLifts = false;
            // No nexus asked for it, and no unit attention would tell: whatever TAS says, the tasks are answered.
            for (var context = _tasks.Oldest; context is not null; context = context.Younger)
                TaskSet.Abort(context, abort, reportAborted: true, ref effects.Posted);
            if (abort.Remaining == 0) abort.AllEnded();
        }
        effects.Act();
        if (!await abort.Drained.CompletesWithinAsync(Options.AbortDeadline, Options.Time, stop))
        {
            // It counts as online again and serves nobody: that is to be seen, and mended as any fence is.
            lock (_gate) FenceOff("tasks did not end in time when it was to go offline");
            return ControlResult.Failure(
                $"{Id}: {TaskCount} tasks are still in the backing store; it stays out of service, try again later");
        }
        await EndServiceAsync(stop);
        return await CloseAsync(stop);
    }

    // Takes no commands from now on, because tasks that were to be aborted are still in the medium. Under the lock.
    private void FenceOff(string reason)
    {
        _fenceReason ??= reason;
        _outOfService = new Sense(SenseKey.NotReady, AdditionalSense.LogicalUnitCommunicationFailure);
        _obstacles |= Conditions.OutOfService;
    }

    /// <summary>
    /// An abort has not ended in time: it takes no commands until <see cref="OverdueAbortEnded"/>, or until it was
    /// offline and online. Any thread.
    /// </summary>
    internal void AbortOverdue(string reason)
    {
        lock (_gate)
        {
            _overdueAborts++;
            if (_fenceReason is null && (_obstacles & Conditions.OutOfService) == 0) _fenceLifts = true;
            FenceOff(reason);
        }
    }

    /// <summary>The last task of an overdue abort has left the medium. Any thread.</summary>
    internal void OverdueAbortEnded()
    {
        lock (_gate)
        {
            _overdueAborts--;
            if (_overdueAborts > 0 || !_fenceLifts) return;
            _fenceLifts = false;
            _fenceReason = null;
            _obstacles &= ~Conditions.OutOfService;
        }
    }

    /// <summary>Commands that need the medium end with this from now on. Any thread.</summary>
    /// <param name="condition">One of <see cref="Conditions.NotReady"/>.</param>
    /// <param name="sense">What they are told.</param>
    public void BecomeNotReady(Conditions condition, in Sense sense)
    {
        lock (_gate)
        {
            _notReady = sense;
            _obstacles |= condition;
        }
    }

    /// <summary>Whether the medium is being sanitized, or was not to the end, and what commands are told.</summary>
    internal bool IsSanitizing(out Sense sense)
    {
        lock (_gate)
        {
            sense = _notReady;
            return (_obstacles & Conditions.Sanitizing) != 0;
        }
    }

    /// <summary>The condition is over. Any thread.</summary>
    public void BecomeReady(Conditions condition)
    {
        lock (_gate) _obstacles &= ~condition;
    }

    /// <summary>Why the medium cannot be used now; false where it can.</summary>
    public bool TryGetNotReady(out Sense sense)
    {
        lock (_gate)
        {
            var outOfService = (_obstacles & Conditions.OutOfService) != 0;
            sense = outOfService ? _outOfService : _notReady;
            return outOfService || (_obstacles & Conditions.NotReady) != 0;
        }
    }

    private sealed class OfflineAbort : TaskAborter
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Drained => _ended.Task;

        public override void AllEnded() => _ended.TrySetResult();
    }
}
