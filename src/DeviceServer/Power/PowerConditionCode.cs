namespace Lunette.DeviceServer.Power;

/// <summary>POWER CONDITION of START STOP UNIT (SBC-5).</summary>
public enum PowerConditionCode : byte
{
    /// <summary>START and LOEJ say what to do.</summary>
    StartValid = 0x0,

    /// <summary>Active.</summary>
    Active = 0x1,

    /// <summary>Idle.</summary>
    Idle = 0x2,

    /// <summary>Standby.</summary>
    Standby = 0x3,

    /// <summary>The logical unit manages its power conditions itself.</summary>
    LogicalUnitControl = 0x7,

    /// <summary>Idle, by letting the idle timer expire.</summary>
    ForceIdle0 = 0xA,

    /// <summary>Standby, by letting the standby timer expire.</summary>
    ForceStandby0 = 0xB,
}
