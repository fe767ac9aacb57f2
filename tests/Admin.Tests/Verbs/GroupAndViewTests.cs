using Lunette.Admin.Contracts;
using static Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Admin.Tests.Verbs;

public sealed class LocalGroupAndViewTests : GroupAndViewTests
{
    private protected override bool Remote => false;
}

public sealed class RemoteGroupAndViewTests : GroupAndViewTests
{
    private protected override bool Remote => true;
}

public abstract class GroupAndViewTests : AdministratorTests
{
    [Fact]
    public async Task CreateHostGroup_NameRules_Codes()
    {
        Is(Success, await Admin.CreateHostGroupAsync("a"));
        Is(Exists, await Admin.CreateHostGroupAsync("a"));
        Is(Error, await Admin.CreateHostGroupAsync("*all"));
        Is(InvalidArg, await Admin.CreateHostGroupAsync(""));
        Is(Success, await Admin.CreateHostGroupAsync(new string('x', 255)));
        Is(InvalidArg, await Admin.CreateHostGroupAsync(new string('x', 256)));
        Is(Success, await Admin.CreateTargetGroupAsync("a"));
        Assert.Equal(["a", new string('x', 255)], (await Admin.GetHostGroupListAsync()).Required);
        Assert.Equal(["a"], (await Admin.GetTargetGroupListAsync()).Required);
    }

    [Fact]
    public async Task DeleteHostGroup_UsedByAView_GroupInUse()
    {
        Is(NotFound, await Admin.DeleteHostGroupAsync("hosts"));
        Is(Success, await Admin.CreateHostGroupAsync("hosts"));
        var disk = await MakeDiskAsync();
        var view = (await Admin.AddViewEntryAsync(disk, ViewEntry.ToAll with { HostGroup = "hosts" })).Required;
        Is(GroupInUse, await Admin.DeleteHostGroupAsync("hosts"));
        Is(Success, await Admin.RemoveViewEntryAsync(disk, view.Index!.Value));
        Is(Success, await Admin.DeleteHostGroupAsync("hosts"));
    }

    [Fact]
    public async Task HostGroupMembers_AddAndRemove_Codes()
    {
        var initiator = Name("iqn.2026-11.example:client");
        Is(GroupNotFound, await Admin.AddToHostGroupAsync("hosts", initiator));
        Is(NotFound, await Admin.GetHostGroupMembersAsync("hosts"));
        Is(Success, await Admin.CreateHostGroupAsync("hosts"));
        Is(Success, await Admin.CreateHostGroupAsync("others"));
        Is(Success, await Admin.AddToHostGroupAsync("hosts", initiator));
        Is(Exists, await Admin.AddToHostGroupAsync("hosts", initiator));
        Is(Exists, await Admin.AddToHostGroupAsync("others", initiator));
        Assert.Equal([initiator], (await Admin.GetHostGroupMembersAsync("hosts")).Required);
        Is(MemberNotFound, await Admin.RemoveFromHostGroupAsync("others", initiator));
        Is(Success, await Admin.RemoveFromHostGroupAsync("hosts", initiator));
        Is(MemberNotFound, await Admin.RemoveFromHostGroupAsync("hosts", initiator));
        Is(GroupNotFound, await Admin.RemoveFromHostGroupAsync("nobody", initiator));
    }

    [Fact]
    public async Task AddToTargetGroup_TargetOnline_TgOnlineUntilItIsOffline()
    {
        var target = await MakeTargetAsync();
        Is(Success, await Admin.CreateTargetGroupAsync("targets"));
        Is(TgOnline, await Admin.AddToTargetGroupAsync("targets", target));
        Is(Success, await Admin.AddToTargetGroupAsync("targets", Name("iqn.2026-11.example:unknown")));
        Is(Success, await Admin.OfflineTargetAsync(target));
        await Kit.Framework.WaitForTargetAsync(target.Name, online: false, TestContext.Current.CancellationToken);
        Is(Success, await Admin.AddToTargetGroupAsync("targets", target));
        Is(Success, await Admin.OnlineTargetAsync(target));
        await Kit.Framework.WaitForTargetAsync(target.Name, online: true, TestContext.Current.CancellationToken);
        Is(TgOnline, await Admin.RemoveFromTargetGroupAsync("targets", target));
    }

    [Fact]
    public async Task AddViewEntry_Rules_Codes()
    {
        var disk = await MakeDiskAsync();
        var other = await MakeDiskAsync("/disks/b.img");
        var first = (await Admin.AddViewEntryAsync(disk, ViewEntry.ToAll)).Required;
        Assert.Equal(new ViewEntry(0, null, null, 0), first);
        Is(VeConflict, await Admin.AddViewEntryAsync(disk, ViewEntry.ToAll with { Lun = 7 }));
        Is(LunInUse, await Admin.AddViewEntryAsync(other, ViewEntry.ToAll with { Lun = 0 }));
        Is(InvalidHg, await Admin.AddViewEntryAsync(other, ViewEntry.ToAll with { HostGroup = "nobody" }));
        Is(InvalidTg, await Admin.AddViewEntryAsync(other, ViewEntry.ToAll with { TargetGroup = "nothing" }));
        Is(InvalidArg, await Admin.AddViewEntryAsync(other, ViewEntry.ToAll with { Lun = 16384 }));
        Is(Success, await Admin.AddViewEntryAsync(other, ViewEntry.ToAll with { Lun = 16383, Index = 99 }));
        Assert.Equal(
            [new ViewEntry(0, null, null, 16383)], (await Admin.GetViewEntryListAsync(other)).Required);
    }

    // The page says NOT_FOUND for a GUID nobody knows; the implementation takes it, and so do we.
    [Fact]
    public async Task AddViewEntry_GuidNobodyKnows_AcceptedAndListedAsUnregistered()
    {
        Assert.True(StmfGuid.TryParse("600144F04E086D08000058255D130003", out var guid));
        Assert.Empty((await Admin.GetViewEntryListAsync(guid)).Required);
        Is(NotFound, await Admin.GetLogicalUnitPropertiesAsync(guid));
        Is(Success, await Admin.AddViewEntryAsync(guid, ViewEntry.ToAll));
        Assert.Equal([guid], (await Admin.GetLogicalUnitListAsync()).Required);
        Assert.Equal(LogicalUnitState.Unregistered, (await Admin.GetLogicalUnitPropertiesAsync(guid)).Required.Status);
        Is(NotFound, await Admin.GetLuResourceAsync(guid));
        Is(NotFound, await Admin.RemoveViewEntryAsync(guid, 1));
        Is(Success, await Admin.RemoveViewEntryAsync(guid, 0));
        Assert.Empty((await Admin.GetLogicalUnitListAsync()).Required);
    }

    [Fact]
    public async Task ValidateView_ProposesAndStoresNothing()
    {
        var disk = await MakeDiskAsync();
        Is(Success, await Admin.AddViewEntryAsync(disk, ViewEntry.ToAll));
        Assert.Equal(1, (await Admin.ValidateViewAsync(ViewEntry.ToAll)).Required.Lun);
        Is(LunInUse, await Admin.ValidateViewAsync(ViewEntry.ToAll with { Lun = 0 }));
        Is(InvalidHg, await Admin.ValidateViewAsync(ViewEntry.ToAll with { HostGroup = "nobody" }));
        Assert.Single((await Admin.GetViewEntryListAsync(disk)).Required);
    }

    [Fact]
    public async Task TwoAdministrators_SameGroupAtOnce_OneMakesItTheOtherHearsExists()
    {
        for (var round = 0; round < 20; round++)
        {
            var both = await Task.WhenAll(
                Kit.Local.CreateHostGroupAsync($"group-{round}").AsTask(),
                Kit.Remote.CreateHostGroupAsync($"group-{round}").AsTask());
            Assert.Equal([Success, Exists], both.Select(result => result.Status).Order());
        }
        Assert.Equal(20, (await Admin.GetHostGroupListAsync()).Required.Count);
    }
}
