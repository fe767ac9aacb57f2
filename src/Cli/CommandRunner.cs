using System.CommandLine;
using System.CommandLine.Parsing;
using Lunette.Admin.Contracts;

namespace Lunette.Cli;

/// <summary>What a subcommand does.</summary>
/// <param name="admin">Who carries verbs out.</param>
/// <param name="parsed">What was said.</param>
/// <returns>The exit status.</returns>
internal delegate Task<int> SubcommandAction(ILunetteAdmin admin, ParseResult parsed);

/// <summary>Makes subcommands that run against the daemon.</summary>
internal sealed class CommandRunner(Terminal terminal, Func<ParseResult, SubcommandAction, Task<int>> run)
{
    public Terminal Terminal => terminal;

    /// <summary>A subcommand with its options and operands, in the order help shows them.</summary>
    public Command Subcommand(string name, string summary, SubcommandAction action, params ReadOnlySpan<Symbol> takes)
    {
        var command = new Command(name, summary);
        foreach (var symbol in takes)
        {
            if (symbol is Option option) command.Options.Add(option);
            else if (symbol is Argument operand) command.Arguments.Add(operand);
        }
        command.SetAction((parsed, _) => run(parsed, action));
        return command;
    }

    /// <summary>A subcommand that goes on until it is told to stop.</summary>
    public Command Watching(
        string name, string summary, Func<ILunetteAdmin, ParseResult, CancellationToken, Task<int>> action,
        params ReadOnlySpan<Symbol> takes)
    {
        var command = Subcommand(name, summary, (_, _) => Task.FromResult(ExitStatus.Success), takes);
        command.SetAction((parsed, stop) => run(parsed, (admin, said) => action(admin, said, stop)));
        return command;
    }

    /// <summary>An operand that must be there once.</summary>
    public static Argument<string> Operand(string name, string summary)
    {
        var operand = new Argument<string>(name) { Description = summary };
        operand.Validators.Add(said => RefuseEmpty(said, $"<{name}>"));
        return operand;
    }

    /// <summary>Operands of which there may be any number.</summary>
    public static Argument<string[]> Operands(string name, string summary, bool required)
    {
        var operands = new Argument<string[]>(name)
        {
            Description = summary,
            Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        };
        operands.Validators.Add(said => RefuseEmpty(said, $"<{name}>"));
        return operands;
    }

    /// <summary>An option without a value.</summary>
    public static Option<bool> Switch(string name, string alias, string summary) =>
        new(name, alias) { Description = summary };

    /// <summary>The switch of every list.</summary>
    public static Option<bool> Json() => new("--json") { Description = "as JSON, whole, for programs" };

    /// <summary>An option with a value.</summary>
    public static Option<string?> Value(string name, string alias, string summary, bool required = false) =>
        new(name, alias) { Description = summary, Required = required };

    /// <summary>An option that names a file.</summary>
    public static Option<string?> FileName(string name, string alias, string summary)
    {
        var option = Value(name, alias, summary);
        option.Validators.Add(said => RefuseEmpty(said, name));
        return option;
    }

    // Nothing is called by an empty word: a script's variable was empty.
    private static void RefuseEmpty(SymbolResult said, string name)
    {
        if (said.Tokens.Any(token => token.Value.Length == 0)) said.AddError($"{name} is empty");
    }
}
