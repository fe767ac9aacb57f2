using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Scsi;
using static Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Admin.Tests.Verbs;

/// <summary>Disks in standby: made so, imported back, and gone with asymmetric access.</summary>
public abstract class StandbyTests : AdministratorTests
{
    [Fact]
    public async Task LuStandby_ThenImport_IsActiveAgain()
    {
        var disk = await MakeDiskAsync("/disks/a.img");
        Assert.Equal(Success, (await Admin.LuStandbyAsync(disk)).Status);
        Assert.Equal("2", (await Admin.GetLuResourceAsync(disk)).Required.Get(LuProperty.AccessState).Value);
        Assert.Equal(NoPropStandby, (await Admin.GetLuResourceAsync(disk)).Required.Get(LuProperty.Alias).Status);

        var imported = await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/a.img");
        Assert.Equal((Success, disk), (imported.Status, imported.Value));
        Assert.Equal("0", (await Admin.GetLuResourceAsync(disk)).Required.Get(LuProperty.AccessState).Value);
        Assert.Equal(FileInUse, (await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/a.img")).Status);
    }

    [Fact]
    public async Task SetAluaState_Off_DeletesWhatIsNotActive()
    {
        var active = await MakeDiskAsync("/disks/a.img");
        var standing = await MakeDiskAsync("/disks/b.img");
        Assert.Equal(Success, (await Admin.SetAluaStateAsync(new AluaState(true, 0))).Status);
        Assert.Equal(Success, (await Admin.LuStandbyAsync(standing)).Status);
        Assert.Equal(Success, (await Admin.SetAluaStateAsync(new AluaState(false, 0))).Status);
        Assert.Equal([active], (await Admin.GetLogicalUnitListAsync()).Required);
        Assert.Equal(AsymmetricAccessState.ActiveOptimized, Kit.Framework.LogicalUnits.Single().Access);
    }

    [Fact]
    public async Task Apply_AluaOff_DeletesWhatIsNotActive()
    {
        var standing = await MakeDiskAsync("/disks/b.img");
        Assert.Equal(Success, (await Admin.SetAluaStateAsync(new AluaState(true, 0))).Status);
        Assert.Equal(Success, (await Admin.LuStandbyAsync(standing)).Status);
        var off = new ConfigurationDocument { Lunette = 1, Service = new ServiceSection { Alua = false } };
        Assert.Equal(["~ ALUA on -> off"],
            (await Admin.ApplyConfigurationAsync(off, null)).Required.Lines.Select(line => line.ToString()));
        Assert.Empty((await Admin.GetLogicalUnitListAsync()).Required);
    }

    [Fact]
    public async Task ProxyDoor_WhereThereIsNoSecondNode_SaysSo()
    {
        Assert.Equal(InvalidArg, (await Admin.InitProxyDoorAsync(-1)).Status);
        Assert.Equal(PostMsgFailed, (await Admin.PostProxyMsgAsync(1, [0, 0, 0, 1, 1])).Status);
        Assert.Equal(Success, (await Admin.DestroyProxyDoorAsync(1)).Status);
    }
}

/// <summary>In the process.</summary>
public sealed class LocalStandbyTests : StandbyTests
{
    private protected override bool Remote => false;
}

/// <summary>Through the socket.</summary>
public sealed class RemoteStandbyTests : StandbyTests
{
    private protected override bool Remote => true;
}
