using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Observability;
using static Lunette.Admin.Contracts.StmfStatus;
using ProviderType = Lunette.Admin.Contracts.ProviderType;
using StoredType = Lunette.Stmf.Configuration.ProviderType;

namespace Lunette.Admin.Tests.Verbs;

public sealed class LocalDiskRecordTests : DiskRecordTests
{
    private protected override bool Remote => false;
}

public sealed class RemoteDiskRecordTests : DiskRecordTests
{
    private protected override bool Remote => true;
}

/// <summary>What sbd remembers of its disks.</summary>
public abstract class DiskRecordTests : AdministratorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProviderData_OfSbd_DisksStandInItAndCanBeReplaced()
    {
        var disk = await MakeDiskAsync();
        Is(Success, await Admin.SetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl, "http://example"));
        var read = (await Admin.GetProviderDataAsync("sbd", ProviderType.LogicalUnit)).Required;
        Assert.Equal("http://example", read.Data.FindText("mgmt-url"));
        var remembered = Assert.Single(read.Data.FindList("disks")!.Values);
        Assert.Equal(("/disks/a.img", true), (remembered.Text, StmfGuid.TryParse(remembered.Name, out var guid)));
        Assert.Equal(disk, guid);

        var wrong = read.Data.With("disks", NameValueList.Empty.With("no guid", "/disks/b.img"));
        Is(InvalidArg, await Admin.SetProviderDataAsync("sbd", ProviderType.LogicalUnit, wrong, read.Token));
        var moved = read.Data.With("disks", NameValueList.Empty.With(remembered.Name, "/disks/b.img"));
        Is(Success, await Admin.SetProviderDataAsync("sbd", ProviderType.LogicalUnit, moved, read.Token));
        Is(ProvDataStale, await Admin.SetProviderDataAsync("sbd", ProviderType.LogicalUnit, moved, read.Token));
        var again = (await Admin.GetProviderDataAsync("sbd", ProviderType.LogicalUnit)).Required;
        Assert.Equal("/disks/b.img", again.Data.FindList("disks")!.FindText(remembered.Name));
    }

    [Fact]
    public async Task ProviderData_DisksAmongTheSettings_AreMovedToTheirPlaceAtTheNextStart()
    {
        var disk = await MakeDiskAsync();
        var old = NameValueList.Empty.With("disks", NameValueList.Empty.With(disk.ToString(), "/disks/a.img"));
        var sbd = new ProviderKey(StoredType.LogicalUnit, "sbd");
        var bytes = JsonSerializer.SerializeToUtf8Bytes(old, AdminJson.Default.NameValueList);
        Assert.True((await Kit.Framework.ClearProviderDataAsync(sbd, Stop)).Succeeded);
        Assert.True((await Kit.Framework.SetProviderDataAsync(sbd, bytes, stop: Stop)).Succeeded);
        await Kit.RestartAsync();
        Is(Success, await Admin.GetLuResourceAsync(disk));
        Assert.Single(Kit.Framework.Configuration.EntriesOf(sbd));
        Is(FileInUse, await Admin.ImportLuAsync(LuResourceType.Disk, "/disks/a.img"));
    }

    // A change was cut off while the disk's file was away: what the disk was is put back when the file is there again.
    [Theory]
    [InlineData("import")]
    [InlineData("restart")]
    [InlineData("said anew")]
    public async Task CutOff_FileIsAway_TakenBackWhenItIsThereUnlessSomebodySaysOtherwise(string comesBackBy)
    {
        const string File = "/disks/a.img";
        var disk = await MakeDiskAsync(File);
        Is(Success, await Admin.ModifyLuAsync(disk, LuProperty.Alias, "half way"));
        Kit.Disks.Missing[File] = true;
        Kit.ChangeStore(
            $"INSERT INTO disk_journal (path, property, value) VALUES ('{File}', {(int)LuProperty.Alias}, 'old')");
        await Kit.RestartAsync();
        Is(NotFound, await Admin.GetLuResourceAsync(disk));
        Kit.Disks.Missing.Clear();
        if (comesBackBy == "import")
        {
            Is(Success, await Admin.DeleteLuAsync(disk));
            Is(Success, await Admin.ImportLuAsync(LuResourceType.Disk, File));
        }
        else
        {
            if (comesBackBy == "said anew")
                Is(Success, await Admin.ModifyLuByFileNameAsync(LuResourceType.Disk, File, LuProperty.Alias, "new"));
            await Kit.RestartAsync();
        }
        var alias = (await Admin.GetLuResourceAsync(disk)).Required.Get(LuProperty.Alias).Value;
        Assert.Equal(comesBackBy == "said anew" ? "new" : "old", alias);
        Is(Success, await Admin.ModifyLuAsync(disk, LuProperty.Alias, "last"));
        await Kit.RestartAsync();
        Assert.Equal("last", (await Admin.GetLuResourceAsync(disk)).Required.Get(LuProperty.Alias).Value);
    }

    [Fact]
    public async Task CreateLu_ManyThere_OneMoreIsOneSmallChange()
    {
        for (var i = 0; i < 100; i++) await MakeDiskAsync($"/disks/{i}.img");
        using var events = Kit.Framework.Subscribe();
        await MakeDiskAsync("/disks/more.img");
        ConfigurationChanged? changed = null;
        while (changed is null) changed = await events.Reader.ReadAsync(Stop) as ConfigurationChanged;
        Assert.IsType<ProviderEntrySet>(Assert.Single(changed.Changes));
    }
}
