using System.CommandLine;

namespace Lunette.Cli;

/// <summary>
/// lunette completion: a script for the shell, which asks the program itself what could stand at the cursor.
/// Subcommands and options come from the same tree that is run; names of objects from the daemon, where one runs.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _lunette() {
            local words me=${COMP_WORDS[0]/#\~\//$HOME/}
            # The program that answers lies where the name that was typed does, be that ./lunette or stmfadm.
            words=$("${me%"${me##*/}"}lunette" complete "$COMP_POINT" "$COMP_LINE" 2>/dev/null) || return
            COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _lunette lunette stmfadm sbdadm itadm
        """;

    private const string Zsh = """
        autoload -U +X bashcompinit && bashcompinit
        """ + "\n" + Bash;

    private const string Fish = """
        for name in lunette stmfadm sbdadm itadm
            complete -c $name -f -a '(lunette complete (commandline -C) (commandline | string collect) 2>/dev/null)'
        end
        """;

    public static IEnumerable<Command> Make(Command root, CommandRunner runner)
    {
        var terminal = runner.Terminal;
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        const string Summary = "Writes a completion script: source <(lunette completion bash).";
        var script = new Command("completion", Summary) { shell };
        script.SetAction(parsed => terminal.Output.WriteLine(
            parsed.GetRequiredValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash }));
        yield return script;

        var point = new Argument<int>("point");
        var line = new Argument<string>("line");
        var complete = runner.Subcommand("complete", "Says what could stand at the cursor.", async (admin, parsed) =>
        {
            var text = parsed.GetRequiredValue(line);
            var cut = text[..Math.Clamp(parsed.GetRequiredValue(point), 0, text.Length)];
            // The first word is the program itself, whatever path it was called by.
            var space = cut.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0) return ExitStatus.Success;
            var program = Path.GetFileName(cut[..space]);
            var words = cut[(space + 1)..];
            var from = root.Subcommands.FirstOrDefault(command => command.Name == program) ?? root;
            var names = await LiveNames.ReadAsync(admin, terminal.Time);
            names.Offer(root);
            foreach (var completion in from.Parse(words).GetCompletions(words.Length))
                terminal.Output.WriteLine(completion.InsertText ?? completion.Label);
            return ExitStatus.Success;
        }, point, line);
        complete.Hidden = true;
        yield return complete;
    }
}
