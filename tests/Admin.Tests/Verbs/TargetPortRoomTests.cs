using Lunette.Admin.Contracts;
using Lunette.Stmf;
using Lunette.Testing.Admin;

namespace Lunette.Admin.Tests.Verbs;

/// <summary>What there is no target port for is refused before anything of it is written.</summary>
public class TargetPortRoomTests
{
    private const string First = "iqn.2026-11.example:first";
    private const string Second = "iqn.2026-11.example:second";

    [Fact]
    public async Task CreateIscsiTarget_NoPortIsFree_NothingIsConfigured()
    {
        await using var kit = await AdminKit.StartAsync(new StmfOptions { TargetPortsMax = 1 });
        Assert.Equal(StmfStatus.Success, (await kit.Local.CreateIscsiTargetAsync(new() { Name = First })).Status);
        var refused = await kit.Local.CreateIscsiTargetAsync(new() { Name = Second });
        Assert.Equal(StmfStatus.NoMem, refused.Status);
        Assert.Equal([First], await NamesAsync(kit));
        await kit.RestartAsync();
        Assert.Equal([First], await NamesAsync(kit));
        await kit.Framework.WaitForTargetAsync(First, online: true, TestContext.Current.CancellationToken);
        // One that takes another's place is none more.
        Assert.Equal(StmfStatus.Success, (await kit.Local.DeleteIscsiTargetAsync(First, force: true)).Status);
        Assert.Equal(StmfStatus.Success, (await kit.Local.CreateIscsiTargetAsync(new() { Name = Second })).Status);
    }

    [Fact]
    public async Task SetProviderData_MoreTargetsThanPorts_OldDataStays()
    {
        await using var kit = await AdminKit.StartAsync(new StmfOptions { TargetPortsMax = 2 });
        Assert.Equal(StmfStatus.Success, (await kit.Local.CreateIscsiTargetAsync(new() { Name = First })).Status);
        Assert.Equal(StmfStatus.Success, (await kit.Local.CreateIscsiTargetAsync(new() { Name = Second })).Status);
        var two = (await kit.Local.GetProviderDataAsync("iscsit", ProviderType.Port)).Required.Data;
        await using var small = await AdminKit.StartAsync(new StmfOptions { TargetPortsMax = 1 });
        var refused = await small.Local.SetProviderDataAsync("iscsit", ProviderType.Port, two, null);
        Assert.Equal(StmfStatus.NoMem, refused.Status);
        Assert.Empty(await NamesAsync(small));
        Assert.Equal(StmfStatus.NotFound, (await small.Local.GetProviderDataAsync("iscsit", ProviderType.Port)).Status);
    }

    private static async Task<string[]> NamesAsync(AdminKit kit) =>
        [.. (await kit.Local.GetIscsiTargetsAsync()).Required.Select(target => target.Name)];
}
