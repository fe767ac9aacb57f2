using System.Text.Json;
using Lunette.Cli.Itadm;
using Lunette.Cli.Sbdadm;
using Lunette.Cli.Stmfadm;

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
    public async Task EveryList_OfTheTree_TakesJsonAndWritesIt()
    {
        await DoAsync($"itadm create-target -n {Target}");
        await DoAsync("itadm create-tpg front 192.0.2.1");
        await DoAsync("itadm create-initiator -u backup iqn.2026-11.example:client");
        var guid = (await DoAsync("stmfadm create-lu /disks/one")).Trim()[^32..];
        await DoAsync($"stmfadm add-view {guid}");
        await DoAsync("stmfadm create-hg hosts");
        await DoAsync("stmfadm create-tg targets");
        var lists = Lists();
        Assert.True(lists.Length >= 21, string.Join(", ", lists));
        foreach (var list in lists)
        {
            // The one list that must be told of what.
            var of = list == "stmfadm list-view" ? $" -l {guid}" : "";
            var ran = await RunAsync($"{list} --json{of}");
            Assert.True(ran is { Exit: 0, Error: "" }, $"{list}: {ran.Error}");
            using var document = JsonDocument.Parse(ran.Output);
            Assert.True(document.RootElement.ValueKind is JsonValueKind.Array or JsonValueKind.Object, list);
        }
    }

    [Theory]
    [InlineData("status")]
    [InlineData("stats disks")]
    [InlineData("stats sessions")]
    [InlineData("top --once")]
    [InlineData("history")]
    [InlineData("trace")]
    [InlineData("slow")]
    [InlineData("errpt")]
    public Task Report_AsJson_IsJson(string report) => JsonAsync(report);

    [Fact]
    public async Task List_OneIsNotThere_TheOthersAndExitOne()
    {
        var ran = await RunAsync("stmfadm list-hg --json nobody");
        Assert.Equal((1, "[]\n", "stmfadm: nobody: not found\n"), (ran.Exit, ran.Output, ran.Error));
    }

    private static string[] Lists()
    {
        var terminal = new Terminal(TextWriter.Null, TextWriter.Null, _ => null, TimeProvider.System);
        var runner = new CommandRunner(terminal, (_, _) => Task.FromResult(0));
        var tree = CommandLine.MakeTree(
            runner, [StmfadmCommand.Make(runner), SbdadmCommand.Make(runner), ItadmCommand.Make(runner)]);
        return
        [
            .. from noun in tree.Subcommands
               from verb in noun.Subcommands
               where verb.Name == "list" || verb.Name.StartsWith("list-", StringComparison.Ordinal)
               select $"{noun.Name} {verb.Name}",
        ];
    }

    private async Task<JsonElement> JsonAsync(string line)
    {
        using var document = JsonDocument.Parse(await DoAsync(line + " --json"));
        return document.RootElement.Clone();
    }
}
