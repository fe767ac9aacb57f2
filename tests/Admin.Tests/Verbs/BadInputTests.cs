using Lunette.Admin.Contracts;
using static Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Admin.Tests.Verbs;

/// <summary>In the process.</summary>
public sealed class LocalBadInputTests : BadInputTests
{
    private protected override bool Remote => false;
}

/// <summary>Through the socket.</summary>
public sealed class RemoteBadInputTests : BadInputTests
{
    private protected override bool Remote => true;
}

/// <summary>Names, GUIDs, numbers and texts that cannot be: each has its code, and nothing is changed.</summary>
public abstract class BadInputTests : AdministratorTests
{
    private const LuResourceType NoType = (LuResourceType)1;

    private static readonly Devid s_port = Name("iqn.2026-11.example:client");
    private static readonly StmfGuid s_zero = new(0, 0);
    private static readonly StmfGuid s_otherType = new(5UL << 60, 7);

    /// <summary>256 bytes: of one byte each, and of two.</summary>
    public static TheoryData<string> LongNames =>
        [new string('x', 256), new string('é', 128), new string('x', 100_000)];

    [Theory]
    [MemberData(nameof(LongNames))]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task GroupName_ThatCannotBe_InvalidArgAndNowhereFound(string name)
    {
        Is(InvalidArg, await Admin.CreateHostGroupAsync(name));
        Is(InvalidArg, await Admin.CreateTargetGroupAsync(name));
        Is(NotFound, await Admin.DeleteHostGroupAsync(name));
        Is(NotFound, await Admin.DeleteTargetGroupAsync(name));
        Is(NotFound, await Admin.GetHostGroupMembersAsync(name));
        Is(NotFound, await Admin.GetTargetGroupMembersAsync(name));
        Is(GroupNotFound, await Admin.AddToHostGroupAsync(name, s_port));
        Is(GroupNotFound, await Admin.AddToTargetGroupAsync(name, s_port));
        Is(GroupNotFound, await Admin.RemoveFromHostGroupAsync(name, s_port));
        Is(GroupNotFound, await Admin.RemoveFromTargetGroupAsync(name, s_port));
        var guid = new StmfGuid(6UL << 60, 7);
        Is(InvalidHg, await Admin.AddViewEntryAsync(guid, ViewEntry.ToAll with { HostGroup = name }));
        Is(InvalidTg, await Admin.AddViewEntryAsync(guid, ViewEntry.ToAll with { TargetGroup = name }));
        Is(InvalidHg, await Admin.ValidateViewAsync(ViewEntry.ToAll with { HostGroup = name }));
        Assert.Empty((await Admin.GetHostGroupListAsync()).Required);
        Assert.Empty((await Admin.GetTargetGroupListAsync()).Required);
        Assert.Empty((await Admin.GetLogicalUnitListAsync()).Required);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*all")]
    [InlineData("*x")]
    public async Task GroupName_Reserved_Error(string name)
    {
        Is(Error, await Admin.CreateHostGroupAsync(name));
        Is(Error, await Admin.CreateTargetGroupAsync(name));
        Is(NotFound, await Admin.DeleteHostGroupAsync(name));
        Is(GroupNotFound, await Admin.AddToHostGroupAsync(name, s_port));
        Assert.Empty((await Admin.GetHostGroupListAsync()).Required);
    }

    [Theory]
    [MemberData(nameof(LongNames))]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task ProviderName_ThatCannotBe_InvalidArg(string name)
    {
        const ProviderType Type = ProviderType.LogicalUnit;
        Is(InvalidArg, await Admin.SetProviderDataAsync(name, Type, NameValueList.Empty, null));
        Is(InvalidArg, await Admin.GetProviderDataAsync(name, Type));
        Is(InvalidArg, await Admin.ClearProviderDataAsync(name, Type));
        Is(InvalidArg, await Admin.GetProviderDataAsync("acme", (ProviderType)3));
    }

    [Theory]
    [MemberData(nameof(LongNames))]
    public async Task IscsiNames_TooLong_InvalidArg(string name)
    {
        var iqn = "iqn.2026-11.example:" + name;
        Is(InvalidArg, await Admin.CreateIscsiTargetAsync(new() { Name = iqn }));
        Is(InvalidArg, await Admin.CreateIscsiInitiatorAsync(iqn, new()));
        Is(InvalidArg, await Admin.CreateIscsiPortalGroupAsync(name, ["192.0.2.1"]));
        Is(NotFound, await Admin.DeleteIscsiTargetAsync(iqn, force: true));
        Is(NotFound, await Admin.DeleteIscsiInitiatorAsync(iqn));
        Is(NotFound, await Admin.DeleteIscsiPortalGroupAsync(name, force: true));
        Assert.Empty((await Admin.GetIscsiTargetsAsync()).Required);
        Assert.Empty((await Admin.GetIscsiPortalGroupsAsync()).Required);
    }

    // The default of a port name is no name; only a caller in the process can have it.
    [Fact]
    public async Task PortName_Empty_RefusedEverywhere()
    {
        Is(Success, await Admin.CreateHostGroupAsync("hosts"));
        Is(InvalidArg, await Admin.AddToHostGroupAsync("hosts", default));
        Assert.False((await Admin.OnlineTargetAsync(default)).Succeeded);
        Assert.False((await Admin.GetTargetPropertiesAsync(default)).Succeeded);
        Assert.Empty((await Admin.GetHostGroupMembersAsync("hosts")).Required);
    }

    [Fact]
    public async Task Guid_OfNoLogicalUnit_NotFound()
    {
        foreach (var guid in (StmfGuid[])[s_zero, s_otherType, new(ulong.MaxValue, ulong.MaxValue)])
        {
            Is(NotFound, await Admin.DeleteLuAsync(guid));
            Is(NotFound, await Admin.LuStandbyAsync(guid));
            Is(NotFound, await Admin.OnlineLogicalUnitAsync(guid));
            Is(NotFound, await Admin.OfflineLogicalUnitAsync(guid));
            Is(NotFound, await Admin.GetLogicalUnitPropertiesAsync(guid));
            Is(NotFound, await Admin.GetLuResourceAsync(guid));
            Is(NotFound, await Admin.ModifyLuAsync(guid, LuProperty.Alias, "a"));
            Is(NotFound, await Admin.RemoveViewEntryAsync(guid, 0));
            Assert.Empty((await Admin.GetViewEntryListAsync(guid)).Required);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("6")]
    [InlineData("600144F04E086D08000058255D13000")]
    [InlineData("600144F04E086D08000058255D1300033")]
    [InlineData("600144F04E086D08000058255D13000G")]
    [InlineData("500144F04E086D08000058255D130003")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("-00144F04E086D08000058255D130003")]
    public async Task Guid_Malformed_RefusedAtCreation(string text)
    {
        var resource = new LuResource();
        resource.Set(LuProperty.Filename, "/disks/a.img");
        var set = resource.Set(LuProperty.Guid, text);
        Is(text.Length == StmfGuid.TextLength ? InvalidArg : InvalidPropSize, set);
        Assert.Equal(NoProp, resource.Get(LuProperty.Guid).Status);
        Assert.Empty((await Admin.GetLogicalUnitListAsync()).Required);
    }

    [Theory]
    [MemberData(nameof(LongNames))]
    public async Task Alias_MoreThan255Bytes_InvalidPropSize(string text)
    {
        var disk = await MakeDiskAsync();
        Is(InvalidPropSize, await Admin.ModifyLuAsync(disk, LuProperty.Alias, text));
        Is(InvalidPropSize, await Admin.ModifyLuByFileNameAsync(
            LuResourceType.Disk, "/disks/a.img", LuProperty.Alias, text));
        Is(InvalidPropSize, new LuResource().Set(LuProperty.Alias, text));
        Assert.Equal("/disks/a.img", (await Admin.GetLogicalUnitPropertiesAsync(disk)).Required.Alias);
    }

    [Fact]
    public async Task Numbers_OutOfRange_InvalidArg()
    {
        var disk = await MakeDiskAsync();
        Is(InvalidArg, await Admin.AddViewEntryAsync(disk, ViewEntry.ToAll with { Lun = 16384 }));
        Is(InvalidArg, await Admin.ValidateViewAsync(ViewEntry.ToAll with { Lun = ushort.MaxValue }));
        Is(NotFound, await Admin.RemoveViewEntryAsync(disk, uint.MaxValue));
        Is(InvalidArg, await Admin.ImportLuAsync(NoType, "/disks/a.img"));
        Is(InvalidArg, await Admin.ImportLuAsync(LuResourceType.Disk, ""));
        Is(InvalidArg, await Admin.ModifyLuByFileNameAsync(NoType, "/disks/a.img", LuProperty.Alias, "a"));
        Is(InvalidArg, await Admin.GetGlobalLuPropAsync(NoType, LuProperty.MgmtUrl));
        Is(InvalidArg, await Admin.SetGlobalLuPropAsync(NoType, LuProperty.MgmtUrl, ""));
        Is(InvalidProp, await Admin.ModifyLuAsync(disk, (LuProperty)99, "a"));
        Is(InvalidArg, await Admin.GetStmfPropAsync((StmfProperty)9));
        Is(InvalidArg, await Admin.SetStmfPropAsync((StmfProperty)9, "online"));
        Is(InvalidArg, await Admin.SetPersistMethodAsync((PersistMethod)9));
        Is(InvalidArg, await Admin.SetAluaStateAsync(new AluaState(true, uint.MaxValue)));
    }

    // A copy of a disk carries its GUID: while the disk is there the copy is refused, and the disk's place stands.
    [Fact]
    public async Task ImportLu_CopyOfADiskThatIsThere_GuidInUseAndTheDiskStays()
    {
        var disk = await MakeDiskAsync("/disks/a.img");
        Kit.Disks.Copy("/disks/a.img", "/disks/copy.img");
        Is(GuidInUse, await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/copy.img"));
        await Kit.RestartAsync();
        Is(FileInUse, await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/a.img"));
        Is(GuidInUse, await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/copy.img"));
        Assert.Equal([disk], (await Admin.GetLogicalUnitListAsync()).Required);
    }
}
