namespace Lunette.Admin.Contracts.Iscsi;

/// <summary>How initiators prove who they are.</summary>
public enum IscsiAuthentication
{
    /// <summary>They need not.</summary>
    None,

    /// <summary>CHAP, with the secret of the initiator object.</summary>
    Chap,

    /// <summary>CHAP, judged by a RADIUS server.</summary>
    Radius,
}

/// <summary>An iSCSI target as it is configured and as it is now.</summary>
/// <param name="Name">Its iSCSI name.</param>
/// <param name="Alias">The administrator's name for it; empty where there is none.</param>
/// <param name="Authentication">Its own choice; null where the default holds.</param>
/// <param name="TargetChapUser">Who it says it is in mutual CHAP; empty for its name.</param>
/// <param name="HasTargetChapSecret">Whether it has a secret for mutual CHAP.</param>
/// <param name="PortalGroups">Its target portal groups; empty for the default one.</param>
/// <param name="State">Whether it is in service; null where the framework does not know it.</param>
/// <param name="Sessions">How many initiators are logged in.</param>
public sealed record IscsiTargetProperties(
    string Name, string Alias, IscsiAuthentication? Authentication, string TargetChapUser, bool HasTargetChapSecret,
    IReadOnlyList<IscsiPortalGroupTag> PortalGroups, TargetPortState? State, int Sessions);

/// <summary>A target portal group by name and tag.</summary>
/// <param name="Name">The administrator's name for it.</param>
/// <param name="Tag">The tag initiators see, 2 to 65535; 1 is the default group.</param>
public sealed record IscsiPortalGroupTag(string Name, ushort Tag);

/// <summary>
/// What to set on a target. A member that is null is left as it is (or at its default in a new target).
/// </summary>
public sealed record IscsiTargetSettings
{
    /// <summary>A new name; null keeps it (or generates one for a new target).</summary>
    public string? Name { get; init; }

    /// <summary>The alias; empty takes it away.</summary>
    public string? Alias { get; init; }

    /// <summary><c>none</c>, <c>chap</c>, <c>radius</c>, or <c>default</c> to follow the default.</summary>
    public string? Authentication { get; init; }

    /// <summary>The user name for mutual CHAP; empty for the target's name.</summary>
    public string? TargetChapUser { get; init; }

    /// <summary>The secret for mutual CHAP, 12 to 255 bytes; empty takes it away. It never comes back.</summary>
    public string? TargetChapSecret { get; init; }

    /// <summary>Names of target portal groups; empty for the default one.</summary>
    public IReadOnlyList<string>? PortalGroups { get; init; }

    /// <summary>Everything but the secret.</summary>
    public override string ToString() => $"settings of target {Name}";
}

/// <summary>A target portal group.</summary>
/// <param name="Name">The administrator's name for it.</param>
/// <param name="Tag">The tag initiators see.</param>
/// <param name="Portals">Its portals, as <c>address:port</c>, IPv6 in brackets.</param>
public sealed record IscsiPortalGroup(string Name, ushort Tag, IReadOnlyList<string> Portals);

/// <summary>An initiator that proves who it is.</summary>
/// <param name="Name">Its iSCSI name.</param>
/// <param name="ChapUser">The user name it gives; empty for its name.</param>
/// <param name="HasChapSecret">Whether its secret is set.</param>
public sealed record IscsiInitiatorProperties(string Name, string ChapUser, bool HasChapSecret);

/// <summary>What to set on an initiator object; null leaves as it is.</summary>
public sealed record IscsiInitiatorSettings
{
    /// <summary>The user name it gives; empty for its name.</summary>
    public string? ChapUser { get; init; }

    /// <summary>Its secret, 12 to 255 bytes; empty takes it away. It never comes back.</summary>
    public string? ChapSecret { get; init; }

    /// <summary>Everything but the secret.</summary>
    public override string ToString() => $"settings of an initiator, user {ChapUser}";
}

/// <summary>What holds for every target that does not say otherwise.</summary>
/// <param name="Authentication">How initiators prove who they are.</param>
/// <param name="RadiusServer">The RADIUS server; empty where there is none.</param>
/// <param name="HasRadiusSecret">Whether the RADIUS secret is set.</param>
/// <param name="Isns">Whether targets are registered with iSNS servers.</param>
/// <param name="IsnsServers">The iSNS servers, eight at most.</param>
public sealed record IscsiDefaults(
    IscsiAuthentication Authentication, string RadiusServer, bool HasRadiusSecret, bool Isns,
    IReadOnlyList<string> IsnsServers);

/// <summary>What to set of the defaults; null leaves as it is.</summary>
public sealed record IscsiDefaultSettings
{
    /// <summary>How initiators prove who they are.</summary>
    public IscsiAuthentication? Authentication { get; init; }

    /// <summary>The RADIUS server; empty takes it away.</summary>
    public string? RadiusServer { get; init; }

    /// <summary>The RADIUS secret; empty takes it away. It never comes back.</summary>
    public string? RadiusSecret { get; init; }

    /// <summary>Whether targets are registered with iSNS servers.</summary>
    public bool? Isns { get; init; }

    /// <summary>The iSNS servers, eight at most.</summary>
    public IReadOnlyList<string>? IsnsServers { get; init; }

    /// <summary>Everything but the secret.</summary>
    public override string ToString() => $"defaults, authentication {Authentication}";
}
