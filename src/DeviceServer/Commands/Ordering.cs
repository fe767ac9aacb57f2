namespace Lunette.DeviceServer.Commands;

/// <summary>How a command stands to others in the task set, beyond its task attribute.</summary>
public enum Ordering : byte
{
    /// <summary>It touches nothing that another command changes other than at one instant.</summary>
    Independent,

    /// <summary>It reads the medium.</summary>
    MediumRead,

    /// <summary>It writes the medium; what overlaps is the initiator's to order.</summary>
    MediumWrite,

    /// <summary>It reads and writes blocks of the medium as one step (COMPARE AND WRITE).</summary>
    MediumAtomic,

    /// <summary>It changes what the logical unit keeps (reservations, mode pages): one such command at a
    /// time.</summary>
    Configuration,

    /// <summary>It changes the whole medium (FORMAT UNIT): handled as if its task attribute were ORDERED.</summary>
    Exclusive,
}
