namespace Lunette.Admin.Contracts;

/// <summary>A target port (<c>stmfTargetProperties</c>).</summary>
/// <param name="Devid">Its name.</param>
/// <param name="ProviderName">Whose it is, such as <c>iscsit</c>.</param>
/// <param name="Alias">The administrator's name for it; empty where there is none.</param>
/// <param name="Status">Whether it is in service.</param>
/// <param name="Protocol">What it speaks.</param>
public sealed record TargetProperties(
    Devid Devid, string ProviderName, string Alias, TargetPortState Status, StmfProtocol Protocol);

/// <summary>A session, that is an I_T nexus (<c>stmfSession</c>).</summary>
/// <param name="Initiator">Who logged in.</param>
/// <param name="Alias">What it calls itself; empty where it does not say.</param>
/// <param name="CreationTime">When it logged in.</param>
public sealed record SessionProperties(Devid Initiator, string Alias, DateTimeOffset CreationTime);

/// <summary>
/// Who sees a logical unit, and where (<c>stmfViewEntry</c>).
/// </summary>
/// <param name="Index">Which of the logical unit's entries; null where it has not been stored yet.</param>
/// <param name="HostGroup">The initiators; null for all.</param>
/// <param name="TargetGroup">The target ports; null for all.</param>
/// <param name="Lun">The logical unit number, 0 to 16383; null where the framework is to choose.</param>
public sealed record ViewEntry(uint? Index, string? HostGroup, string? TargetGroup, int? Lun)
{
    /// <summary>Everybody, at a number the framework chooses.</summary>
    public static ViewEntry ToAll { get; } = new(null, null, null, null);
}

/// <summary>A logical unit, whatever provides it (<c>stmfLogicalUnitProperties</c>).</summary>
/// <param name="Guid">Its identity.</param>
/// <param name="Alias">The administrator's name for it; empty where it is not registered.</param>
/// <param name="Status">Whether it is in service.</param>
/// <param name="ProviderName">Whose it is, such as <c>sbd</c>; empty where it is not registered.</param>
public sealed record LogicalUnitProperties(StmfGuid Guid, string Alias, LogicalUnitState Status, string ProviderName);

/// <summary>Somebody who has provider data (<c>stmfProvider</c>).</summary>
/// <param name="Type">What kind.</param>
/// <param name="Name">Its name.</param>
public sealed record Provider(ProviderType Type, string Name);

/// <summary>Provider data with the token that guards it.</summary>
/// <param name="Data">The name/value list.</param>
/// <param name="Token">Grows with every change; to be handed back with the next one.</param>
public sealed record ProtectedProviderData(NameValueList Data, ulong Token);
