using System.Text.Json;

namespace Lunette.Cli.Tests;

/// <summary>Every list as JSON.</summary>
public sealed class JsonTests : CommandTests
{
    private const string Target = "iqn.2026-11.example:t";

    [Fact]
    public async Task Lists_Empty_AreEmptyArrays()
    {
        string[] lists =
        [
            "stmfadm list-target", "stmfadm list-lu", "stmfadm list-hg", "stmfadm list-tg", "sbdadm list-lu",
            "itadm list-target", "itadm list-tpg", "itadm list-initiator",
        ];
        foreach (var list in lists) Assert.Equal("[]\n", await DoAsync(list + " --json"));
    }

    [Fact]
    public async Task Lists_Filled_CarryTheNouns()
    {
        await DoAsync($"itadm create-target -n {Target}");
        await Kit.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        var guid = (await DoAsync("stmfadm create-lu -p alias=one /disks/one")).Trim()[^32..];
        await DoAsync($"stmfadm add-view {guid}");
        await DoAsync("stmfadm create-hg hosts");
        await DoAsync("stmfadm add-hg-member -g hosts iqn.2026-11.example:client");

        var target = (await JsonAsync("stmfadm list-target"))[0].GetProperty("target");
        Assert.Equal(Target, target.GetProperty("devid").GetString());
        Assert.Equal("Online", target.GetProperty("status").GetString());
        var unit = (await JsonAsync($"stmfadm list-lu {guid}"))[0];
        Assert.Equal("one", unit.GetProperty("properties").GetProperty("alias").GetString());
        Assert.Equal(0, unit.GetProperty("views")[0].GetProperty("lun").GetInt32());
        Assert.Equal(0, (await JsonAsync($"stmfadm list-view -l {guid}"))[0].GetProperty("index").GetInt32());
        var group = (await JsonAsync("stmfadm list-hg"))[0];
        Assert.Equal("iqn.2026-11.example:client", group.GetProperty("members")[0].GetString());
        Assert.Equal("Online", (await JsonAsync("stmfadm list-state")).GetProperty("state")
            .GetProperty("operational").GetString());
        Assert.Equal(Target, (await JsonAsync("itadm list-target"))[0].GetProperty("name").GetString());
        Assert.Equal("None", (await JsonAsync("itadm list-defaults")).GetProperty("authentication").GetString());
        Assert.Equal("test", (await JsonAsync("status")).GetProperty("version").GetString());
    }

    [Fact]
    public async Task List_OneIsNotThere_TheOthersAndExitOne()
    {
        var ran = await RunAsync("stmfadm list-hg --json nobody");
        Assert.Equal((1, "[]\n", "stmfadm: nobody: not found\n"), (ran.Exit, ran.Output, ran.Error));
    }

    private async Task<JsonElement> JsonAsync(string line)
    {
        using var document = JsonDocument.Parse(await DoAsync(line + " --json"));
        return document.RootElement.Clone();
    }
}
