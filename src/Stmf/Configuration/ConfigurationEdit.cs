using System.Collections.Immutable;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Configuration;

/// <summary>
/// A configuration being edited: each verb checks its rules against what the edit has made so far and either does its
/// part or refuses and does nothing. What was done is recorded as changes, for the store. Not shared between threads.
/// </summary>
public sealed partial class ConfigurationEdit
{
    private readonly Predicate<string> _portIsOffline;
    private readonly List<ConfigurationChange> _changes = [];
    private readonly StmfConfiguration _before;
    private readonly ImmutableDictionary<LogicalUnitId, ImmutableArray<ViewEntry>>.Builder _views;
    private readonly ImmutableDictionary<GroupPair, LunTable>.Builder _luns;
    private readonly ImmutableDictionary<ProviderKey, ProviderData>.Builder _providers;
    private readonly ImmutableDictionary<ProviderKey, ImmutableSortedDictionary<string, string>>.Builder _entries;
    private readonly ImmutableDictionary<string, ushort>.Builder _relativePorts;
    private GroupTable _hostGroups;
    private GroupTable _targetGroups;
    private StmfProperties _properties;
    private AluaState _alua;

    internal ConfigurationEdit(StmfConfiguration before, Predicate<string> portIsOffline)
    {
        _portIsOffline = portIsOffline;
        _before = before;
        _views = before.Views.ToBuilder();
        _luns = before.Luns.ToBuilder();
        _providers = before.Providers.ToBuilder();
        _entries = before.ProviderEntries.ToBuilder();
        _relativePorts = before.RelativePorts.ToBuilder();
        _hostGroups = before.HostGroups;
        _targetGroups = before.TargetGroups;
        _properties = before.Properties;
        _alua = before.Alua;
    }

    /// <summary>What was done so far, in order.</summary>
    public IReadOnlyList<ConfigurationChange> Changes => _changes;

    /// <summary>The configuration as edited.</summary>
    public StmfConfiguration Build() => _before with
    {
        HostGroups = _hostGroups,
        TargetGroups = _targetGroups,
        Views = _views.ToImmutable(),
        Luns = _luns.ToImmutable(),
        Providers = _providers.ToImmutable(),
        ProviderEntries = _entries.ToImmutable(),
        RelativePorts = _relativePorts.ToImmutable(),
        Properties = _properties,
        Alua = _alua,
    };

    /// <summary>Does a recorded change again, under the same rules.</summary>
    public StmfResult Apply(ConfigurationChange change) => change switch
    {
        GroupCreated c => CreateGroup(c.Kind, c.Name),
        GroupDeleted c => DeleteGroup(c.Kind, c.Name),
        MemberAdded c => AddMember(c.Kind, c.Group, c.Member),
        MemberRemoved c => RemoveMember(c.Kind, c.Group, c.Member),
        ViewEntryAdded c => RestoreViewEntry(c.LogicalUnit, c.Entry),
        ViewEntryRemoved c => RemoveViewEntry(c.LogicalUnit, c.Index),
        ProviderDataSet c => PutProviderData(c.Provider),
        ProviderDataCleared c => ClearProviderData(c.Provider),
        ProviderEntrySet c => PutEntry(c.Provider, c.Name, c.Value, c.Token),
        ProviderEntryRemoved c => TakeEntry(c.Provider, c.Name, c.Token),
        PropertiesSet c => SetProperties(c.Properties),
        AluaSet c => SetAlua(c.Alua),
        RelativePortAssigned c => RestoreRelativePort(c.Port, c.Identifier),
        RelativePortReleased c => ReleaseRelativePort(c.Port),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "not a configuration change"),
    };

    /// <summary>Sets the default states.</summary>
    public StmfResult SetProperties(StmfProperties properties)
    {
        _properties = properties;
        return Done(new PropertiesSet(properties));
    }

    /// <summary>Sets asymmetric access.</summary>
    public StmfResult SetAlua(AluaState alua)
    {
        if (alua.Node > 1) return StmfResult.Refused(Refusal.InvalidArgument, "an ALUA node is 0 or 1");
        _alua = alua;
        return Done(new AluaSet(alua));
    }

    /// <summary>Gives a port its RELATIVE TARGET PORT IDENTIFIER, the lowest free one, if it has none.</summary>
    public StmfResult<ushort> AssignRelativePort(string port)
    {
        if (_relativePorts.TryGetValue(port, out var known)) return StmfResult<ushort>.Success(known);
        if (!ConfigurationLimits.IsName(port, ConfigurationLimits.MemberBytes))
            return StmfResult<ushort>.Refused(Refusal.InvalidArgument, "a port name has 1 to 255 bytes");
        var taken = _relativePorts.Values.ToHashSet();
        for (int candidate = _alua.FirstRelativePort; candidate <= ushort.MaxValue; candidate++)
        {
            if (taken.Contains((ushort)candidate)) continue;
            _relativePorts.Add(port, (ushort)candidate);
            Done(new RelativePortAssigned(port, (ushort)candidate));
            return StmfResult<ushort>.Success((ushort)candidate);
        }
        return StmfResult<ushort>.Refused(Refusal.LimitReached, "all relative target port identifiers are given out");
    }

    /// <summary>Forgets the identifier of a port that is gone for good.</summary>
    public StmfResult ReleaseRelativePort(string port) => _relativePorts.Remove(port)
        ? Done(new RelativePortReleased(port))
        : StmfResult.Refused(Refusal.NotFound, $"port {port} has no relative identifier");

    private StmfResult RestoreRelativePort(string port, ushort identifier)
    {
        if (identifier == 0 || !ConfigurationLimits.IsName(port, ConfigurationLimits.MemberBytes))
            return StmfResult.Refused(Refusal.InvalidArgument, "relative target port identifiers begin at 1");
        if (_relativePorts.ContainsKey(port) || _relativePorts.ContainsValue(identifier))
            return StmfResult.Refused(Refusal.Exists, $"port {port} or identifier {identifier} is there already");
        _relativePorts.Add(port, identifier);
        return Done(new RelativePortAssigned(port, identifier));
    }

    private StmfResult Done(ConfigurationChange change)
    {
        _changes.Add(change);
        return StmfResult.Success;
    }
}
