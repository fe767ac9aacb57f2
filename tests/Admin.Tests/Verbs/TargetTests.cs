using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;
using static Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Admin.Tests.Verbs;

public sealed class LocalTargetTests : TargetTests
{
    private protected override bool Remote => false;
}

public sealed class RemoteTargetTests : TargetTests
{
    private protected override bool Remote => true;
}

public abstract class TargetTests : AdministratorTests
{
    [Fact]
    public async Task OfflineTarget_Stranger_NotFound()
    {
        var stranger = Name("iqn.2026-11.example:stranger");
        Is(NotFound, await Admin.OfflineTargetAsync(stranger));
        Is(NotFound, await Admin.OnlineTargetAsync(stranger));
        Is(NotFound, await Admin.GetTargetPropertiesAsync(stranger));
        // The original reports the unclassified failure here, and programs know it so.
        Is(Error, await Admin.GetSessionListAsync(stranger));
    }

    [Fact]
    public async Task OfflineTarget_AlreadyOfflineOrGoing_Success_OppositeWhileMoving_Busy()
    {
        var target = await MakeTargetAsync();
        Is(Success, await Admin.OnlineTargetAsync(target));
        Kit.Ports.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Is(Success, await Admin.OfflineTargetAsync(target));
        Assert.Equal(TargetPortState.Offlining, (await Admin.GetTargetPropertiesAsync(target)).Required.Status);
        Is(Success, await Admin.OfflineTargetAsync(target));
        Is(Busy, await Admin.OnlineTargetAsync(target));
        Kit.Ports.Hold.SetResult();
        Is(Success, (await Kit.Framework.WaitForTargetAsync(
            target.Name, online: false, TestContext.Current.CancellationToken)).Succeeded ? Success : Error);
        Is(Success, await Admin.OfflineTargetAsync(target));
        Assert.Equal(TargetPortState.Offline, (await Admin.GetTargetPropertiesAsync(target)).Required.Status);

        Kit.Ports.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Is(Success, await Admin.OnlineTargetAsync(target));
        Is(Busy, await Admin.OfflineTargetAsync(target));
        Kit.Ports.Hold.SetResult();
    }

    [Fact]
    public async Task TargetProperties_OfAnIscsiTarget_AreItsOwn()
    {
        var created = await Admin.CreateIscsiTargetAsync(
            new() { Name = "IQN.2026-11.Example:Upper", Alias = "the disks" });
        Assert.Equal("iqn.2026-11.example:upper", created.Required);
        await Kit.Framework.WaitForTargetAsync(created.Required, true, TestContext.Current.CancellationToken);
        Assert.Equal(
            new TargetProperties(
                Name(created.Required), "iscsit", "the disks", TargetPortState.Online, StmfProtocol.Iscsi),
            (await Admin.GetTargetPropertiesAsync(Name(created.Required))).Required);
        Assert.Empty((await Admin.GetSessionListAsync(Name(created.Required))).Required);
    }

    [Fact]
    public async Task CreateIscsiTarget_NameRules_Codes()
    {
        await MakeTargetAsync("iqn.2026-11.example:t");
        Is(Exists, await Admin.CreateIscsiTargetAsync(new() { Name = "iqn.2026-11.example:T" }));
        Is(InvalidArg, await Admin.CreateIscsiTargetAsync(new() { Name = "disk" }));
        Is(InvalidArg, await Admin.CreateIscsiTargetAsync(new() { Name = "iqn.2026-11.example:two words" }));
        Is(InvalidArg, await Admin.CreateIscsiTargetAsync(new() { Name = "iqn." + new string('a', 220) }));
        Is(NotFound, await Admin.CreateIscsiTargetAsync(new() { PortalGroups = ["nowhere"] }));
        Is(InvalidArg, await Admin.CreateIscsiTargetAsync(new() { Authentication = "magic" }));
        Is(InvalidArg, await Admin.CreateIscsiTargetAsync(new() { TargetChapSecret = "short" }));
        Assert.Single((await Admin.GetTargetListAsync()).Required);
        var generated = (await Admin.CreateIscsiTargetAsync(new())).Required;
        Assert.StartsWith("iqn.2026-11.example:02:", generated, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeleteIscsiTarget_Online_BusyUnlessForced()
    {
        var target = await MakeTargetAsync();
        Is(NotFound, await Admin.DeleteIscsiTargetAsync("iqn.2026-11.example:stranger", force: false));
        Is(Busy, await Admin.DeleteIscsiTargetAsync(target.Name, force: false));
        Is(Success, await Admin.DeleteIscsiTargetAsync(target.Name, force: true));
        Assert.Empty((await Admin.GetTargetListAsync()).Required);
        Assert.Empty((await Admin.GetIscsiTargetsAsync()).Required);
    }

    [Fact]
    public async Task ModifyIscsiTarget_Rename_OnlyWhileOffline()
    {
        var target = await MakeTargetAsync();
        var renamed = new IscsiTargetSettings { Name = "iqn.2026-11.example:new" };
        Is(TgOnline, await Admin.ModifyIscsiTargetAsync(target.Name, renamed));
        Is(Success, await Admin.OfflineTargetAsync(target));
        await Kit.Framework.WaitForTargetAsync(target.Name, false, TestContext.Current.CancellationToken);
        Is(Success, await Admin.ModifyIscsiTargetAsync(target.Name, renamed));
        Assert.Equal(["iqn.2026-11.example:new"], (await Admin.GetTargetListAsync()).Required.Select(d => d.Name));
    }

    [Fact]
    public async Task ChapSecrets_Set_AreKeptApartAndNeverComeBack()
    {
        const string Secret = "0123456789abcdef";
        var target = await MakeTargetAsync();
        Is(Success, await Admin.CreateIscsiInitiatorAsync(
            "iqn.2026-11.example:client", new() { ChapUser = "client", ChapSecret = Secret }));
        Is(Success, await Admin.ModifyIscsiTargetAsync(
            target.Name, new() { Authentication = "chap", TargetChapSecret = Secret + Secret }));
        Assert.Equal(
            new IscsiInitiatorProperties("iqn.2026-11.example:client", "client", true),
            Assert.Single((await Admin.GetIscsiInitiatorsAsync()).Required));
        var properties = Assert.Single((await Admin.GetIscsiTargetsAsync()).Required);
        Assert.Equal(IscsiAuthentication.Chap, properties.Authentication);
        Assert.True(properties.HasTargetChapSecret);
        var data = (await Admin.GetProviderDataAsync("iscsit", ProviderType.Port)).Required;
        Assert.DoesNotContain(Secret, Text(data.Data), StringComparison.Ordinal);
        Is(Success, await Admin.ModifyIscsiInitiatorAsync("iqn.2026-11.example:client", new() { ChapSecret = "" }));
        Assert.False(Assert.Single((await Admin.GetIscsiInitiatorsAsync()).Required).HasChapSecret);
    }

    [Fact]
    public async Task PortalGroups_Rules_Codes()
    {
        Is(InvalidArg, await Admin.CreateIscsiPortalGroupAsync("front", ["nowhere"]));
        Is(InvalidArg, await Admin.CreateIscsiPortalGroupAsync("front", []));
        Is(Success, await Admin.CreateIscsiPortalGroupAsync("front", ["192.0.2.1", "[2001:db8::1]:3261"]));
        Is(Exists, await Admin.CreateIscsiPortalGroupAsync("front", ["192.0.2.2"]));
        Is(Success, await Admin.CreateIscsiPortalGroupAsync("77", ["192.0.2.3"]));
        var groups = (await Admin.GetIscsiPortalGroupsAsync()).Required;
        Assert.Equal([("77", 77), ("front", 2)], groups.Select(group => (group.Name, (int)group.Tag)));
        Assert.Equal(["192.0.2.1:3260", "[2001:db8::1]:3261"], groups[1].Portals);
        var made = (await Admin.CreateIscsiTargetAsync(new() { PortalGroups = ["front"] })).Required;
        Is(GroupInUse, await Admin.DeleteIscsiPortalGroupAsync("front", force: false));
        Is(Success, await Admin.DeleteIscsiPortalGroupAsync("front", force: true));
        Assert.Empty(Assert.Single((await Admin.GetIscsiTargetsAsync()).Required, t => t.Name == made).PortalGroups);
        Is(NotFound, await Admin.DeleteIscsiPortalGroupAsync("front", force: false));
    }

    [Fact]
    public async Task Defaults_Changed_HoldForTargetsThatDoNotSayOtherwise()
    {
        Is(Success, await Admin.ModifyIscsiDefaultsAsync(new()
        {
            Authentication = IscsiAuthentication.Chap,
            IsnsServers = ["192.0.2.9"],
            Isns = true,
        }));
        Is(InvalidArg, await Admin.ModifyIscsiDefaultsAsync(
            new() { IsnsServers = [.. Enumerable.Repeat("192.0.2.9", 9)] }));
        var defaults = (await Admin.GetIscsiDefaultsAsync()).Required;
        Assert.Equal(IscsiAuthentication.Chap, defaults.Authentication);
        Assert.True(defaults.Isns);
        Assert.Equal(["192.0.2.9"], defaults.IsnsServers);
    }

    private static string Text(NameValueList list) => string.Join(
        ' ', list.Values.Select(value => value.List is { } inner ? Text(inner) : $"{value.Name}={value.Text}"));
}
