using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Stmf.Configuration;

namespace Lunette.Admin.Documents;

/// <content>Host groups and target groups.</content>
internal sealed partial class DocumentPlanner
{
    private StmfResult PlanGroups()
    {
        var hosts = PlanGroups(GroupKind.Host, "host group", wanted.HostGroups);
        return hosts.Succeeded ? PlanGroups(GroupKind.Target, "target group", wanted.TargetGroups) : hosts;
    }

    private StmfResult PlanGroups(GroupKind kind, string noun, IReadOnlyList<GroupSection>? sections)
    {
        var indexed = Index(sections, section => section.Name, noun);
        if (!indexed.Succeeded) return indexed.WithoutValue;
        var table = now.Framework.GroupsOf(kind);
        foreach (var group in table.Groups)
        {
            if (wanted.Whole && !indexed.Value!.ContainsKey(group.Name)) RemoveGroup(kind, noun, group);
        }
        foreach (var section in indexed.Value!.Values)
        {
            if (table.Find(section.Name) is null)
            {
                _plan.Say(PlannedChange.Add, $"{noun} {section.Name}");
                _plan.Edit(EditPhase.CreateGroups, edit => edit.CreateGroup(kind, section.Name));
            }
            var planned = PlanMembers(kind, noun, section, table.Find(section.Name));
            if (!planned.Succeeded) return planned;
        }
        return StmfStatus.Success;
    }

    private void RemoveGroup(GroupKind kind, string noun, Group group)
    {
        _plan.Say(PlannedChange.Remove, $"{noun} {group.Name}");
        foreach (var member in group.Members)
            _plan.Edit(EditPhase.RemoveMembers, edit => edit.RemoveMember(kind, group.Name, member));
        _plan.Edit(EditPhase.RemoveGroups, edit => edit.DeleteGroup(kind, group.Name));
    }

    private StmfResult PlanMembers(GroupKind kind, string noun, GroupSection section, Group? group)
    {
        var members = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var member in section.Members)
        {
            if (!Devid.TryParse(member, out var devid))
                return new(StmfStatus.InvalidArg, $"{noun} {section.Name}: {member} is no name of a port");
            members.Add(devid.Name);
        }
        foreach (var member in members.Where(member => group?.Members.Contains(member) != true))
        {
            _plan.Say(PlannedChange.Add, $"{member} in {noun} {section.Name}");
            _plan.Edit(EditPhase.AddMembers, edit => edit.AddMember(kind, section.Name, member));
        }
        if (!wanted.Whole || group is null) return StmfStatus.Success;
        foreach (var member in group.Members.Where(member => !members.Contains(member)))
        {
            _plan.Say(PlannedChange.Remove, $"{member} in {noun} {section.Name}");
            _plan.Edit(EditPhase.RemoveMembers, edit => edit.RemoveMember(kind, section.Name, member));
        }
        return StmfStatus.Success;
    }
}
