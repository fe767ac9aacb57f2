using System.CommandLine;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Itadm;
using Lunette.Cli.Sbdadm;
using Lunette.Cli.Stmfadm;

namespace Lunette.Cli.Tests;

/// <summary>No face can do what another cannot: the rows, the classic commands and the noun-verb form agree.</summary>
public sealed class CompletenessTests : CommandTests
{
    // What carries frames between machines passes a descriptor: that is for programs.
    private static readonly string[] s_forPrograms = ["InitProxyDoor", "PostProxyMsg", "DestroyProxyDoor"];

    [Fact]
    public async Task Forms_EveryClassicSubcommand_HasOneThatExists()
    {
        var terminal = new Terminal(TextWriter.Null, TextWriter.Null, _ => null, TimeProvider.System);
        var runner = new CommandRunner(terminal, (_, _) => Task.FromResult(0));
        Command[] classic = [StmfadmCommand.Make(runner), SbdadmCommand.Make(runner), ItadmCommand.Make(runner)];
        var subcommands = classic.SelectMany(command => command.Subcommands.Select(sub => $"{command.Name} {sub.Name}"))
            .ToArray();
        Assert.Equal(42, subcommands.Length);
        Assert.Equal(subcommands.Order(), NounCommands.Forms.Select(row => row.Of).Order());
        foreach (var (form, _) in NounCommands.Forms) await DoAsync(form + " --help");
    }

    [Fact]
    public async Task Rows_EveryVerb_HasCommandsThatExist()
    {
        Assert.Equal(s_forPrograms, StmfVerbs.All.Where(verb => verb.Commands.Count == 0).Select(verb => verb.Name));
        var commands = StmfVerbs.All.SelectMany(verb => verb.Commands).Distinct()
            .Select(command => command.Replace("lunette ", "", StringComparison.Ordinal));
        foreach (var command in commands)
        {
            var ran = await RunAsync(command + " --help");
            Assert.True(ran.Exit == 0, $"{command}: {ran.Error}");
        }
    }
}
