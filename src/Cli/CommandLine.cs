using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Lunette.Admin.Contracts;
using Lunette.Cli.Adapters;
using Lunette.Cli.Comstar;
using Lunette.Cli.Documents;
using Lunette.Cli.Faults;
using Lunette.Cli.Itadm;
using Lunette.Cli.Observation;
using Lunette.Cli.Sbdadm;
using Lunette.Cli.Stmfadm;

namespace Lunette.Cli;

/// <summary>From words to an exit status.</summary>
public static class CommandLine
{
    /// <summary>What the program is called that has all commands.</summary>
    internal const string Name = "lunette";

    /// <summary>Runs one command.</summary>
    /// <param name="called">The name the program was called by: a command's own, or anything else.</param>
    /// <param name="arguments">The words after it.</param>
    /// <param name="terminal">What the command sees of the world.</param>
    /// <param name="connect">Gives the daemon of a home; null is the default one.</param>
    /// <returns>0 for success, 1 for any failure.</returns>
    public static async Task<int> RunAsync<TAdmin>(
        string called, IReadOnlyList<string> arguments, Terminal terminal, Func<string?, TAdmin> connect)
        where TAdmin : ILunetteAdmin, IAsyncDisposable
    {
        var home = new Option<string?>("--home")
        {
            Description = "the daemon's state directory (default: $LUNETTE_HOME, else the XDG data directory)",
            Recursive = true,
        };
        var runner = new CommandRunner(terminal, RunOneAsync);
        var asLunette = new CommandRunner(terminal with { CalledAs = Name }, RunOneAsync);
        if (called is not (StmfadmCommand.Name or SbdadmCommand.Name or ItadmCommand.Name) && arguments.Count == 0)
            return Greet(terminal);
        Command[] commands = [StmfadmCommand.Make(runner), SbdadmCommand.Make(runner), ItadmCommand.Make(runner)];
        var root = commands.FirstOrDefault(command => command.Name == called) ?? MakeTree(asLunette, commands);
        root.Options.Add(home);
        // -h is the host group's, so help is not.
        root.Options.Add(new HelpOption("--help", "-?"));
        root.Options.Add(new VersionOption("--version", "-V"));
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0) return Explain(parsed, terminal);
        if (FindUnknownOption(parsed) is { } unknown)
        {
            terminal.Fail(WordsOf(parsed), unknown, "there is no such option");
            return Suggest(parsed, terminal, [unknown]);
        }
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
        });

        async Task<int> RunOneAsync(ParseResult said, SubcommandAction action)
        {
            await using var admin = connect(said.GetValue(home));
            try
            {
                return await action(admin, said);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // A file that was named, where the command itself has no more to say of it.
                return terminal.Fail(WordsOf(said), null, failed.Message);
            }
        }
    }

    // Who says nothing wants to know where to begin.
    private static int Greet(Terminal terminal)
    {
        var program = terminal.Program;
        terminal.Output.WriteLine($"""
            Lunette serves SCSI disks over iSCSI.

              {program} serve                        put a disk on 127.0.0.1:3260, and say how to use it
              {program} status                       what the daemon is and does; top shows it live
              {program} target list                  what initiators log in to
              {program} disk create -s 10g FILE      make a disk; view add shows it to initiators
              {program} stmfadm, sbdadm, itadm       the same under COMSTAR's names

            '{program} --help' lists everything there is.
            """);
        return ExitStatus.Success;
    }

    // Where operands are taken the parser takes a mistyped option for one, and a group would be called so. What follows
    // "--" is meant.
    private static string? FindUnknownOption(ParseResult parsed) =>
        parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            ? null
            : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(operand => operand.Tokens)
                .Select(token => token.Value).FirstOrDefault(word => word.Length > 1 && word[0] == '-');

    // One line a mistake, and where to read on: a page of help would hide them.
    private static int Explain(ParseResult parsed, Terminal terminal)
    {
        var command = WordsOf(parsed);
        // A word that is none of ours explains by itself why no command was found.
        var mistakes = parsed.UnmatchedTokens.Count == 0
            ? parsed.Errors
            : parsed.Errors.Where(mistake => parsed.UnmatchedTokens.Any(mistake.Message.Contains)).ToList();
        if (mistakes.Count == 0) mistakes = parsed.Errors;
        // Where no command was found, what follows the word that is none says nothing more.
        if (parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command.Subcommands.Count > 0)
            mistakes = [mistakes[0]];
        foreach (var mistake in mistakes) terminal.Fail(command, null, Words(mistake));
        return Suggest(parsed, terminal, parsed.UnmatchedTokens);
    }

    private static string Words(ParseError mistake) => mistake.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Parent: CommandResult } missing => $"<{missing.Argument.Name}> is missing",
        CommandResult { Command.Subcommands: { Count: > 0 } known, Tokens.Count: 0 }
            when mistake.Message.StartsWith("Required command", StringComparison.Ordinal) => "a command is missing: "
                + string.Join(", ", known.Where(command => !command.Hidden).Select(command => command.Name)),
        { Tokens: [var said, ..] } value when mistake.Message.StartsWith("Cannot parse", StringComparison.Ordinal) =>
            $"{said.Value} is no number for {NameOf(value)}",
        // Where words can be chosen from, the parser writes one a line.
        _ => string.Join(' ', mistake.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
    };

    // All that the parser converts are numbers.
    private static string NameOf(SymbolResult value) => value switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult { Parent: OptionResult option } => option.Option.Name,
        ArgumentResult operand => $"<{operand.Argument.Name}>",
        _ => "it",
    };

    private static string WordsOf(ParseResult parsed)
    {
        var words = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as CommandResult)
            words.Insert(0, at.Command.Name);
        return string.Join(' ', words);
    }

    private static int Suggest(ParseResult parsed, Terminal terminal, IEnumerable<string> unknown)
    {
        var command = WordsOf(parsed);
        var near = unknown.Take(1).SelectMany(word => Suggestion.Find(parsed.CommandResult.Command, word))
            .Select(name => $"'{command} {name}'").ToArray();
        if (near.Length > 0) terminal.Error.WriteLine($"    did you mean {string.Join(" or ", near)}?");
        terminal.Error.WriteLine($"    '{command} --help' lists what there is");
        return ExitStatus.Failure;
    }

    /// <summary>Everything there is, the classic commands among it.</summary>
    internal static Command MakeTree(CommandRunner runner, IEnumerable<Command> commands)
    {
        var root = new Command(Name, "Serves SCSI disks, and administers what it serves.");
        root.Subcommands.Add(new Command("serve", "Starts the daemon: a disk on the wire."));
        foreach (var noun in NounCommands.Make(runner)) root.Subcommands.Add(noun);
        foreach (var command in commands) root.Subcommands.Add(command);
        root.Subcommands.Add(AdapterCommand.Make(runner));
        root.Subcommands.Add(InjectCommand.Make(runner));
        root.Subcommands.Add(ErrorLogCommand.MakeReport(runner));
        root.Subcommands.Add(ErrorLogCommand.MakeClear(runner));
        var json = CommandRunner.Json();
        root.Subcommands.Add(runner.Subcommand("status", "Shows what the daemon is and does.",
            (admin, parsed) => StatusCommand.RunAsync(admin, runner.Terminal, parsed.GetValue(json)), json));
        foreach (var command in DocumentCommands.Make(runner)) root.Subcommands.Add(command);
        root.Subcommands.Add(ImportComstarCommand.Make(runner));
        foreach (var command in ObservationCommands.Make(runner)) root.Subcommands.Add(command);
        foreach (var command in CompletionCommand.Make(root, runner)) root.Subcommands.Add(command);
        return root;
    }
}
