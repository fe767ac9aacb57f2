using Lunette.Stmf.Configuration;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>Group rules, the same in both dimensions.</summary>
public class ConfigurationGroupTests
{
    private readonly ConfigurationEdit _edit = StmfConfiguration.Empty.Edit();

    public static TheoryData<GroupKind> Kinds => [GroupKind.Host, GroupKind.Target];

    [Theory, MemberData(nameof(Kinds))]
    public void CreateGroup_Twice_Exists(GroupKind kind)
    {
        Target.Accepted(_edit.CreateGroup(kind, "a"));
        Target.Refused(Refusal.Exists, _edit.CreateGroup(kind, "a"));
        Target.Accepted(_edit.CreateGroup(kind, "A"));
    }

    [Fact]
    public void CreateGroup_SameNameInBothDimensions_TwoGroups()
    {
        Target.Accepted(_edit.CreateGroup(GroupKind.Host, "a"));
        Target.Accepted(_edit.CreateGroup(GroupKind.Target, "a"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void CreateGroup_Name_OneTo255Bytes(GroupKind kind)
    {
        Target.Refused(Refusal.InvalidArgument, _edit.CreateGroup(kind, ""));
        Target.Accepted(_edit.CreateGroup(kind, new string('a', 255)));
        Target.Refused(Refusal.InvalidArgument, _edit.CreateGroup(kind, new string('a', 256)));
        Target.Refused(Refusal.InvalidArgument, _edit.CreateGroup(kind, new string('é', 128)));
        Target.Refused(Refusal.InvalidArgument, _edit.CreateGroup(kind, "a\0b"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void CreateGroup_LeadingAsterisk_Reserved(GroupKind kind)
    {
        Target.Refused(Refusal.ReservedName, _edit.CreateGroup(kind, "*"));
        Target.Refused(Refusal.ReservedName, _edit.CreateGroup(kind, "*mine"));
        Target.Accepted(_edit.CreateGroup(kind, "mine*"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void AddMember_NameInAnotherGroup_Exists(GroupKind kind)
    {
        Target.Accepted(_edit.CreateGroup(kind, "a"));
        Target.Accepted(_edit.CreateGroup(kind, "b"));
        Target.Accepted(_edit.AddMember(kind, "a", "iqn.x"));
        Target.Refused(Refusal.Exists, _edit.AddMember(kind, "b", "iqn.x"));
        Target.Refused(Refusal.Exists, _edit.AddMember(kind, "a", "iqn.x"));
        Target.Accepted(_edit.AddMember(kind, "b", "iqn.X"));
        Target.Refused(Refusal.GroupNotFound, _edit.AddMember(kind, "c", "iqn.y"));
        Target.Refused(Refusal.InvalidArgument, _edit.AddMember(kind, "a", new string('y', 256)));
        Target.Refused(Refusal.InvalidArgument, _edit.AddMember(kind, "a", ""));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void RemoveMember_NotThere_NamesWhatIsMissing(GroupKind kind)
    {
        Target.Refused(Refusal.GroupNotFound, _edit.RemoveMember(kind, "a", "iqn.x"));
        Target.Accepted(_edit.CreateGroup(kind, "a"));
        Target.Refused(Refusal.MemberNotFound, _edit.RemoveMember(kind, "a", "iqn.x"));
        Target.Accepted(_edit.AddMember(kind, "a", "iqn.x"));
        Target.Accepted(_edit.RemoveMember(kind, "a", "iqn.x"));
        Assert.Null(_edit.Build().GroupsOf(kind).GroupOf("iqn.x"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void DeleteGroup_ReferredToByAView_InUse(GroupKind kind)
    {
        var pair = kind == GroupKind.Host ? new GroupPair("a", null) : new GroupPair(null, "a");
        Target.Refused(Refusal.NotFound, _edit.DeleteGroup(kind, "a"));
        Target.Accepted(_edit.CreateGroup(kind, "a"));
        Target.Accepted(_edit.AddMember(kind, "a", "iqn.x"));
        var added = _edit.AddViewEntry(SmallUnit.IdOf(1), pair, null);
        Target.Accepted(added.Outcome);
        Target.Refused(Refusal.GroupInUse, _edit.DeleteGroup(kind, "a"));
        Target.Accepted(_edit.RemoveViewEntry(SmallUnit.IdOf(1), added.Value.Index));
        Target.Accepted(_edit.DeleteGroup(kind, "a"));
        // Its members are free to join another group.
        Target.Accepted(_edit.CreateGroup(kind, "b"));
        Target.Accepted(_edit.AddMember(kind, "b", "iqn.x"));
    }

    [Fact]
    public void TargetGroupMember_PortOnline_MustBeOffline()
    {
        var edit = StmfConfiguration.Empty.Edit(portIsOffline: name => name != "iqn.online");
        Target.Accepted(edit.CreateGroup(GroupKind.Target, "a"));
        Target.Accepted(edit.CreateGroup(GroupKind.Host, "a"));
        Target.Refused(Refusal.TargetOnline, edit.AddMember(GroupKind.Target, "a", "iqn.online"));
        Target.Accepted(edit.AddMember(GroupKind.Target, "a", "iqn.offline"));
        Target.Accepted(edit.AddMember(GroupKind.Host, "a", "iqn.online"));
    }
}
