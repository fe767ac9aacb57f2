using Lunette.Stmf.Configuration;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>Provider data, properties, relative ports, and the way into a store and back.</summary>
public class ConfigurationTests
{
    private static readonly ProviderKey s_sbd = new(ProviderType.LogicalUnit, "sbd");
    private readonly ConfigurationEdit _edit = StmfConfiguration.Empty.Edit();

    [Fact]
    public void SetProviderData_StaleToken_Refused()
    {
        Assert.Equal(1UL, _edit.SetProviderData(s_sbd, new byte[] { 1 }, token: 0).Value);
        Assert.Equal(2UL, _edit.SetProviderData(s_sbd, new byte[] { 2 }, token: 1).Value);
        Target.Refused(Refusal.ProviderDataStale, _edit.SetProviderData(s_sbd, new byte[] { 3 }, token: 1).Outcome);
        Assert.Equal(3UL, _edit.SetProviderData(s_sbd, new byte[] { 3 }, token: null).Value);
        Assert.Equal([3], _edit.Build().Providers[s_sbd].Data.ToArray());
    }

    [Fact]
    public void SetProviderData_SameNameOtherType_OtherData()
    {
        Target.Accepted(_edit.SetProviderData(s_sbd, new byte[] { 1 }, null).Outcome);
        Target.Accepted(_edit.SetProviderData(s_sbd with { Type = ProviderType.Port }, new byte[] { 2 }, 0).Outcome);
        Assert.Equal([1], _edit.Build().Providers[s_sbd].Data.ToArray());
    }

    [Fact]
    public void ClearProviderData_NotThere_NotFound()
    {
        Target.Refused(Refusal.NotFound, _edit.ClearProviderData(s_sbd));
        Target.Accepted(_edit.SetProviderData(s_sbd, new byte[] { 1 }, null).Outcome);
        Target.Accepted(_edit.ClearProviderData(s_sbd));
        Assert.Empty(_edit.Build().Providers);
    }

    [Fact]
    public void SetProviderEntry_EachSet_OneChangeAndANewToken()
    {
        Assert.Equal(1UL, _edit.SetProviderEntry(s_sbd, "a", "1").Value);
        Assert.Equal(2UL, _edit.SetProviderEntry(s_sbd, "b", "2").Value);
        Target.Refused(Refusal.ProviderDataStale, _edit.SetProviderData(s_sbd, new byte[] { 1 }, token: 1).Outcome);
        Assert.Equal(3UL, _edit.SetProviderData(s_sbd, new byte[] { 1 }, token: 2).Value);
        Assert.Equal(4UL, _edit.SetProviderEntry(s_sbd, "a", null).Value);
        Assert.Equal([KeyValuePair.Create("b", "2")], _edit.Build().EntriesOf(s_sbd));
        Assert.Equal(5, _edit.Changes.Count);
        Target.Accepted(_edit.ClearProviderData(s_sbd));
        Assert.Empty(_edit.Build().ProviderEntries);
    }

    [Fact]
    public void SetProviderEntry_NotThereOrTooLong_Refused()
    {
        Target.Refused(Refusal.NotFound, _edit.SetProviderEntry(s_sbd, "a", null).Outcome);
        Target.Accepted(_edit.SetProviderEntry(s_sbd, "a", "1").Outcome);
        Target.Refused(Refusal.NotFound, _edit.SetProviderEntry(s_sbd, "b", null).Outcome);
        Target.Refused(Refusal.InvalidArgument, _edit.SetProviderEntry(s_sbd, "", "1").Outcome);
        var endless = new string('x', ConfigurationLimits.ProviderEntryLength + 1);
        Target.Refused(Refusal.InvalidArgument, _edit.SetProviderEntry(s_sbd, "b", endless).Outcome);
    }

    [Fact]
    public void SetProviderData_NameOrTypeWrong_InvalidArgument()
    {
        foreach (var key in new ProviderKey[] { new(ProviderType.Port, ""), new((ProviderType)3, "x") })
            Target.Refused(Refusal.InvalidArgument, _edit.SetProviderData(key, default, null).Outcome);
    }

    [Fact]
    public void AssignRelativePort_KeptAndLowestFree()
    {
        Assert.Equal(1, _edit.AssignRelativePort("iqn.a").Value);
        Assert.Equal(2, _edit.AssignRelativePort("iqn.b").Value);
        Assert.Equal(1, _edit.AssignRelativePort("iqn.a").Value);
        Target.Accepted(_edit.ReleaseRelativePort("iqn.a"));
        Target.Refused(Refusal.NotFound, _edit.ReleaseRelativePort("iqn.a"));
        Assert.Equal(1, _edit.AssignRelativePort("iqn.c").Value);
    }

    [Fact]
    public void AssignRelativePort_SecondNode_BeginsAt256()
    {
        Target.Accepted(_edit.SetAlua(new(Enabled: true, Node: 1)));
        Assert.Equal(256, _edit.AssignRelativePort("iqn.a").Value);
        Target.Refused(Refusal.InvalidArgument, _edit.SetAlua(new(Enabled: true, Node: 2)));
    }

    [Fact]
    public void AsChanges_WholeConfiguration_ReplaysToTheSame()
    {
        Target.Accepted(_edit.CreateGroup(GroupKind.Host, "h"));
        Target.Accepted(_edit.CreateGroup(GroupKind.Target, "t"));
        Target.Accepted(_edit.AddMember(GroupKind.Host, "h", "iqn.i"));
        Target.Accepted(_edit.AddMember(GroupKind.Target, "t", "iqn.t"));
        for (var unit = 1; unit < 20; unit++)
        {
            var groups = new GroupPair(unit % 3 == 0 ? null : "h", "t");
            Target.Accepted(_edit.AddViewEntry(SmallUnit.IdOf(unit), groups, null).Outcome);
        }
        Target.Accepted(_edit.RemoveViewEntry(SmallUnit.IdOf(4), 0));
        Target.Accepted(_edit.SetProviderData(s_sbd, new byte[] { 1, 2 }, null).Outcome);
        Target.Accepted(_edit.SetProviderEntry(s_sbd, "a", "1").Outcome);
        Target.Accepted(_edit.SetProviderEntry(s_sbd, "b", "2").Outcome);
        Target.Accepted(_edit.SetProviderEntry(s_sbd, "a", null).Outcome);
        Target.Accepted(_edit.SetProperties(new(LogicalUnitsOnline: false, TargetPortsOnline: true)));
        Target.Accepted(_edit.SetAlua(new(Enabled: true, Node: 1)));
        Target.Accepted(_edit.AssignRelativePort("iqn.t").Outcome);
        var before = _edit.Build();

        foreach (var changes in new[] { before.AsChanges().ToList(), [.. _edit.Changes] })
        {
            var replayed = StmfConfiguration.Replay(changes);
            Target.Accepted(replayed.Outcome);
            Assert.Equal(before.AsChanges(), replayed.Value.AsChanges());
        }
    }

    [Fact]
    public void Replay_ChangeThatBreaksARule_RefusedAndNamed()
    {
        var id = SmallUnit.IdOf(1);
        var broken = StmfConfiguration.Replay(
        [
            new ViewEntryAdded(id, new(0, null, null, 5)),
            new ViewEntryAdded(SmallUnit.IdOf(2), new(0, null, null, 5)),
        ]);
        Target.Refused(Refusal.LunInUse, broken.Outcome);
        Assert.Contains("LUN 5", broken.Outcome.Detail, StringComparison.Ordinal);
        Target.Refused(Refusal.Exists, StmfConfiguration.Replay(
        [
            new GroupCreated(GroupKind.Host, "a"), new GroupCreated(GroupKind.Host, "b"),
            new ViewEntryAdded(id, new(0, "a", null, 1)), new ViewEntryAdded(id, new(0, "b", null, 2)),
        ]).Outcome);
        Target.Refused(Refusal.Exists, StmfConfiguration.Replay(
            [new RelativePortAssigned("a", 1), new RelativePortAssigned("b", 1)]).Outcome);
        Target.Refused(Refusal.InvalidArgument, StmfConfiguration.Replay([new RelativePortAssigned("a", 0)]).Outcome);
    }

    [Fact]
    public void Edit_RefusedVerb_RecordsNothing()
    {
        Target.Refused(Refusal.GroupNotFound, _edit.AddMember(GroupKind.Host, "a", "iqn.x"));
        Target.Refused(Refusal.InvalidHostGroup, _edit.AddViewEntry(SmallUnit.IdOf(1), new("a", null), null).Outcome);
        Assert.Empty(_edit.Changes);
    }
}
