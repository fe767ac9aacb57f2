using System.Collections.Immutable;

namespace Lunette.Stmf.Configuration;

/// <summary>The two dimensions of a view.</summary>
public enum GroupKind : byte
{
    /// <summary>Host group: its members are initiators.</summary>
    Host,

    /// <summary>Target group: its members are target ports.</summary>
    Target,
}

/// <summary>A host group or target group. Members are names; nothing needs to be registered under them.</summary>
/// <param name="Name">1 to 255 bytes in UTF-8, not beginning with <c>*</c>.</param>
/// <param name="Members">Canonical device names, compared byte by byte.</param>
public sealed record Group(string Name, ImmutableSortedSet<string> Members);

/// <summary>
/// All groups of one dimension; a name is in at most one of them. The group All is not listed: it is null wherever a
/// group may stand.
/// </summary>
public sealed class GroupTable
{
    private readonly ImmutableSortedDictionary<string, Group> _groups;
    private readonly ImmutableDictionary<string, string> _groupOfMember;

    internal GroupTable(
        ImmutableSortedDictionary<string, Group> groups, ImmutableDictionary<string, string> groupOfMember)
    {
        _groups = groups;
        _groupOfMember = groupOfMember;
    }

    /// <summary>No groups.</summary>
    public static GroupTable Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, Group>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>All groups, by name.</summary>
    public IEnumerable<Group> Groups => _groups.Values;

    /// <summary>How many there are.</summary>
    public int Count => _groups.Count;

    /// <summary>A group by its name; null where there is none.</summary>
    public Group? Find(string name) => _groups.GetValueOrDefault(name);

    /// <summary>The name of the group a member is in; null where it is in none.</summary>
    public string? GroupOf(string member) => _groupOfMember.GetValueOrDefault(member);

    internal GroupTable With(Group group) => new(_groups.SetItem(group.Name, group), _groupOfMember);

    internal GroupTable Without(Group group) =>
        new(_groups.Remove(group.Name), _groupOfMember.RemoveRange(group.Members));

    internal GroupTable WithMember(Group group, string member) => new(
        _groups.SetItem(group.Name, group with { Members = group.Members.Add(member) }),
        _groupOfMember.Add(member, group.Name));

    internal GroupTable WithoutMember(Group group, string member) => new(
        _groups.SetItem(group.Name, group with { Members = group.Members.Remove(member) }),
        _groupOfMember.Remove(member));
}
