using Lunette.Admin.Contracts;
using static Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Admin.Tests.Verbs;

public sealed class LocalServiceTests : ServiceTests
{
    private protected override bool Remote => false;
}

public sealed class RemoteServiceTests : ServiceTests
{
    private protected override bool Remote => true;
}

public abstract class ServiceTests : AdministratorTests
{
    [Fact]
    public async Task Service_OfflineLoadOnline_Codes()
    {
        Assert.Equal(new StmfState(ServiceState.Online, ConfigState.InitDone), (await Admin.GetStateAsync()).Required);
        Is(ServiceOnline, await Admin.OnlineAsync());
        Is(ServiceOnline, await Admin.LoadConfigAsync());
        Is(Success, await Admin.OfflineAsync());
        await Kit.Framework.WaitForServiceAsync(TestContext.Current.CancellationToken);
        Is(ServiceOffline, await Admin.OfflineAsync());
        Is(Success, await Admin.LoadConfigAsync());
        Is(Success, await Admin.OnlineAsync());
    }

    [Fact]
    public async Task Configuration_AfterARestart_IsTheSame()
    {
        var target = await MakeTargetAsync();
        var disk = await MakeDiskAsync();
        var broken = await MakeDiskAsync("/disks/gone.img");
        Is(Success, await Admin.CreateHostGroupAsync("hosts"));
        Is(Success, await Admin.AddToHostGroupAsync("hosts", Name("iqn.2026-11.example:client")));
        Is(Success, await Admin.AddViewEntryAsync(disk, ViewEntry.ToAll with { HostGroup = "hosts", Lun = 5 }));
        Is(Success, await Admin.AddViewEntryAsync(broken, ViewEntry.ToAll));
        Is(Success, await Admin.SetAluaStateAsync(new AluaState(true, 1)));
        Kit.Disks.Missing["/disks/gone.img"] = true;
        await Kit.RestartAsync();
        Assert.Equal([target], (await Admin.GetTargetListAsync()).Required);
        Assert.Equal(
            TargetPortState.Online, (await Admin.GetTargetPropertiesAsync(target)).Required.Status);
        Assert.Equal([new ViewEntry(0, "hosts", null, 5)], (await Admin.GetViewEntryListAsync(disk)).Required);
        Assert.Equal(LogicalUnitState.Online, (await Admin.GetLogicalUnitPropertiesAsync(disk)).Required.Status);
        Assert.Equal(new AluaState(true, 1), (await Admin.GetAluaStateAsync()).Required);
        // A disk that cannot be opened is not forgotten: its view stands, and it comes back with its file.
        Assert.Equal(
            LogicalUnitState.Unregistered, (await Admin.GetLogicalUnitPropertiesAsync(broken)).Required.Status);
        Kit.Disks.Missing.Clear();
        await Kit.RestartAsync();
        Assert.Equal(LogicalUnitState.Online, (await Admin.GetLogicalUnitPropertiesAsync(broken)).Required.Status);
    }

    // An offline that was asked for by hand is not kept; the default state is.
    [Fact]
    public async Task DefaultStates_AfterARestart_DecideWhatComesOnline()
    {
        var target = await MakeTargetAsync();
        Is(Success, await Admin.OfflineTargetAsync(target));
        await Kit.RestartAsync();
        Assert.Equal(TargetPortState.Online, (await Admin.GetTargetPropertiesAsync(target)).Required.Status);
        Is(InvalidArg, await Admin.SetStmfPropAsync(StmfProperty.DefaultTargetPortState, "perhaps"));
        Is(Success, await Admin.SetStmfPropAsync(StmfProperty.DefaultTargetPortState, "offline"));
        Assert.Equal("offline", (await Admin.GetStmfPropAsync(StmfProperty.DefaultTargetPortState)).Required);
        Assert.Equal("online", (await Admin.GetStmfPropAsync(StmfProperty.DefaultLuState)).Required);
        await Kit.RestartAsync();
        Assert.Equal(TargetPortState.Offline, (await Admin.GetTargetPropertiesAsync(target)).Required.Status);
    }

    [Fact]
    public async Task PersistMethod_None_ARestartForgets()
    {
        Is(Success, await Admin.CreateHostGroupAsync("kept"));
        Assert.Equal(PersistMethod.Smf, (await Admin.GetPersistMethodAsync()).Required);
        Is(InvalidArg, await Admin.SetPersistMethodAsync((PersistMethod)3));
        Is(Success, await Admin.SetPersistMethodAsync(PersistMethod.None));
        Is(Success, await Admin.CreateHostGroupAsync("forgotten"));
        await Kit.RestartAsync();
        Assert.Empty((await Admin.GetHostGroupListAsync()).Required);
        Is(Success, await Admin.CreateHostGroupAsync("now"));
        Is(Success, await Admin.SetPersistMethodAsync(PersistMethod.Smf));
        await Kit.RestartAsync();
        Assert.Equal(["now"], (await Admin.GetHostGroupListAsync()).Required);
    }

    [Fact]
    public async Task ProviderData_Token_StaleIsRefused()
    {
        Is(NotFound, await Admin.GetProviderDataAsync("acme", ProviderType.LogicalUnit));
        Is(NotFound, await Admin.ClearProviderDataAsync("acme", ProviderType.LogicalUnit));
        var data = NameValueList.Empty.With("a", "1").With("list", NameValueList.Empty.With("n", 42));
        var token = (await Admin.SetProviderDataAsync("acme", ProviderType.LogicalUnit, data, null)).Required;
        var read = (await Admin.GetProviderDataAsync("acme", ProviderType.LogicalUnit)).Required;
        Assert.Equal(token, read.Token);
        Assert.Equal("1", read.Data.FindText("a"));
        Assert.Equal(42UL, read.Data.FindList("list")!.Find("n")!.Unsigned);
        var next = (await Admin.SetProviderDataAsync("acme", ProviderType.LogicalUnit, data, token)).Required;
        Assert.NotEqual(token, next);
        Is(ProvDataStale, await Admin.SetProviderDataAsync("acme", ProviderType.LogicalUnit, data, token));
        Is(Success, await Admin.SetProviderDataAsync("acme", ProviderType.LogicalUnit, data, null));
        Assert.Contains(
            new Provider(ProviderType.LogicalUnit, "acme"), (await Admin.GetProviderDataListAsync()).Required);
        Is(Success, await Admin.ClearProviderDataAsync("acme", ProviderType.LogicalUnit));
        Is(NotFound, await Admin.GetProviderDataAsync("acme", ProviderType.LogicalUnit));
    }

    [Fact]
    public async Task ProviderData_OfIscsit_WrittenDirectly_IsCarriedOut()
    {
        var target = await MakeTargetAsync();
        var read = (await Admin.GetProviderDataAsync("iscsit", ProviderType.Port)).Required;
        var wrong = read.Data.With("auth", "magic");
        Is(InvalidArg, await Admin.SetProviderDataAsync("iscsit", ProviderType.Port, wrong, read.Token));
        var none = read.Data.With("targets", (NameValueList?)null);
        Is(Success, await Admin.SetProviderDataAsync("iscsit", ProviderType.Port, none, read.Token));
        Assert.DoesNotContain(target, (await Admin.GetTargetListAsync()).Required);
        Is(Success, await Admin.SetProviderDataAsync("iscsit", ProviderType.Port, read.Data, null));
        Assert.Contains(target, (await Admin.GetTargetListAsync()).Required);
    }

    [Fact]
    public async Task AluaState_NodeTwo_InvalidArg() =>
        Is(InvalidArg, await Admin.SetAluaStateAsync(new AluaState(true, 2)));
}
