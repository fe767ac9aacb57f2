using System.Text.Json;

namespace Lunette.Cli.Tests;

/// <summary>lunette service, provider and view: what the classic commands do not offer.</summary>
public sealed class ServiceTests : CommandTests
{
    private const string Target = "iqn.2026-11.example:t";
    private const string Nobody = "600144F0000000000000000000000001";

    [Fact]
    public async Task Service_OfflineLoadOnline_IsWhatItIsTold()
    {
        await DoAsync($"target create -n {Target}");
        await Kit.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        await FailsAsync("service load", "lunette: STMF service must be offline");
        await DoAsync("service offline");
        await FailsAsync("service offline", "lunette: STMF service is offline");
        Assert.Contains("Offline", await DoAsync("target list"), StringComparison.Ordinal);
        await DoAsync("service load");
        await DoAsync("service modify --default-target-state offline");
        await DoAsync("service online");
        Assert.Contains("Offline", await DoAsync("target list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_Modified_ShowsIt()
    {
        await DoAsync("service modify --default-disk-state offline --mgmt-url http://example/ --alua on --node 1");
        Assert.Equal("""
            SERVICE
            state                 Online
            configuration         loaded
            default disk state    offline
            default target state  online
            changes               are kept
            asymmetric access     on, this is node 1
            management URL        http://example/

            """, await DoAsync("service list"));
        await DoAsync("service modify --persist none --alua off");
        using var json = JsonDocument.Parse(await DoAsync("service list --json"));
        Assert.Equal("None", json.RootElement.GetProperty("persist").GetString());
        Assert.False(json.RootElement.GetProperty("alua").GetProperty("enabled").GetBoolean());
        await FailsAsync("service modify", "lunette: nothing to modify: see --help");
        Assert.Equal(1, (await RunAsync("service modify --default-disk-state on")).Exit);
    }

    [Fact]
    public async Task ViewList_NoDiskNamed_AllOfThem()
    {
        var one = (await DoAsync("disk create -p alias=one /disks/one")).Trim()[^32..];
        var two = (await DoAsync("disk create -p alias=two /disks/two")).Trim()[^32..];
        await DoAsync("host-group create hosts");
        await DoAsync($"view add {one}");
        await DoAsync($"view add -h hosts -n 7 {two}");
        var rows = (await DoAsync("view list")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("DISK                              VIEW  LUN  HOST GROUP  TARGET GROUP  ALIAS", rows[0]);
        Assert.Equal($"{one}     0    0  all         all           one", rows[1]);
        Assert.Equal($"{two}     0    7  hosts       all           two", rows[2]);
        Assert.Equal([rows[0], rows[2]], (await DoAsync($"view list -l {two}")).Trim().Split('\n'));
        using var json = JsonDocument.Parse(await DoAsync("view list --json"));
        Assert.Equal([one, two], json.RootElement.EnumerateArray().Select(row => row.GetProperty("disk").GetString()));
        await FailsAsync($"view list -l {Nobody}", $"lunette: {Nobody}: no views found");
    }

    [Fact]
    public async Task ViewCheck_LunFreeOrTaken_SaysSo()
    {
        var one = (await DoAsync("disk create /disks/one")).Trim()[^32..];
        Assert.Equal("LUN 0 is free\n", await DoAsync("view check"));
        await DoAsync($"view add {one}");
        Assert.Equal("LUN 1 is free\n", await DoAsync("view check"));
        await FailsAsync("view check -n 0", "lunette: 0: LUN already in use");
        await FailsAsync("view check -h nobody", "lunette: nobody: invalid host group");
        await FailsAsync("view check -n 16384", "lunette: 16384: invalid logical unit number: 0 to 16383");
    }

    // stmfadm says nothing, as it always did.
    [Fact]
    public async Task ViewAdd_GuidOfNoDisk_TakenAndSaid()
    {
        Assert.Equal("", await DoAsync($"stmfadm add-view {Nobody}"));
        await DoAsync($"stmfadm remove-view -l {Nobody} -a");
        var ran = await RunAsync($"view add {Nobody}");
        Assert.Equal(
            (0, $"lunette: there is no disk {Nobody} yet; initiators see it here as soon as there is one\n"),
            (ran.Exit, ran.Error));
    }

    [Fact]
    public async Task Provider_ShownAndSetAgain_TokenGuards()
    {
        await DoAsync($"target create -n {Target}");
        Assert.Equal("PROVIDER  TYPE\niscsit    port\n", await DoAsync("provider list"));
        var folder = Directory.CreateTempSubdirectory("lunette-cli-");
        try
        {
            var file = Path.Combine(folder.FullName, "data.json");
            await File.WriteAllTextAsync(
                file, await DoAsync("provider show iscsit"), TestContext.Current.CancellationToken);
            await DoAsync($"target create -n {Target}2");
            await FailsAsync(
                $"provider set iscsit {file}", "lunette: iscsit: provider data was changed by somebody else");
            await DoAsync($"provider set --force iscsit {file}");
            Assert.DoesNotContain($"{Target}2", await DoAsync("target list"), StringComparison.Ordinal);
            await DoAsync("provider clear iscsit");
            await FailsAsync("provider show iscsit", "lunette: iscsit: not found");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Complaint_VeryLongName_IsCut()
    {
        var ran = await RunAsync($"target offline iqn.2026-11.example:{new string('x', 5000)}");
        Assert.Equal(1, ran.Exit);
        Assert.InRange(ran.Error.Length, 100, 400);
        Assert.Contains("(5020 characters)", ran.Error, StringComparison.Ordinal);
        Assert.InRange((await RunAsync("target " + new string('y', 5000))).Error.Length, 100, 1500);
    }

    [Fact]
    public async Task MistypedOption_Nearest_IsSuggested()
    {
        var ran = await RunAsync("target list --verbos");
        Assert.Contains("did you mean 'lunette target list --verbose'?", ran.Error, StringComparison.Ordinal);
    }
}
