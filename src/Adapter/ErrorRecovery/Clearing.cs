using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Events;
using Lunette.Adapter.Queues;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.ErrorRecovery;

/// <summary>
/// Ends commands on a device: an abort or a reset, and where it hangs the next stronger step up to the bus reset, which
/// every queue of the target sees. One runs per halt, reset or time-out; it belongs to the adapter's loop.
/// </summary>
internal sealed class Clearing : LoopTimer
{
    private readonly ScsiAdapter _adapter;
    private readonly DeviceQueue _origin;
    private readonly ClearingCause _cause;
    private readonly Action<Errno> _done;
    private readonly List<DeviceQueue> _scope = [];
    private readonly List<DeviceQueue> _swept = [];
    private ClearingStep _step;
    private int _answersLeft;
    private bool _answered;
    private bool _ended;

    public Clearing(ScsiAdapter adapter, DeviceQueue origin, ClearingCause cause, Action<Errno> done)
    {
        _adapter = adapter;
        _origin = origin;
        _cause = cause;
        _done = done;
    }

    /// <summary>Begins; the outcome comes by the callback, at once where the queue's state forbids it.</summary>
    public void Begin()
    {
        var isHalt = _cause is ClearingCause.Halt or ClearingCause.HaltTaskSet;
        var error = _origin.BeginClearing(isHalt ? DeviceQueueEvent.Halt : DeviceQueueEvent.Reset);
        if (error != Errno.None)
        {
            _done(error);
            return;
        }
        _scope.Add(_origin);
        _adapter.Clearings.Add(this);
        Take(_cause switch
        {
            ClearingCause.LunReset => ClearingStep.LunReset,
            ClearingCause.TargetReset => ClearingStep.TargetReset,
            ClearingCause.BusReset => ClearingStep.BusReset,
            _ => ClearingStep.Abort,
        });
    }

    /// <summary>A command of this queue has ended.</summary>
    public void ActiveEnded(DeviceQueue queue)
    {
        if (_scope.Contains(queue)) FinishWhenQuiet();
    }

    // The functions were answered, and a command they cover has still not come back.
    public override void Fire() => Escalate();

    private void Take(ClearingStep step)
    {
        _step = step;
        _answered = false;
        _answersLeft = 1;
        switch (step)
        {
            case ClearingStep.Abort when _cause == ClearingCause.Halt && _origin.ActiveCount == 1:
                Ask(TaskManagementFunction.AbortTask, _origin, _origin.FirstActive!.Command);
                break;
            case ClearingStep.Abort:
                Ask(TaskManagementFunction.AbortTaskSet, _origin);
                break;
            case ClearingStep.LunReset:
                Ask(TaskManagementFunction.LogicalUnitReset, _origin);
                break;
            case ClearingStep.TargetReset:
                Widen(sweeps: false);
                Ask(TaskManagementFunction.TargetWarmReset, _origin);
                break;
            case ClearingStep.EachLunReset:
                _answersLeft = _scope.Count;
                foreach (var queue in _scope.ToArray()) Ask(TaskManagementFunction.LogicalUnitReset, queue);
                break;
            default:
                if (_cause != ClearingCause.BusReset) _adapter.LogEscalation(_origin);
                Widen(sweeps: true);
                Ask(TaskManagementFunction.ItNexusReset, _origin);
                break;
        }
    }

    private void Ask(TaskManagementFunction function, DeviceQueue queue,
        Transports.TransportCommand? command = null)
    {
        var step = _step;
        ManagementAttempt.Start(_adapter, function, queue.ScsiId, queue.Lun, command, result =>
        {
            if (!_ended && step == _step) Answered(result);
        });
    }

    // Every other queue of the target is in it from now on. A bus reset sweeps those that asked for nothing.
    private void Widen(bool sweeps)
    {
        foreach (var queue in _adapter.QueuesOf(_origin.ScsiId))
        {
            if (queue.State == DeviceQueueState.Starting) continue;
            if (sweeps && !_adapter.Clearings.Exists(clearing => clearing._origin == queue))
            {
                queue.Sweeps++;
                _swept.Add(queue);
            }
            if (_scope.Contains(queue)) continue;
            queue.BeginClearing(DeviceQueueEvent.Reset);
            _scope.Add(queue);
        }
    }

    private void Answered(ManagementResult result)
    {
        switch (result)
        {
            case ManagementResult.Complete:
                if (--_answersLeft > 0) return;
                _answered = true;
                _adapter.Loop.Arm(this, _adapter.Attributes.InternalTimeout);
                FinishWhenQuiet();
                break;
            case ManagementResult.NoAnswer:
                Escalate();
                break;
            case ManagementResult.Refused:
                Refused();
                break;
            case ManagementResult.NoDevice:
                Finish(Errno.ENODEV);
                break;
            case ManagementResult.ConnectionLost:
                Finish(Errno.ENOCONNECT);
                break;
            case ManagementResult.NoMemory:
                Finish(Errno.ENOMEM);
                break;
            default:
                FinishLogged(Errno.EIO, ErrorLabel.SCSI_ERR2);
                break;
        }
    }

    private void FinishWhenQuiet()
    {
        if (!_answered || _ended || _scope.Exists(queue => queue.ActiveCount > 0)) return;
        if (_step is ClearingStep.TargetReset or ClearingStep.EachLunReset or ClearingStep.BusReset)
            _adapter.NoteReset(_origin.ScsiId);
        Finish(Errno.None);
    }

    // What was hung up gives way to the next stronger step; for a halt that is the bus reset at once.
    private void Escalate()
    {
        switch (_step)
        {
            case ClearingStep.BusReset:
                FinishLogged(Errno.ETIMEDOUT, ErrorLabel.SCSI_ERR10);
                break;
            case ClearingStep.Abort when _cause == ClearingCause.Timeout:
                Take(ClearingStep.TargetReset);
                break;
            default:
                Take(ClearingStep.BusReset);
                break;
        }
    }

    private void Refused()
    {
        switch (_step)
        {
            case ClearingStep.Abort when _origin.ActiveCount == 0:
                Finish(Errno.None);         // it had nothing to end: no reason to take anything from others
                break;
            case ClearingStep.LunReset:
                Take(ClearingStep.TargetReset);
                break;
            case ClearingStep.TargetReset:
                Take(ClearingStep.EachLunReset);
                break;
            case ClearingStep.BusReset:
                FinishLogged(Errno.EIO, ErrorLabel.SCSI_ERR2);
                break;
            default:
                Take(ClearingStep.BusReset);
                break;
        }
    }

    private void FinishLogged(Errno error, ErrorLabel label)
    {
        _adapter.Log(label, _origin.ScsiId, _origin.Lun, null);
        _adapter.Raise(_origin.ScsiId, AdapterEvents.AdapterCommandFailed);
        Finish(error);
    }

    private void Finish(Errno error)
    {
        if (_ended) return;
        _ended = true;
        _adapter.Loop.Disarm(this);
        _adapter.Clearings.Remove(this);
        foreach (var queue in _swept) queue.Sweeps--;
        foreach (var queue in _scope) queue.EndClearing();
        _done(error);
    }
}
