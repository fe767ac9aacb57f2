namespace Lunette.DeviceServer.Commands;

/// <summary>
/// What may stand between a command and its execution. A row says which of these it passes; the rest end the command
/// before it begins.
/// </summary>
[Flags]
public enum Conditions
{
    /// <summary>Nothing; or, for a row, that it passes nothing.</summary>
    None = 0,

    /// <summary>A unit attention condition is pending for the I_T nexus.</summary>
    UnitAttention = 0x01,

    /// <summary>The logical unit is not ready in a way that leaves everything but the medium usable
    /// (stopped).</summary>
    Stopped = 0x02,

    /// <summary>The medium is being formatted.</summary>
    Formatting = 0x04,

    /// <summary>The logical unit is not in service: offline, going there, or fenced.</summary>
    OutOfService = 0x08,

    /// <summary>The target port is in asymmetric access state standby for the logical unit.</summary>
    Standby = 0x10,

    /// <summary>The target port is in asymmetric access state unavailable.</summary>
    Unavailable = 0x20,

    /// <summary>The asymmetric access state is changing.</summary>
    Transitioning = 0x40,

    /// <summary>Persistent reservations that should have survived are lost: nobody knows who is fenced.</summary>
    ReservationsLost = 0x80,

    /// <summary>For rows: commands that tell who and where the logical unit is; nothing stops them but
    /// <see cref="PowerCycleRequired"/>.</summary>
    All = 0x1FF,

    /// <summary>The medium is being sanitized, or was not to the end.</summary>
    Sanitizing = 0x100,

    /// <summary>It was formatted with a preset, and until a power cycle (offline and online) may be another logical
    /// unit than initiators know: only REQUEST SENSE passes.</summary>
    PowerCycleRequired = 0x200,

    /// <summary>What makes the logical unit not ready.</summary>
    NotReady = Stopped | Formatting | Sanitizing | PowerCycleRequired,

    /// <summary>For rows: commands that need no medium and change nothing while it is formatted.</summary>
    NoMedium = Stopped | Standby,
}
