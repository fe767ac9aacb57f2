namespace Lunette.Admin.Contracts.Documents;

/// <summary>
/// A configuration, or a part of one, as a file people read and keep: what <c>lunette export</c> writes and
/// <c>lunette apply</c> makes so. A member that is null says nothing.
/// </summary>
public sealed record ConfigurationDocument
{
    /// <summary>The format this program writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Which format it is in.</summary>
    public required int Lunette { get; init; }

    /// <summary>
    /// Whether it is the whole configuration: what does not stand in it is taken away. A part only adds and changes.
    /// </summary>
    public bool Whole { get; init; }

    /// <summary>The service.</summary>
    public ServiceSection? Service { get; init; }

    /// <summary>What holds for iSCSI targets that do not say otherwise.</summary>
    public IscsiSection? Iscsi { get; init; }

    /// <summary>Target portal groups.</summary>
    public IReadOnlyList<PortalGroupSection>? PortalGroups { get; init; }

    /// <summary>iSCSI targets.</summary>
    public IReadOnlyList<TargetSection>? Targets { get; init; }

    /// <summary>Initiators that prove who they are.</summary>
    public IReadOnlyList<InitiatorSection>? Initiators { get; init; }

    /// <summary>Host groups.</summary>
    public IReadOnlyList<GroupSection>? HostGroups { get; init; }

    /// <summary>Target groups.</summary>
    public IReadOnlyList<GroupSection>? TargetGroups { get; init; }

    /// <summary>Logical units with their view entries.</summary>
    public IReadOnlyList<DiskSection>? Disks { get; init; }
}

/// <summary>The service as a whole.</summary>
public sealed record ServiceSection
{
    /// <summary>Whether logical units come online by themselves.</summary>
    public bool? LogicalUnitsOnline { get; init; }

    /// <summary>Whether targets come online by themselves.</summary>
    public bool? TargetsOnline { get; init; }

    /// <summary>Whether two nodes share the logical units.</summary>
    public bool? Alua { get; init; }

    /// <summary>Which of them this is, 0 or 1.</summary>
    public uint? Node { get; init; }

    /// <summary>The management URL of disks that have none of their own; empty for none.</summary>
    public string? ManagementUrl { get; init; }
}

/// <summary>A secret: by its reference, which says that it is there without showing it, or itself.</summary>
public sealed record SecretText
{
    /// <summary>The name the daemon that exported it keeps it under.</summary>
    public string? Reference { get; init; }

    /// <summary>The secret itself.</summary>
    public string? Value { get; init; }

    /// <summary>The reference; never the secret.</summary>
    public override string ToString() => Reference ?? "a secret";
}

/// <summary>What holds for iSCSI targets that do not say otherwise.</summary>
public sealed record IscsiSection
{
    /// <summary><c>none</c>, <c>chap</c> or <c>radius</c>.</summary>
    public string? Authentication { get; init; }

    /// <summary>The RADIUS server; empty for none.</summary>
    public string? RadiusServer { get; init; }

    /// <summary>Its secret.</summary>
    public SecretText? RadiusSecret { get; init; }

    /// <summary>Whether targets are registered with iSNS servers.</summary>
    public bool? Isns { get; init; }

    /// <summary>The iSNS servers.</summary>
    public IReadOnlyList<string>? IsnsServers { get; init; }
}

/// <summary>A target portal group.</summary>
public sealed record PortalGroupSection
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its tag; null lets the daemon choose.</summary>
    public ushort? Tag { get; init; }

    /// <summary>All its portals.</summary>
    public required IReadOnlyList<string> Portals { get; init; }
}

/// <summary>An iSCSI target.</summary>
public sealed record TargetSection
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its alias; empty for none.</summary>
    public string? Alias { get; init; }

    /// <summary><c>none</c>, <c>chap</c>, <c>radius</c>, or <c>default</c> to follow the default.</summary>
    public string? Authentication { get; init; }

    /// <summary>The user name of mutual CHAP; empty for the target's name.</summary>
    public string? ChapUser { get; init; }

    /// <summary>The secret of mutual CHAP.</summary>
    public SecretText? ChapSecret { get; init; }

    /// <summary>All its portal groups; empty for the default one.</summary>
    public IReadOnlyList<string>? PortalGroups { get; init; }
}

/// <summary>An initiator that proves who it is.</summary>
public sealed record InitiatorSection
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The user name it gives; empty for its name.</summary>
    public string? ChapUser { get; init; }

    /// <summary>Its secret.</summary>
    public SecretText? ChapSecret { get; init; }
}

/// <summary>A host group or a target group.</summary>
public sealed record GroupSection
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its members: all of them in a whole configuration, those to be added in a part.</summary>
    public IReadOnlyList<string> Members { get; init => field = value ?? []; } = [];
}

/// <summary>A logical unit.</summary>
public sealed record DiskSection
{
    /// <summary>Its GUID.</summary>
    public required StmfGuid Guid { get; init; }

    /// <summary>
    /// Its data file or device; null where only its view entries are known. A file that carries the disk's metadata is
    /// imported, another is made into the disk.
    /// </summary>
    public string? File { get; init; }

    /// <summary>
    /// Its properties by the keys of <c>stmfadm create-lu -p</c>, and <c>size</c> in bytes; one that is not named stays
    /// as it is.
    /// </summary>
    public SortedDictionary<string, string>? Properties { get; init; }

    /// <summary>All its view entries.</summary>
    public IReadOnlyList<ViewSection>? Views { get; init; }
}

/// <summary>A view entry.</summary>
public sealed record ViewSection
{
    /// <summary>The host group; null for all initiators.</summary>
    public string? HostGroup { get; init; }

    /// <summary>The target group; null for all targets.</summary>
    public string? TargetGroup { get; init; }

    /// <summary>The logical unit number; null for the one it has, or the lowest that is free.</summary>
    public int? Lun { get; init; }
}
