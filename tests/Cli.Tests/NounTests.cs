using Lunette.Testing;

namespace Lunette.Cli.Tests;

/// <summary>lunette's own form of the verbs, its suggestions and its completions.</summary>
public sealed class NounTests : CommandTests
{
    private const string Target = "iqn.2026-11.example:t";

    [Fact]
    public async Task Nouns_SameVerbs_SameResults()
    {
        Assert.Equal($"Target {Target} successfully created\n", await DoAsync($"target create -n {Target}"));
        await Kit.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        Assert.Equal(await DoAsync("stmfadm list-target -v"), await DoAsync("target list -v"));
        await DoAsync($"target offline {Target}");
        await DoAsync($"target online {Target}");
        var guid = (await DoAsync("disk create /disks/one")).Trim()[^32..];
        await DoAsync("host-group create hosts");
        await DoAsync("host-group add -g hosts iqn.2026-11.example:client");
        await DoAsync($"view add -h hosts {guid}");
        Assert.Contains($"{guid}     0    0  hosts", await DoAsync($"view list -l {guid}"), StringComparison.Ordinal);
        Assert.StartsWith("[", await DoAsync("disk list --json"), StringComparison.Ordinal);
        await FailsAsync("target offline iqn.2026-11.example:x", "lunette: iqn.2026-11.example:x: not found");
    }

    [Fact]
    public async Task Lists_Bare_AreTables()
    {
        await DoAsync($"target create -n {Target} -l shelf");
        await Kit.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        Assert.Equal("""
            TARGET                 STATE   SESSIONS  ALIAS  PORTAL GROUPS
            iqn.2026-11.example:t  Online         0  shelf  default

            """, await DoAsync("target list"));
        var guid = (await DoAsync("disk create /disks/one")).Trim()[^32..];
        Assert.True(Stmf.Contracts.LogicalUnitId.TryParse(guid, out var id));
        await Kit.Framework.WaitForLogicalUnitAsync(id, online: true, TestContext.Current.CancellationToken);
        var disks = (await DoAsync("disk list")).Split('\n');
        Assert.Equal("DISK                              STATE    SIZE  BLOCK  VIEWS  ALIAS  FILE", disks[0]);
        Assert.Equal($"{guid}  Online  40GiB   4096      0      -  /disks/one", disks[1]);
        await DoAsync("host-group create hosts");
        await DoAsync("host-group add -g hosts iqn.2026-11.example:a iqn.2026-11.example:b");
        Assert.Equal("""
            HOST GROUP  MEMBERS
            hosts       iqn.2026-11.example:a iqn.2026-11.example:b

            """, await DoAsync("host-group list"));
        Assert.Equal("PORTAL GROUP  TAG  PORTALS\n", await DoAsync("portal-group list"));
        Assert.Equal("INITIATOR  CHAP USER  SECRET\n", await DoAsync("initiator list"));
    }

    [Fact]
    public async Task Lists_NamesThatWouldMoveATerminal_StayOnTheirLine()
    {
        var guid = (await DoAsync("disk create -p alias=a\nb\u001b[2J /disks/one")).Trim()[^32..];
        Assert.Contains("a?b?[2J  /disks/one\n", await DoAsync("disk list"), StringComparison.Ordinal);
        Assert.Contains(": a?b?[2J\n", await DoAsync($"disk list -v {guid}"), StringComparison.Ordinal);
    }

    // The verb leaves view entries, the command takes them along.
    [Theory]
    [InlineData("stmfadm delete-lu")]
    [InlineData("sbdadm delete-lu")]
    [InlineData("disk delete")]
    public async Task Delete_Help_SaysWhatGoesAndWhatStays(string command) => Assert.Contains(
        "unless told otherwise, their view entries; their data stay", await DoAsync($"{command} --help"),
        StringComparison.Ordinal);

    [Fact]
    public async Task NothingSaid_WhereToBegin()
    {
        var output = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, TextWriter.Null, _ => null, TimeProvider.System) { Program = "./lunette" };
        var exit = await CommandLine.RunAsync(
            "lunette", [], terminal, _ => Admin.Contracts.Wire.RemoteAdmin.OverUnixSocket(Kit.SocketPath));
        Assert.Equal(0, exit);
        Assert.Contains("  ./lunette serve  ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_NamesOfObjects_AreThoseTheDaemonHas()
    {
        await DoAsync($"target create -n {Target}");
        var guid = (await DoAsync("disk create /disks/one")).Trim()[^32..];
        await DoAsync("host-group create hosts");
        await DoAsync("target-group create shelves");
        Assert.Contains(Target, await CompleteAsync("lunette target offline "));
        Assert.Contains(Target, await CompleteAsync("stmfadm offline-target iqn"));
        Assert.Contains(guid, await CompleteAsync("stmfadm delete-lu "));
        Assert.Contains("hosts", await CompleteAsync($"lunette view add --host-group "));
        Assert.DoesNotContain("shelves", await CompleteAsync("lunette view add --host-group "));
        Assert.Equal(["shelves"], await CompleteAsync("stmfadm delete-tg "));
        Assert.Contains("hosts", await CompleteAsync("lunette host-group delete "));
    }

    private async Task<string[]> CompleteAsync(string line)
    {
        var output = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, TextWriter.Null, _ => null, TimeProvider.System);
        string[] words = ["complete", line.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), line];
        var exit = await CommandLine.RunAsync(
            "lunette", words, terminal, _ => Admin.Contracts.Wire.RemoteAdmin.OverUnixSocket(Kit.SocketPath));
        Assert.Equal(0, exit);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Theory]
    [InlineData("traget list", "did you mean 'lunette target'?")]
    [InlineData("stmfadm list-targets", "did you mean 'lunette stmfadm list-target'?")]
    [InlineData("target creat", "did you mean 'lunette target create'?")]
    [InlineData("lu list", "did you mean 'lunette disk'?")]
    [InlineData("disk rm", "did you mean 'lunette disk delete'?")]
    [InlineData("group list -v", "'lunette host-group' or 'lunette target-group' or 'lunette portal-group'")]
    [InlineData("target list --jsn", "did you mean 'lunette target list --json'?")]
    public async Task Mistyped_NearestCommand_IsSuggested(string line, string suggestion)
    {
        var ran = await RunAsync(line);
        Assert.Equal(1, ran.Exit);
        Assert.Contains(suggestion, ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stmfadm create-hg", "<group-name> is missing")]
    [InlineData("nothing list -v", "Unrecognized command or argument 'nothing'.")]
    [InlineData("target list --frob", "--frob: there is no such option")]
    public async Task Mistake_NothingNear_IsSaidOnceAndNothingIsSuggested(string line, string said)
    {
        var ran = await RunAsync(line);
        Assert.Equal(1, ran.Exit);
        Assert.Contains(said, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("did you mean", ran.Error, StringComparison.Ordinal);
        Assert.Equal(2, ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("lunette tar", "target", "target-group")]
    [InlineData("lunette target off", "offline")]
    [InlineData("/usr/bin/stmfadm add-v", "add-view")]
    [InlineData("lunette stmfadm list-target --ver", "--verbose")]
    [InlineData("lunette nothing ", "")]
    public async Task Complete_AtTheCursor_WhatCouldStandThere(string line, params string[] expected)
    {
        var offered = await CompleteAsync(line);
        foreach (var word in expected.Where(word => word.Length > 0)) Assert.Contains(word, offered);
    }

    // Who calls it by a path, from a tree or under a classic name, is answered by the program that lies there.
    [Theory]
    [InlineData("lunette")]
    [InlineData("stmfadm")]
    public async Task Completion_InBash_AsksTheProgramBesideTheNameTyped(string name)
    {
        Peer.Require("bash");
        var folder = Directory.CreateTempSubdirectory("lunette-cli-");
        try
        {
            var program = Path.Combine(folder.FullName, "lunette");
            await File.WriteAllTextAsync(program, "echo list-lu \"$1\"", TestContext.Current.CancellationToken);
            await Command.DoAsync("chmod", "755", program);
            var typed = Path.Combine(folder.FullName, name);
            var script = await DoAsync("completion bash") + $"\nCOMP_WORDS=({typed} l) COMP_CWORD=1 COMP_POINT=9 "
                + "COMP_LINE='lunette l'\n_lunette\necho \"${COMPREPLY[@]}\"";
            Assert.Equal("list-lu\n", await Command.DoAsync("bash", "-c", script));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_Script_AsksTheProgram(string shell) => Assert.Contains(
        " complete ", await DoAsync($"completion {shell}"), StringComparison.Ordinal);
}
