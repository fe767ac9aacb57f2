using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Configuration;

/// <summary>
/// One change of the configuration, as it is stored. A configuration is what replaying all its changes gives; a store
/// need not know any rule.
/// </summary>
public abstract record ConfigurationChange
{
    private protected ConfigurationChange()
    {
    }
}

/// <summary>A group was created, empty.</summary>
/// <param name="Kind">Its dimension.</param>
/// <param name="Name">Its name.</param>
public sealed record GroupCreated(GroupKind Kind, string Name) : ConfigurationChange;

/// <summary>A group was deleted with its membership.</summary>
/// <param name="Kind">Its dimension.</param>
/// <param name="Name">Its name.</param>
public sealed record GroupDeleted(GroupKind Kind, string Name) : ConfigurationChange;

/// <summary>A name joined a group.</summary>
/// <param name="Kind">The group's dimension.</param>
/// <param name="Group">The group.</param>
/// <param name="Member">The name.</param>
public sealed record MemberAdded(GroupKind Kind, string Group, string Member) : ConfigurationChange;

/// <summary>A name left a group.</summary>
/// <param name="Kind">The group's dimension.</param>
/// <param name="Group">The group.</param>
/// <param name="Member">The name.</param>
public sealed record MemberRemoved(GroupKind Kind, string Group, string Member) : ConfigurationChange;

/// <summary>A logical unit got a view entry.</summary>
/// <param name="LogicalUnit">Whose.</param>
/// <param name="Entry">The entry, index and LUN decided.</param>
public sealed record ViewEntryAdded(LogicalUnitId LogicalUnit, ViewEntry Entry) : ConfigurationChange;

/// <summary>A view entry was removed.</summary>
/// <param name="LogicalUnit">Whose.</param>
/// <param name="Index">Which.</param>
public sealed record ViewEntryRemoved(LogicalUnitId LogicalUnit, uint Index) : ConfigurationChange;

/// <summary>A provider's data were set.</summary>
/// <param name="Provider">The data with their new token.</param>
public sealed record ProviderDataSet(ProviderData Provider) : ConfigurationChange;

/// <summary>A provider's data were deleted, and its entries.</summary>
/// <param name="Provider">Whose.</param>
public sealed record ProviderDataCleared(ProviderKey Provider) : ConfigurationChange;

/// <summary>A provider set one of its entries.</summary>
/// <param name="Provider">Whose; its data stand before its entries.</param>
/// <param name="Name">The entry.</param>
/// <param name="Value">What it says.</param>
/// <param name="Token">The new token of the provider's data.</param>
public sealed record ProviderEntrySet(ProviderKey Provider, string Name, string Value, ulong Token)
    : ConfigurationChange;

/// <summary>A provider took away one of its entries.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Name">The entry.</param>
/// <param name="Token">The new token of the provider's data.</param>
public sealed record ProviderEntryRemoved(ProviderKey Provider, string Name, ulong Token) : ConfigurationChange;

/// <summary>The default states were set.</summary>
/// <param name="Properties">All of them.</param>
public sealed record PropertiesSet(StmfProperties Properties) : ConfigurationChange;

/// <summary>Asymmetric access was set.</summary>
/// <param name="Alua">The new setting.</param>
public sealed record AluaSet(AluaState Alua) : ConfigurationChange;

/// <summary>A target port got its RELATIVE TARGET PORT IDENTIFIER.</summary>
/// <param name="Port">The port's name.</param>
/// <param name="Identifier">1 and up.</param>
public sealed record RelativePortAssigned(string Port, ushort Identifier) : ConfigurationChange;

/// <summary>A target port is gone for good and its identifier free again.</summary>
/// <param name="Port">The port's name.</param>
public sealed record RelativePortReleased(string Port) : ConfigurationChange;
