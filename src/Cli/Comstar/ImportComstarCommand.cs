using System.CommandLine;
using Lunette.Cli.Documents;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Comstar;

/// <summary>lunette import-comstar: moves a COMSTAR configuration in.</summary>
internal static class ImportComstarCommand
{
    private const string Name = "lunette import-comstar";

    public static Command Make(CommandRunner runner)
    {
        var terminal = runner.Terminal;
        var file = Operand("file", "what 'svccfg export stmf' wrote");
        var yes = Switch("--yes", "-y", "carry it out without asking");
        var plan = Switch("--plan", "-n", "show what would change, and change nothing");
        return runner.Subcommand("import-comstar", "Takes over groups, views and targets of a COMSTAR system.",
            async (admin, parsed) =>
            {
                var path = parsed.GetRequiredValue(file);
                var read = SmfExport.Read(path);
                if (!read.Succeeded) return terminal.Fail(Name, path, read.WithoutValue);
                var import = new ComstarImport(read.Value!);
                var document = import.Run();
                foreach (var line in import.Lines)
                    terminal.Output.WriteLine((line.Taken ? "taken:   " : "refused: ") + line.Text);
                return await DocumentCommands.ApplyAsync(
                    admin, terminal, Name, document, parsed.GetValue(plan), parsed.GetValue(yes));
            }, plan, yes, file);
    }
}
