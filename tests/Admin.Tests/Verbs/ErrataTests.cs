using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using static Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Admin.Tests.Verbs;

/// <summary>
/// Where libstmf's man pages and its behaviour differ, we follow the behaviour: a test for each place.
/// </summary>
public abstract class ErrataTests : AdministratorTests
{
    private const string Target = "iqn.2026-11.example:t";

    [Fact]
    public async Task OnlineAndOffline_OfNothing_NotFound()
    {
        Assert.Equal(NotFound, (await Admin.OnlineTargetAsync(Name(Target))).Status);
        Assert.Equal(NotFound, (await Admin.OfflineTargetAsync(Name(Target))).Status);
        Assert.Equal(NotFound, (await Admin.OnlineLogicalUnitAsync(new(6UL << 60, 1))).Status);
        Assert.Equal(NotFound, (await Admin.OfflineLogicalUnitAsync(new(6UL << 60, 1))).Status);
    }

    [Fact]
    public async Task OfflineTarget_Success_MeansAcceptedNotFinished()
    {
        var target = await MakeTargetAsync();
        var hold = Kit.Ports.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.Equal(Success, (await Admin.OfflineTargetAsync(target)).Status);
        Assert.Equal(TargetPortState.Offlining, (await Admin.GetTargetPropertiesAsync(target)).Required.Status);
        Assert.Equal(Success, (await Admin.OfflineTargetAsync(target)).Status);
        Assert.Equal(Busy, (await Admin.OnlineTargetAsync(target)).Status);
        hold.SetResult();
        await Kit.Framework.WaitForTargetAsync(Target, online: false, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AddViewEntry_UnknownGuid_IsAccepted() => Assert.Equal(
        Success, (await Admin.AddViewEntryAsync(new(6UL << 60, 7), ViewEntry.ToAll)).Status);

    [Fact]
    public async Task AddToTargetGroup_TargetOnline_TgOnline()
    {
        var target = await MakeTargetAsync();
        await Admin.CreateTargetGroupAsync("g");
        Assert.Equal(TgOnline, (await Admin.AddToTargetGroupAsync("g", target)).Status);
    }

    [Fact]
    public async Task DeleteTargetGroup_InAView_GroupInUse()
    {
        await Admin.CreateTargetGroupAsync("g");
        await Admin.AddViewEntryAsync(new(6UL << 60, 7), ViewEntry.ToAll with { TargetGroup = "g" });
        Assert.Equal(GroupInUse, (await Admin.DeleteTargetGroupAsync("g")).Status);
    }

    [Fact]
    public void InvalidArgument_HasOneName()
    {
        Assert.Equal("STMF_ERROR_INVALID_ARG", StmfStatusRow.Of(InvalidArg).CName);
        Assert.Equal(InvalidArg, Devid.FromIscsiName("no.such:name", out _));
    }

    [Fact]
    public async Task GetLogicalUnitProperties_NotRegistered_NotFoundOrUnregistered()
    {
        var guid = new StmfGuid(6UL << 60, 7);
        Assert.Equal(NotFound, (await Admin.GetLogicalUnitPropertiesAsync(guid)).Status);
        await Admin.AddViewEntryAsync(guid, ViewEntry.ToAll);
        Assert.Equal(
            LogicalUnitState.Unregistered, (await Admin.GetLogicalUnitPropertiesAsync(guid)).Required.Status);
    }

    [Fact]
    public void SetLuProp_NoRevision_InvalidPropAndNotNoProp()
    {
        var resource = new LuResource();
        Assert.Equal(InvalidProp, resource.Set((LuProperty)99, "x").Status);
        Assert.Equal(InvalidProp, resource.Get((LuProperty)99).Status);
        Assert.Equal(NoProp, resource.Get(LuProperty.SerialNum).Status);
        Assert.DoesNotContain(
            LuPropertyRow.All, row => row.Property.ToString().Contains("Rev", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ModifyLu_FiveProperties_AndNoOther()
    {
        var disk = await MakeDiskAsync();
        foreach (var row in LuPropertyRow.All)
        {
            var modifiable = row.Property is LuProperty.Alias or LuProperty.Size or LuProperty.MgmtUrl
                or LuProperty.WriteProtect or LuProperty.WriteCacheDisable;
            Assert.Equal(modifiable, row.Modifiable);
            var text = row.Property switch { LuProperty.Size => "2g", LuProperty.Alias => "a", _ => "true" };
            var expected = modifiable ? Success : InvalidProp;
            Assert.Equal(expected, (await Admin.ModifyLuAsync(disk, row.Property, text)).Status);
        }
    }

    [Fact]
    public async Task SetPersistMethod_BadValue_InvalidArgAndNotPersistType() =>
        Assert.Equal(InvalidArg, (await Admin.SetPersistMethodAsync((PersistMethod)7)).Status);

    [Fact]
    public void CreateLu_AtLeastTwelveCodes() => Assert.True(StmfVerbs.CreateLu.Codes.Count >= 12);

    [Fact]
    public async Task GetState_IsOneStateOfTheService() => Assert.Equal(
        new StmfState(ServiceState.Online, ConfigState.InitDone), (await Admin.GetStateAsync()).Required);

    [Fact]
    public async Task GetSessionList_UnknownTarget_StatusError() =>
        Assert.Equal(Error, (await Admin.GetSessionListAsync(Name(Target))).Status);
}

/// <summary>In the process.</summary>
public sealed class LocalErrataTests : ErrataTests
{
    private protected override bool Remote => false;
}

/// <summary>Through the socket.</summary>
public sealed class RemoteErrataTests : ErrataTests
{
    private protected override bool Remote => true;
}
