using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Power;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Power conditions, and a medium that may be taken out.</content>
public abstract partial class EmulatedUnit
{
    private PowerConditionCode _powerCondition = PowerConditionCode.Active;
    private long _mediumCommandsAtRest;

    /// <summary>RMB: the medium can be taken out.</summary>
    protected internal virtual bool IsRemovable => false;

    /// <summary>Whether some nexus prevents that.</summary>
    internal bool IsRemovalPrevented
    {
        get
        {
            lock (_gate)
            {
                for (var itl = _nexuses; itl is not null; itl = itl.Next)
                    if (itl.PreventsRemoval) return true;
                return false;
            }
        }
    }

    /// <summary>
    /// The logical unit is to be stopped: what is cached goes to the medium, then <paramref name="stopped"/> follows on
    /// the command's loop.
    /// </summary>
    protected internal virtual void FlushBeforeStop(TaskContext command, CommandStep stopped) => stopped(this, command);

    /// <summary>The medium is taken out; the logical unit is about to be not ready.</summary>
    protected internal virtual void EjectMedium()
    {
    }

    /// <summary>Whether START STOP UNIT has taken the medium out.</summary>
    internal bool IsMediumOut
    {
        get
        {
            lock (_gate) return IsMediumOutNow;
        }
    }

    private bool IsMediumOutNow =>
        (_obstacles & Conditions.Stopped) != 0 && _notReady.Code == AdditionalSense.MediumNotPresent;

    /// <summary>
    /// The medium is put back. Every nexus but the one that did it hears that it may be another one.
    /// </summary>
    internal void LoadMedium(ItlNexus by) =>
        EstablishAttention(AdditionalSense.NotReadyToReadyChangeMediumMayHaveChanged, except: by);

    internal void SetPrevent(ItlNexus itl, bool prevents)
    {
        lock (_gate) itl.PreventsRemoval = prevents;
    }

    /// <summary>False for a code that is reserved or not supported.</summary>
    internal bool SetPowerCondition(PowerConditionCode code)
    {
        var condition = code switch
        {
            PowerConditionCode.Active or PowerConditionCode.LogicalUnitControl => PowerConditionCode.Active,
            PowerConditionCode.Idle or PowerConditionCode.ForceIdle0 => PowerConditionCode.Idle,
            PowerConditionCode.Standby or PowerConditionCode.ForceStandby0 => PowerConditionCode.Standby,
            _ => PowerConditionCode.StartValid,
        };
        if (condition == PowerConditionCode.StartValid) return false;
        lock (_gate)
        {
            ResolvePowerCondition();
            EnterPowerCondition(condition);
        }
        return true;
    }

    /// <summary>START: it is ready, and active.</summary>
    internal void LeaveStopped()
    {
        lock (_gate)
        {
            ResolvePowerCondition();
            if ((_obstacles & Conditions.Stopped) != 0) _history.NoteTransition(PowerConditionCode.Active);
            else EnterPowerCondition(PowerConditionCode.Active);
            _powerCondition = PowerConditionCode.Active;
            _obstacles &= ~Conditions.Stopped;
        }
    }

    /// <summary>It is stopped, and its medium taken out or not.</summary>
    internal void EnterStopped(bool ejected)
    {
        lock (_gate)
        {
            if ((_obstacles & Conditions.Stopped) == 0 || (ejected && !IsMediumOutNow)) _history.NoteStop(ejected);
            _powerCondition = PowerConditionCode.Active;
            _notReady = ejected
                ? new Sense(SenseKey.NotReady, AdditionalSense.MediumNotPresent)
                : new Sense(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyInitializingCommandRequired);
            _obstacles |= Conditions.Stopped;
        }
    }

    private void EnterPowerCondition(PowerConditionCode condition)
    {
        if (_powerCondition != condition) _history.NoteTransition(condition);
        _powerCondition = condition;
        _mediumCommandsAtRest = MediumCommands;
    }

    private long MediumCommands =>
        _statistics.ReadCommands + _statistics.WriteCommands + _statistics.VerifyCommands;

    // A medium command ends a low power condition: seen by the counters, so that it costs nothing on the way.
    private void ResolvePowerCondition()
    {
        if (MediumCommands != _mediumCommandsAtRest) EnterPowerCondition(PowerConditionCode.Active);
    }

    private Sense PowerConditionSense()
    {
        lock (_gate)
        {
            ResolvePowerCondition();
            return _powerCondition switch
            {
                PowerConditionCode.Idle => new Sense(SenseKey.NoSense, (AdditionalSense)0x5E03),
                PowerConditionCode.Standby => new Sense(SenseKey.NoSense, (AdditionalSense)0x5E04),
                _ => default,
            };
        }
    }
}
