namespace Lunette.Scsi;

/// <summary>Status codes (SAM-6, Status codes).</summary>
public enum ScsiStatus : byte
{
    /// <summary>The command completed without error.</summary>
    Good = 0x00,

    /// <summary>Sense data has been delivered with the status.</summary>
    CheckCondition = 0x02,

    /// <summary>The condition a PRE-FETCH asked for is satisfied.</summary>
    ConditionMet = 0x04,

    /// <summary>The logical unit cannot take the command now; the initiator may retry it.</summary>
    Busy = 0x08,

    /// <summary>The command conflicts with a reservation held by another I_T nexus.</summary>
    ReservationConflict = 0x18,

    /// <summary>The task set has no room for another command.</summary>
    TaskSetFull = 0x28,

    /// <summary>An auto contingent allegiance condition exists.</summary>
    AcaActive = 0x30,

    /// <summary>Another I_T nexus aborted the command, and the control mode page asks that it be told (TAS).</summary>
    TaskAborted = 0x40,
}
