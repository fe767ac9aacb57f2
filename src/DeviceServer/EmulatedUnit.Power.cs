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
            lock (_gate)
                return (_obstacles & Conditions.Stopped) != 0 && _notReady.Code == AdditionalSense.MediumNotPresent;
        }
    }

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
            _powerCondition = condition;
            _mediumCommandsAtRest = _statistics.ReadCommands + _statistics.WriteCommands;
        }
        return true;
    }

    // A medium command ends a low power condition: seen by the counters, so that it costs nothing on the way.
    private Sense PowerConditionSense()
    {
        lock (_gate)
        {
            if (_statistics.ReadCommands + _statistics.WriteCommands != _mediumCommandsAtRest)
                _powerCondition = PowerConditionCode.Active;
            return _powerCondition switch
            {
                PowerConditionCode.Idle => new Sense(SenseKey.NoSense, (AdditionalSense)0x5E03),
                PowerConditionCode.Standby => new Sense(SenseKey.NoSense, (AdditionalSense)0x5E04),
                _ => default,
            };
        }
    }
}
