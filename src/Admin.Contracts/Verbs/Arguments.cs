using Lunette.Admin.Contracts.Faults;
using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>For verbs that take nothing.</summary>
public sealed record NoArguments
{
    /// <summary>The one value.</summary>
    public static NoArguments Instance { get; } = new();
}

/// <summary>For verbs that answer with nothing but their code.</summary>
public sealed record NoValue
{
    /// <summary>The one value.</summary>
    public static NoValue Instance { get; } = new();
}

/// <summary>A target port.</summary>
/// <param name="Target">Its name.</param>
public sealed record TargetArguments(Devid Target);

/// <summary>A group.</summary>
/// <param name="Group">Its name.</param>
public sealed record GroupArguments(string Group);

/// <summary>A member of a group.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Member">The port's name.</param>
public sealed record MemberArguments(string Group, Devid Member);

/// <summary>A logical unit.</summary>
/// <param name="LogicalUnit">Its GUID.</param>
public sealed record LogicalUnitArguments(StmfGuid LogicalUnit);

/// <summary>A view entry to be.</summary>
/// <param name="LogicalUnit">The logical unit's GUID.</param>
/// <param name="Entry">The entry.</param>
public sealed record ViewEntryArguments(StmfGuid LogicalUnit, ViewEntry Entry);

/// <summary>A view entry by its index.</summary>
/// <param name="LogicalUnit">The logical unit's GUID.</param>
/// <param name="Index">Which.</param>
public sealed record ViewIndexArguments(StmfGuid LogicalUnit, uint Index);

/// <summary>A view to try.</summary>
/// <param name="Entry">The entry.</param>
public sealed record ViewArguments(ViewEntry Entry);

/// <summary>A disk to be.</summary>
/// <param name="Resource">Its properties.</param>
public sealed record LuResourceArguments(LuResource Resource);

/// <summary>A disk by its file.</summary>
/// <param name="Type">What it is.</param>
/// <param name="FileName">The path.</param>
public sealed record LuFileArguments(LuResourceType Type, string FileName);

/// <summary>A property of a disk to change.</summary>
/// <param name="LogicalUnit">The disk's GUID.</param>
/// <param name="Property">Which.</param>
/// <param name="Value">The new value.</param>
public sealed record LuPropertyArguments(StmfGuid LogicalUnit, LuProperty Property, string Value);

/// <summary>A property of a disk to change, by its file.</summary>
/// <param name="Type">What it is.</param>
/// <param name="FileName">The path.</param>
/// <param name="Property">Which.</param>
/// <param name="Value">The new value.</param>
public sealed record LuFilePropertyArguments(LuResourceType Type, string FileName, LuProperty Property, string Value);

/// <summary>A property all disks share.</summary>
/// <param name="Type">What they are.</param>
/// <param name="Property">Which.</param>
public sealed record GlobalLuPropertyArguments(LuResourceType Type, LuProperty Property);

/// <summary>A property all disks share, to change.</summary>
/// <param name="Type">What they are.</param>
/// <param name="Property">Which.</param>
/// <param name="Value">The new value.</param>
public sealed record GlobalLuPropertyValueArguments(LuResourceType Type, LuProperty Property, string Value);

/// <summary>A property of the framework.</summary>
/// <param name="Property">Which.</param>
public sealed record StmfPropertyArguments(StmfProperty Property);

/// <summary>A property of the framework to change.</summary>
/// <param name="Property">Which.</param>
/// <param name="Value">The new value.</param>
public sealed record StmfPropertyValueArguments(StmfProperty Property, string Value);

/// <summary>A provider.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Type">What kind.</param>
public sealed record ProviderArguments(string Provider, ProviderType Type);

/// <summary>Provider data to be.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Type">What kind.</param>
/// <param name="Data">The list.</param>
/// <param name="Token">The token it was read with; null to overwrite whatever there is.</param>
public sealed record ProviderDataArguments(string Provider, ProviderType Type, NameValueList Data, ulong? Token);

/// <summary>A persist method.</summary>
/// <param name="Method">Which.</param>
public sealed record PersistMethodArguments(PersistMethod Method);

/// <summary>An asymmetric access state.</summary>
/// <param name="State">Which.</param>
public sealed record AluaArguments(AluaState State);

/// <summary>An iSCSI target to be.</summary>
/// <param name="Settings">What to set.</param>
public sealed record IscsiTargetSettingsArguments(IscsiTargetSettings Settings);

/// <summary>An iSCSI target to change.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Settings">What to set.</param>
public sealed record IscsiTargetArguments(string Name, IscsiTargetSettings Settings);

/// <summary>Something to take away.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Force">Whether also while it is in use.</param>
public sealed record DeleteArguments(string Name, bool Force);

/// <summary>A target portal group to be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Portals">Its portals.</param>
public sealed record IscsiPortalGroupArguments(string Name, IReadOnlyList<string> Portals);

/// <summary>An initiator object.</summary>
/// <param name="Name">The initiator's name.</param>
/// <param name="Settings">What to set.</param>
public sealed record IscsiInitiatorArguments(string Name, IscsiInitiatorSettings Settings);

/// <summary>Something by its name.</summary>
/// <param name="Name">The name.</param>
public sealed record NameArguments(string Name);

/// <summary>A fault over the store of a logical unit.</summary>
/// <param name="LogicalUnit">Which.</param>
/// <param name="Fault">What.</param>
public sealed record FaultArguments(StmfGuid LogicalUnit, Fault Fault);

/// <summary>Defaults to change.</summary>
/// <param name="Settings">What to set.</param>
public sealed record IscsiDefaultsArguments(IscsiDefaultSettings Settings);
