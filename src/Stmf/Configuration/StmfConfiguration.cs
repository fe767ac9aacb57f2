using System.Collections.Immutable;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Configuration;

/// <summary>
/// Everything the administrator said, immutable: groups, views, provider data, default states, asymmetric access,
/// relative port identifiers. Changed by <see cref="Edit"/>; which objects exist and run is no part of it.
/// </summary>
public sealed record StmfConfiguration
{
    /// <summary>A configuration in which nothing was said yet.</summary>
    public static StmfConfiguration Empty { get; } = new();

    private StmfConfiguration()
    {
    }

    /// <summary>Groups of initiators.</summary>
    public GroupTable HostGroups { get; internal init; } = GroupTable.Empty;

    /// <summary>Groups of target ports.</summary>
    public GroupTable TargetGroups { get; internal init; } = GroupTable.Empty;

    /// <summary>
    /// View entries by logical unit, sorted by index. A logical unit stands here whether or not it is registered.
    /// </summary>
    public ImmutableDictionary<LogicalUnitId, ImmutableArray<ViewEntry>> Views { get; internal init; } =
        ImmutableDictionary<LogicalUnitId, ImmutableArray<ViewEntry>>.Empty;

    /// <summary>The LUNs taken, by pair of groups; a pair without entries does not stand here.</summary>
    public ImmutableDictionary<GroupPair, LunTable> Luns { get; internal init; } =
        ImmutableDictionary<GroupPair, LunTable>.Empty;

    /// <summary>Providers' data.</summary>
    public ImmutableDictionary<ProviderKey, ProviderData> Providers { get; internal init; } =
        ImmutableDictionary<ProviderKey, ProviderData>.Empty;

    /// <summary>
    /// What providers keep one by one beside their data, such as a disk's place: a change of one costs no more when
    /// there are many. A provider without entries does not stand here.
    /// </summary>
    public ImmutableDictionary<ProviderKey, ImmutableSortedDictionary<string, string>> ProviderEntries
    {
        get; internal init;
    } = ImmutableDictionary<ProviderKey, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>Default states.</summary>
    public StmfProperties Properties { get; internal init; } = new();

    /// <summary>Asymmetric access.</summary>
    public AluaState Alua { get; internal init; } = new();

    /// <summary>RELATIVE TARGET PORT IDENTIFIERs by port name; kept while the port is known.</summary>
    public ImmutableDictionary<string, ushort> RelativePorts { get; internal init; } =
        ImmutableDictionary.Create<string, ushort>(StringComparer.Ordinal);

    /// <summary>The groups of one dimension.</summary>
    public GroupTable GroupsOf(GroupKind kind) => kind == GroupKind.Host ? HostGroups : TargetGroups;

    /// <summary>View entries of a logical unit, sorted by index; empty where it has none.</summary>
    public ImmutableArray<ViewEntry> ViewsOf(LogicalUnitId unit) => Views.TryGetValue(unit, out var own) ? own : [];

    /// <summary>Entries of a provider by name; empty where it has none.</summary>
    public ImmutableSortedDictionary<string, string> EntriesOf(ProviderKey provider) =>
        ProviderEntries.GetValueOrDefault(provider) ?? ConfigurationEdit.NoEntries;

    /// <summary>The pair of groups a nexus is in; null where a name is in none.</summary>
    public GroupPair GroupsOfNexus(string initiator, string port) =>
        new(HostGroups.GroupOf(initiator), TargetGroups.GroupOf(port));

    /// <summary>Begins an edit; this configuration stays as it is.</summary>
    /// <param name="portIsOffline">Whether a target port is offline or not registered, which a change of its target
    /// group needs; null when nothing is registered.</param>
    public ConfigurationEdit Edit(Predicate<string>? portIsOffline = null) => new(this, portIsOffline ?? (_ => true));

    /// <summary>The configuration that changes to the empty one give, or the first that breaks a rule.</summary>
    public static StmfResult<StmfConfiguration> Replay(IEnumerable<ConfigurationChange> changes)
    {
        var edit = Empty.Edit();
        foreach (var change in changes)
        {
            var applied = edit.Apply(change);
            if (!applied.Succeeded)
                return StmfResult<StmfConfiguration>.Refused(applied.Refusal, $"{change}: {applied.Detail}");
        }
        return StmfResult<StmfConfiguration>.Success(edit.Build());
    }

    /// <summary>The changes that make this configuration out of the empty one, in an order that replays.</summary>
    public IEnumerable<ConfigurationChange> AsChanges()
    {
        if (Properties != Empty.Properties) yield return new PropertiesSet(Properties);
        if (Alua != Empty.Alua) yield return new AluaSet(Alua);
        foreach (var kind in new[] { GroupKind.Host, GroupKind.Target })
        {
            foreach (var group in GroupsOf(kind).Groups)
            {
                yield return new GroupCreated(kind, group.Name);
                foreach (var member in group.Members) yield return new MemberAdded(kind, group.Name, member);
            }
        }
        foreach (var (port, identifier) in RelativePorts.OrderBy(p => p.Value))
            yield return new RelativePortAssigned(port, identifier);
        foreach (var (unit, entries) in Views.OrderBy(v => v.Key))
            foreach (var entry in entries) yield return new ViewEntryAdded(unit, entry);
        foreach (var provider in Providers.Values.OrderBy(p => p.Type).ThenBy(p => p.Name, StringComparer.Ordinal))
        {
            yield return new ProviderDataSet(provider);
            foreach (var (name, value) in EntriesOf(provider.Key))
                yield return new ProviderEntrySet(provider.Key, name, value, provider.Token);
        }
    }
}
