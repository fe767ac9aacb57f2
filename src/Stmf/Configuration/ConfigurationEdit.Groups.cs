using System.Collections.Immutable;

namespace Lunette.Stmf.Configuration;

public sealed partial class ConfigurationEdit
{
    /// <summary>Creates an empty group.</summary>
    public StmfResult CreateGroup(GroupKind kind, string name)
    {
        if (!ConfigurationLimits.IsName(name, ConfigurationLimits.NameBytes))
            return StmfResult.Refused(Refusal.InvalidArgument, "a group name has 1 to 255 bytes");
        if (name[0] == '*') return StmfResult.Refused(Refusal.ReservedName, "names that begin with * are reserved");
        var table = GroupsOf(kind);
        if (table.Find(name) is not null) return StmfResult.Refused(Refusal.Exists, $"group {name} exists");
        if (table.Count >= ConfigurationLimits.Groups)
            return StmfResult.Refused(Refusal.LimitReached, $"there are {table.Count} groups already");
        SetGroups(kind, table.With(new(name, ImmutableSortedSet.Create<string>(StringComparer.Ordinal))));
        return Done(new GroupCreated(kind, name));
    }

    /// <summary>Deletes a group and its membership; refused while a view entry refers to it.</summary>
    public StmfResult DeleteGroup(GroupKind kind, string name)
    {
        var table = GroupsOf(kind);
        if (table.Find(name) is not { } group) return StmfResult.Refused(Refusal.NotFound, $"no group {name}");
        if (_luns.Keys.Any(pair => (kind == GroupKind.Host ? pair.HostGroup : pair.TargetGroup) == name))
            return StmfResult.Refused(Refusal.GroupInUse, $"a view entry refers to group {name}");
        // No view entry refers to it, so no session's map depends on the membership that goes with it.
        SetGroups(kind, table.Without(group));
        return Done(new GroupDeleted(kind, name));
    }

    /// <summary>
    /// Adds a name to a group. A target port must be offline or unknown, so that no session changes its target group
    /// under way; an initiator may be anywhere.
    /// </summary>
    public StmfResult AddMember(GroupKind kind, string groupName, string member)
    {
        if (!ConfigurationLimits.IsName(member, ConfigurationLimits.MemberBytes))
            return StmfResult.Refused(Refusal.InvalidArgument, "a member's name has 1 to 255 bytes");
        var table = GroupsOf(kind);
        if (table.Find(groupName) is not { } group)
            return StmfResult.Refused(Refusal.GroupNotFound, $"no group {groupName}");
        if (kind == GroupKind.Target && !_portIsOffline(member)) return TargetIsOnline(member);
        if (table.GroupOf(member) is { } other)
            return StmfResult.Refused(Refusal.Exists, $"{member} is in group {other}");
        if (group.Members.Count >= ConfigurationLimits.Members)
            return StmfResult.Refused(Refusal.LimitReached, $"group {groupName} is full");
        SetGroups(kind, table.WithMember(group, member));
        return Done(new MemberAdded(kind, groupName, member));
    }

    /// <summary>Takes a name out of a group; a target port must be offline or unknown.</summary>
    public StmfResult RemoveMember(GroupKind kind, string groupName, string member)
    {
        var table = GroupsOf(kind);
        if (table.Find(groupName) is not { } group)
            return StmfResult.Refused(Refusal.GroupNotFound, $"no group {groupName}");
        if (!group.Members.Contains(member))
            return StmfResult.Refused(Refusal.MemberNotFound, $"{member} is not in group {groupName}");
        if (kind == GroupKind.Target && !_portIsOffline(member)) return TargetIsOnline(member);
        SetGroups(kind, table.WithoutMember(group, member));
        return Done(new MemberRemoved(kind, groupName, member));
    }

    private GroupTable GroupsOf(GroupKind kind) => kind == GroupKind.Host ? _hostGroups : _targetGroups;

    private void SetGroups(GroupKind kind, GroupTable table)
    {
        if (kind == GroupKind.Host) _hostGroups = table;
        else _targetGroups = table;
    }

    private static StmfResult TargetIsOnline(string port) =>
        StmfResult.Refused(Refusal.TargetOnline, $"target {port} must be offline to change its target group");
}
