namespace Lunette.Scsi;

/// <summary>Which states a target port group can be in; the bits are the wire's.</summary>
[Flags]
public enum SupportedAccessStates : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>AO_SUP.</summary>
    ActiveOptimized = 0x01,

    /// <summary>AN_SUP.</summary>
    ActiveNonOptimized = 0x02,

    /// <summary>S_SUP.</summary>
    Standby = 0x04,

    /// <summary>U_SUP.</summary>
    Unavailable = 0x08,

    /// <summary>LBD_SUP.</summary>
    LogicalBlockDependent = 0x10,

    /// <summary>O_SUP.</summary>
    Offline = 0x40,

    /// <summary>T_SUP.</summary>
    Transitioning = 0x80,
}

/// <summary>One group as REPORT TARGET PORT GROUPS reports it (SPC-6).</summary>
/// <param name="Group">TARGET PORT GROUP.</param>
/// <param name="State">ASYMMETRIC ACCESS STATE.</param>
/// <param name="Preferred">PREF.</param>
/// <param name="Supported">Which states the group can be in.</param>
/// <param name="StatusCode">STATUS CODE: 0 none, 1 by SET TARGET PORT GROUPS, 2 implicit.</param>
/// <param name="RelativePorts">RELATIVE TARGET PORT IDENTIFIER of each port.</param>
public sealed record TargetPortGroupDescriptor(
    ushort Group, AsymmetricAccessState State, bool Preferred, SupportedAccessStates Supported, byte StatusCode,
    IReadOnlyList<ushort> RelativePorts);
