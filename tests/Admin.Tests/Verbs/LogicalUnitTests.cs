using Lunette.Admin.Contracts;
using static Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Admin.Tests.Verbs;

public sealed class LocalLogicalUnitTests : LogicalUnitTests
{
    private protected override bool Remote => false;
}

public sealed class RemoteLogicalUnitTests : LogicalUnitTests
{
    private protected override bool Remote => true;
}

public abstract class LogicalUnitTests : AdministratorTests
{
    [Fact]
    public async Task CreateLu_WithoutAFile_MissingPropVal() =>
        Is(MissingPropVal, await Admin.CreateLuAsync(new LuResource()));

    [Fact]
    public async Task CreateLu_FileOrGuidTaken_Codes()
    {
        var disk = await MakeDiskAsync("/disks/a.img");
        var again = new LuResource();
        again.Set(LuProperty.Filename, "/disks/../disks/a.img");
        var refused = await Admin.CreateLuAsync(again);
        Is(FileInUse, refused);
        var imported = await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/a.img");
        Is(FileInUse, imported);
        Assert.Equal(disk, imported.Value);
        var twin = new LuResource();
        twin.Set(LuProperty.Filename, "/disks/b.img");
        twin.Set(LuProperty.Guid, disk.ToString());
        Is(GuidInUse, await Admin.CreateLuAsync(twin));
        Assert.Equal([disk], (await Admin.GetLogicalUnitListAsync()).Required);
    }

    [Fact]
    public async Task DeleteLu_KeepsViewsAndData()
    {
        var disk = await MakeDiskAsync();
        Is(Success, await Admin.AddViewEntryAsync(disk, ViewEntry.ToAll));
        Is(Success, await Admin.DeleteLuAsync(disk));
        Assert.Equal(LogicalUnitState.Unregistered, (await Admin.GetLogicalUnitPropertiesAsync(disk)).Required.Status);
        Is(NotFound, await Admin.DeleteLuAsync(disk));
        Assert.Equal(disk, (await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/a.img")).Required);
        Assert.Single((await Admin.GetViewEntryListAsync(disk)).Required);
    }

    [Fact]
    public async Task OfflineLogicalUnit_AndBack_StateFollows()
    {
        var disk = await MakeDiskAsync();
        var id = Kit.Framework.LogicalUnits.Single().LogicalUnit.Id;
        await Kit.Framework.WaitForLogicalUnitAsync(id, true, TestContext.Current.CancellationToken);
        Is(Success, await Admin.OfflineLogicalUnitAsync(disk));
        await Kit.Framework.WaitForLogicalUnitAsync(id, false, TestContext.Current.CancellationToken);
        Assert.Equal(LogicalUnitState.Offline, (await Admin.GetLogicalUnitPropertiesAsync(disk)).Required.Status);
        Is(Success, await Admin.OnlineLogicalUnitAsync(disk));
        await Kit.Framework.WaitForLogicalUnitAsync(id, true, TestContext.Current.CancellationToken);
        Assert.Equal(LogicalUnitState.Online, (await Admin.GetLogicalUnitPropertiesAsync(disk)).Required.Status);
        Assert.True(StmfGuid.TryParse(new string('6', 32), out var stranger));
        Is(NotFound, await Admin.OfflineLogicalUnitAsync(stranger));
        Is(NotFound, await Admin.OnlineLogicalUnitAsync(stranger));
    }

    [Theory]
    [InlineData(LuProperty.Alias, "new", Success)]
    [InlineData(LuProperty.Size, "2g", Success)]
    [InlineData(LuProperty.MgmtUrl, "http://192.0.2.1/", Success)]
    [InlineData(LuProperty.WriteProtect, "True", Success)]
    [InlineData(LuProperty.WriteCacheDisable, "false", Success)]
    [InlineData(LuProperty.Vid, "ACME", InvalidProp)]
    [InlineData(LuProperty.Guid, "600144F04E086D08000058255D130003", InvalidProp)]
    [InlineData(LuProperty.AccessState, "0", InvalidProp)]
    [InlineData(LuProperty.Size, "huge", InvalidArg)]
    public async Task ModifyLu_OnlyFiveProperties(LuProperty property, string value, StmfStatus expected)
    {
        var disk = await MakeDiskAsync();
        Is(expected, await Admin.ModifyLuAsync(disk, property, value));
        Is(expected, await Admin.ModifyLuByFileNameAsync(LuResourceType.Disk, "/disks/a.img", property, value));
        if (expected != Success) return;
        var normal = LuPropertyRow.Find(property)!.Check(value).Required;
        Assert.Equal(normal, (await Admin.GetLuResourceAsync(disk)).Required.Get(property).Required);
    }

    [Fact]
    public async Task ModifyLu_Stranger_NotFound()
    {
        Assert.True(StmfGuid.TryParse(new string('6', 32), out var stranger));
        Is(NotFound, await Admin.ModifyLuAsync(stranger, LuProperty.Alias, "a"));
        Is(NotFound, await Admin.GetLuResourceAsync(stranger));
        Is(NotFound, await Admin.LuStandbyAsync(stranger));
    }

    [Fact]
    public async Task LuStandby_Disk_OnlyAccessStateIsReadable()
    {
        var disk = await MakeDiskAsync();
        Is(Success, await Admin.LuStandbyAsync(disk));
        var resource = (await Admin.GetLuResourceAsync(disk)).Required;
        Assert.Equal("2", resource.Get(LuProperty.AccessState).Required);
        Is(NoPropStandby, resource.Get(LuProperty.Size));
    }

    [Fact]
    public async Task GlobalLuProp_OnlyTheManagementUrl()
    {
        Is(NoProp, await Admin.GetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl));
        Is(InvalidProp, await Admin.SetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.Alias, "a"));
        Is(Success, await Admin.SetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl, "http://192.0.2.1/"));
        Assert.Equal(
            "http://192.0.2.1/", (await Admin.GetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl)).Required);
        Is(Success, await Admin.SetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl, ""));
        Is(NoProp, await Admin.GetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl));
    }
}
