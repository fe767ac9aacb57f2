using System.CommandLine;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Documents;

/// <summary>lunette export and lunette apply: the configuration as a file.</summary>
internal static class DocumentCommands
{
    private const string Export = "lunette export";
    private const string Apply = "lunette apply";

    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var terminal = runner.Terminal;
        var target = Value("--target", "-t", "one target, with its portal groups and its target group");
        var disk = Value("--disk", "-d", "one logical unit, with its views and their groups");
        var output = FileName("--output", "-o", "the file to write, mode 0600 (default: the standard output)");
        var secrets = new Option<bool>("--with-secrets")
        {
            Description = "the secrets themselves, into a file that only you can read",
        };
        yield return runner.Subcommand("export", "Writes the configuration, or one target or disk, as a file.",
            (admin, parsed) => ExportAsync(admin, terminal, parsed.GetValue(target), parsed.GetValue(disk),
                parsed.GetValue(output), parsed.GetValue(secrets)), target, disk, output, secrets);

        var file = Operand("file", "what 'lunette export' wrote");
        var yes = Switch("--yes", "-y", "carry it out without asking");
        var plan = Switch("--plan", "-n", "show what would change, and change nothing");
        yield return runner.Subcommand("apply", "Makes the configuration what a file says: all of it, or nothing.",
            async (admin, parsed) =>
            {
                var document = Read(parsed.GetRequiredValue(file));
                return document.Succeeded
                    ? await ApplyAsync(
                        admin, terminal, Apply, document.Value!, parsed.GetValue(plan), parsed.GetValue(yes))
                    : terminal.Fail(Apply, parsed.GetRequiredValue(file), document.WithoutValue);
            }, plan, yes, file);
    }

    /// <summary>Shows the plan and, when asked or told so, carries it out.</summary>
    public static async Task<int> ApplyAsync(
        IConfigurationDocuments admin, Terminal terminal, string command, ConfigurationDocument document,
        bool onlyPlan, bool yes)
    {
        var planned = await admin.PlanConfigurationAsync(document);
        if (!planned.Succeeded) return terminal.Fail(command, null, planned.WithoutValue);
        var plan = planned.Value!;
        if (plan.Lines.Count == 0)
        {
            terminal.Output.WriteLine("nothing to change");
            return ExitStatus.Success;
        }
        foreach (var line in plan.Lines) terminal.Output.WriteLine(line);
        if (onlyPlan) return ExitStatus.Success;
        if (!yes && terminal.Confirm("carry this out? [y/N] ") is not true)
            return terminal.Fail(command, null, "nothing was changed; say yes, or use --yes");
        var applied = await admin.ApplyConfigurationAsync(document, plan.Fingerprint);
        if (!applied.Succeeded) return terminal.Fail(command, null, applied.WithoutValue);
        terminal.Output.WriteLine($"done: {plan.Lines.Count} changes");
        return ExitStatus.Success;
    }

    private static async Task<int> ExportAsync(
        IConfigurationDocuments admin, Terminal terminal, string? target, string? disk, string? output, bool secrets)
    {
        if (target is not null && disk is not null)
            return terminal.Fail(Export, null, "one target or one disk, not both");
        if (disk is not null && !StmfGuid.TryParse(disk, out _)) return terminal.FailGuid(Export, disk);
        if (secrets && output is null)
            return terminal.Fail(Export, null, "secrets go into a file: name it with -o");
        var scope = target is not null ? ExportScope.Target
            : disk is not null ? ExportScope.LogicalUnit : ExportScope.Whole;
        var exported = await admin.ExportConfigurationAsync(scope, target ?? disk);
        if (!exported.Succeeded) return terminal.Fail(Export, target ?? disk, exported.WithoutValue);
        var document = exported.Value!;
        if (secrets)
        {
            var known = await admin.ExportSecretsAsync([.. DocumentSecrets.References(document)]);
            if (!known.Succeeded) return terminal.Fail(Export, null, known.WithoutValue);
            document = DocumentSecrets.FillIn(document, known.Value!);
        }
        var text = DocumentText.Write(document);
        if (output is null)
        {
            terminal.Output.Write(text);
            return ExitStatus.Success;
        }
        return Write(output, text) is { } mistake ? terminal.Fail(Export, output, mistake) : ExitStatus.Success;
    }

    private static string? Write(string path, string text)
    {
        try
        {
            if (IsSystems(path)) File.WriteAllText(path, text);
            else Replace(File.Exists(path) ? BehindLinks(path) : path, text);
            return null;
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return unwritable.Message;
        }
    }

    private static string BehindLinks(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    // Devices and descriptors (/dev/stdout) are written to, never replaced.
    private static bool IsSystems(string path) =>
        Path.GetFullPath(path) is var place && (place.StartsWith("/dev/", StringComparison.Ordinal)
            || place.StartsWith("/proc/", StringComparison.Ordinal));

    // Ours alone from its first byte: a mode given afterwards would come too late. What was there gives way when all is
    // written.
    private static void Replace(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var beside = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = new StreamWriter(beside, options)) file.Write(text);
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static StmfResult<ConfigurationDocument> Read(string path)
    {
        try
        {
            return DocumentText.Read(File.ReadAllBytes(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new StmfResult(StmfStatus.InvalidArg, unreadable.Message);
        }
    }
}
