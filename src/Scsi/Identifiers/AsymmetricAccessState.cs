namespace Lunette.Scsi;

/// <summary>ASYMMETRIC ACCESS STATE of a target port group (SPC-6, REPORT TARGET PORT GROUPS).</summary>
public enum AsymmetricAccessState : byte
{
    /// <summary>Every command is served at its best.</summary>
    ActiveOptimized = 0x0,

    /// <summary>Every command is served, perhaps slower.</summary>
    ActiveNonOptimized = 0x1,

    /// <summary>A few commands are served; the rest answer NOT READY.</summary>
    Standby = 0x2,

    /// <summary>Fewer still, and the medium cannot be reached.</summary>
    Unavailable = 0x3,

    /// <summary>State depends on the logical block address (SBC-5, Referrals).</summary>
    LogicalBlockDependent = 0x4,

    /// <summary>No logical unit is accessible.</summary>
    Offline = 0xE,

    /// <summary>Between two states.</summary>
    Transitioning = 0xF,
}
