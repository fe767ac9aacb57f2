using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>View entries: overlap, conflicts, LUNs and indexes.</summary>
public class ConfigurationViewTests
{
    private static readonly GroupPair s_all = new(null, null);
    private readonly ConfigurationEdit _edit = StmfConfiguration.Empty.Edit();

    public ConfigurationViewTests()
    {
        foreach (var name in new[] { "a", "b" })
        {
            Target.Accepted(_edit.CreateGroup(GroupKind.Host, name));
            Target.Accepted(_edit.CreateGroup(GroupKind.Target, name));
        }
    }

    [Theory]
    [InlineData(null, null, null, null, true)]
    [InlineData("a", null, null, null, true)]
    [InlineData("a", null, null, "a", true)]
    [InlineData("a", "a", "a", "a", true)]
    [InlineData("a", "a", null, "a", true)]
    [InlineData("a", "a", "a", null, true)]
    [InlineData("a", "a", null, null, true)]
    [InlineData("a", "a", "b", "a", false)]
    [InlineData("a", "a", "a", "b", false)]
    [InlineData("a", null, "b", null, false)]
    [InlineData(null, "a", null, "b", false)]
    [InlineData("a", null, "b", "a", false)]
    public void AddViewEntry_PairsOfGroups_OverlapRule(
        string? host1, string? target1, string? host2, string? target2, bool overlap)
    {
        var first = new GroupPair(host1, target1);
        var second = new GroupPair(host2, target2);
        Assert.Equal(overlap, first.Overlaps(second));
        Assert.Equal(overlap, second.Overlaps(first));

        Target.Accepted(Add(1, first, 7).Outcome);
        Assert.Equal(overlap ? Refusal.LunInUse : Refusal.None, Add(2, second, 7).Refusal);
        Assert.Equal(overlap ? Refusal.ViewEntryConflict : Refusal.None, Add(1, second, 8).Refusal);
    }

    [Fact]
    public void AddViewEntry_BothConflictAndLunInUse_ConflictIsNamed()
    {
        Target.Accepted(Add(1, s_all, 7).Outcome);
        Target.Refused(Refusal.ViewEntryConflict, Add(1, s_all, 7).Outcome);
    }

    [Fact]
    public void AddViewEntry_NoLun_LowestFreeInAllOverlappingPairs()
    {
        Assert.Equal(0, Add(1, new("a", "a"), null).Value.Lun);
        Assert.Equal(0, Add(2, new("b", "b"), null).Value.Lun);
        Assert.Equal(1, Add(3, s_all, null).Value.Lun);
        Assert.Equal(2, Add(4, new("a", null), null).Value.Lun);
        Assert.Equal(2, Add(5, new("b", null), null).Value.Lun);
        Target.Accepted(_edit.RemoveViewEntry(SmallUnit.IdOf(1), 0));
        Assert.Equal(0, Add(6, new("a", null), null).Value.Lun);
    }

    [Fact]
    public void AddViewEntry_EveryLunTaken_NoFreeLun()
    {
        for (var lun = 0; lun <= Lun.NumberMax; lun++) Assert.Equal(lun, Add(lun + 1, s_all, null).Value.Lun);
        Target.Refused(Refusal.NoFreeLun, Add(99999, new("a", null), null).Outcome);
        Target.Refused(Refusal.NoFreeLun, _edit.ValidateView(s_all, null).Outcome);
        Target.Accepted(_edit.RemoveViewEntry(SmallUnit.IdOf(5001), 0));
        Assert.Equal(5000, Add(99999, new("a", null), null).Value.Lun);
    }

    [Theory]
    [InlineData(-1, Refusal.InvalidArgument)]
    [InlineData(16384, Refusal.InvalidArgument)]
    [InlineData(16383, Refusal.None)]
    [InlineData(0, Refusal.None)]
    public void AddViewEntry_Lun_0To16383(int lun, Refusal refusal) =>
        Assert.Equal(refusal, Add(1, s_all, lun).Refusal);

    [Fact]
    public void AddViewEntry_Index_SmallestFreeOfTheLogicalUnit()
    {
        Assert.Equal(0u, Add(1, new("a", "a"), null).Value.Index);
        Assert.Equal(1u, Add(1, new("b", "a"), null).Value.Index);
        Assert.Equal(2u, Add(1, new("a", "b"), null).Value.Index);
        Target.Accepted(_edit.RemoveViewEntry(SmallUnit.IdOf(1), 1));
        Assert.Equal(1u, Add(1, new("b", "b"), null).Value.Index);
        Assert.Equal(0u, Add(2, new("b", "b"), null).Value.Index);
        Assert.Equal([0u, 1u, 2u], _edit.Build().ViewsOf(SmallUnit.IdOf(1)).Select(e => e.Index));
    }

    [Fact]
    public void AddViewEntry_GroupsMissing_NamesTheDimension()
    {
        Target.Refused(Refusal.InvalidHostGroup, Add(1, new("none", null), 0).Outcome);
        Target.Refused(Refusal.InvalidTargetGroup, Add(1, new(null, "none"), 0).Outcome);
        Target.Refused(Refusal.InvalidHostGroup, _edit.ValidateView(new("none", null), 0).Outcome);
        Target.Refused(Refusal.InvalidTargetGroup, _edit.ValidateView(new(null, "none"), 0).Outcome);
        Target.Refused(Refusal.InvalidArgument, _edit.AddViewEntry(new(0, 1), s_all, null).Outcome);
    }

    [Fact]
    public void ValidateView_AnyTime_ReservesNothing()
    {
        Assert.Equal(0, _edit.ValidateView(s_all, null).Value);
        Assert.Equal(0, _edit.ValidateView(s_all, null).Value);
        Assert.Equal(3, _edit.ValidateView(s_all, 3).Value);
        Target.Accepted(Add(1, new("a", null), 3).Outcome);
        Target.Refused(Refusal.LunInUse, _edit.ValidateView(s_all, 3).Outcome);
        Assert.Equal(3, _edit.ValidateView(new("b", null), 3).Value);
        Assert.Equal(0, _edit.ValidateView(s_all, null).Value);
    }

    [Fact]
    public void RemoveViewEntry_NotThere_NotFound()
    {
        Target.Refused(Refusal.NotFound, _edit.RemoveViewEntry(SmallUnit.IdOf(1), 0));
        Target.Accepted(Add(1, s_all, 0).Outcome);
        Target.Refused(Refusal.NotFound, _edit.RemoveViewEntry(SmallUnit.IdOf(1), 1));
        Target.Accepted(_edit.RemoveViewEntry(SmallUnit.IdOf(1), 0));
        Assert.Empty(_edit.Build().Views);
        Assert.Empty(_edit.Build().Luns);
    }

    private StmfResult<ViewEntry> Add(int unit, GroupPair groups, int? lun) =>
        _edit.AddViewEntry(SmallUnit.IdOf(unit), groups, lun);
}
