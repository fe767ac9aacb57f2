namespace Lunette.Admin.Contracts;

/// <summary>States of a logical unit (<c>STMF_LOGICAL_UNIT_*</c>).</summary>
public enum LogicalUnitState
{
    /// <summary>Out of service.</summary>
    Offline = 0,

    /// <summary>On its way out of service.</summary>
    Offlining = 1,

    /// <summary>In service.</summary>
    Online = 2,

    /// <summary>On its way into service.</summary>
    Onlining = 3,

    /// <summary>Only its view entries are known; no provider has registered it.</summary>
    Unregistered = 4,
}

/// <summary>States of a target port (<c>STMF_TARGET_PORT_*</c>).</summary>
public enum TargetPortState
{
    /// <summary>Out of service.</summary>
    Offline = 5,

    /// <summary>On its way out of service: initiators are asked to log out.</summary>
    Offlining = 6,

    /// <summary>In service.</summary>
    Online = 7,

    /// <summary>On its way into service.</summary>
    Onlining = 8,
}

/// <summary>States of the service (<c>STMF_SERVICE_STATE_*</c>).</summary>
public enum ServiceState
{
    /// <summary>In service.</summary>
    Online = 9,

    /// <summary>Out of service.</summary>
    Offline = 10,

    /// <summary>Some object is still on its way into service.</summary>
    Onlining = 11,

    /// <summary>Some object is still on its way out of service.</summary>
    Offlining = 12,

    /// <summary>Not known.</summary>
    Unknown = 13,
}

/// <summary>States of the configuration (<c>STMF_CONFIG_STATE_*</c>).</summary>
public enum ConfigState
{
    /// <summary>Nothing is loaded.</summary>
    None = 14,

    /// <summary>The configuration is being loaded.</summary>
    Init = 15,

    /// <summary>The configuration is loaded.</summary>
    InitDone = 16,

    /// <summary>Not known.</summary>
    Unknown = 17,
}

/// <summary>Operational state and configuration state (<c>stmfState</c>).</summary>
/// <param name="Operational">Of the service.</param>
/// <param name="Config">Of the configuration.</param>
public sealed record StmfState(ServiceState Operational, ConfigState Config);

/// <summary>Properties of the framework itself.</summary>
public enum StmfProperty
{
    /// <summary>Whether logical units come into service by themselves (<c>STMF_DEFAULT_LU_STATE</c>).</summary>
    DefaultLuState = 18,

    /// <summary>Whether target ports come into service by themselves (<c>STMF_DEFAULT_TARGET_PORT_STATE</c>).</summary>
    DefaultTargetPortState = 19,
}

/// <summary>How configuration changes are kept.</summary>
public enum PersistMethod
{
    /// <summary>In the service's configuration store (<c>STMF_PERSIST_SMF</c>).</summary>
    Smf = 1,

    /// <summary>Not at all (<c>STMF_PERSIST_NONE</c>).</summary>
    None = 2,
}

/// <summary>Kinds of providers.</summary>
public enum ProviderType
{
    /// <summary>Provides logical units (<c>STMF_LU_PROVIDER_TYPE</c>).</summary>
    LogicalUnit = 1,

    /// <summary>Provides target ports (<c>STMF_PORT_PROVIDER_TYPE</c>).</summary>
    Port = 2,
}

/// <summary>Protocols of target ports: SPC's protocol identifiers.</summary>
public enum StmfProtocol
{
    /// <summary>Fibre Channel.</summary>
    FibreChannel = 0,

    /// <summary>Parallel SCSI.</summary>
    ParallelScsi = 1,

    /// <summary>SSA.</summary>
    Ssa = 2,

    /// <summary>IEEE 1394.</summary>
    Ieee1394 = 3,

    /// <summary>SRP.</summary>
    Srp = 4,

    /// <summary>iSCSI.</summary>
    Iscsi = 5,

    /// <summary>SAS.</summary>
    Sas = 6,
}

/// <summary>Kinds of logical units.</summary>
public enum LuResourceType
{
    /// <summary>A disk (<c>STMF_DISK</c>).</summary>
    Disk = 0,
}

/// <summary>Asymmetric access of this node.</summary>
/// <param name="Enabled">Whether two nodes share the logical units.</param>
/// <param name="Node">0 or 1.</param>
public sealed record AluaState(bool Enabled, uint Node);
