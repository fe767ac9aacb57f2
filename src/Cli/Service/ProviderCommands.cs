using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Lunette.Cli.Output;
using Lunette.Cli.Stmfadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Service;

/// <summary>lunette provider: what providers keep with the framework, guarded by its token.</summary>
internal sealed class ProviderCommands(Terminal terminal)
{
    private const string Name = CommandLine.Name;

    public static Command Make(CommandRunner runner)
    {
        var commands = new ProviderCommands(runner.Terminal);
        var json = Json();
        var name = Operand("provider", "the provider, as list names it");
        var type = new Option<string?>("--type") { Description = "lu or port, for a name that is not known yet" };
        type.AcceptOnlyFromAmong("lu", "port");
        var file = Operand("file", "what show wrote; its token must still be the latest");
        var force = Switch("--force", "-f", "whatever the latest token is");
        return new Command("provider", "What providers keep with the framework.")
        {
            runner.Subcommand("list", StmfadmCommand.Sentence(StmfVerbs.GetProviderDataList),
                (admin, parsed) => commands.ListAsync(admin, parsed.GetValue(json)), json),
            runner.Subcommand("show", "Writes a provider's data and its token as JSON.",
                (admin, parsed) => commands.ShowAsync(admin, parsed.GetRequiredValue(name), parsed.GetValue(type)),
                type, name),
            runner.Subcommand("set", "Replaces a provider's data by what a file says.",
                (admin, parsed) => commands.SetAsync(
                    admin, parsed.GetRequiredValue(name), parsed.GetValue(type), parsed.GetRequiredValue(file),
                    parsed.GetValue(force)), type, force, name, file),
            runner.Subcommand("clear", StmfadmCommand.Sentence(StmfVerbs.ClearProviderData),
                (admin, parsed) => commands.ClearAsync(admin, parsed.GetRequiredValue(name), parsed.GetValue(type)),
                type, name),
        };
    }

    private async Task<int> ListAsync(IStmf stmf, bool json)
    {
        var providers = await stmf.GetProviderDataListAsync();
        if (!providers.Succeeded) return terminal.Fail(Name, null, providers.WithoutValue);
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(
                providers.Value!, CliJson.Default.IReadOnlyListProvider));
            return ExitStatus.Success;
        }
        var table = new Table("PROVIDER", "TYPE");
        foreach (var provider in providers.Value!)
            table.Add((provider.Name, Shade.Plain), (WordOf(provider.Type), Shade.Plain));
        table.Write(terminal);
        return ExitStatus.Success;
    }

    private async Task<int> ShowAsync(IStmf stmf, string name, string? type)
    {
        var kept = await stmf.GetProviderDataAsync(name, await TypeOfAsync(stmf, name, type));
        if (!kept.Succeeded) return terminal.Fail(Name, name, kept.WithoutValue);
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true }))
            JsonSerializer.Serialize(writer, kept.Value!, AdminJson.Default.ProtectedProviderData);
        terminal.Output.WriteLine(Encoding.UTF8.GetString(text.WrittenSpan));
        return ExitStatus.Success;
    }

    private async Task<int> SetAsync(IStmf stmf, string name, string? type, string file, bool force)
    {
        ProtectedProviderData? wanted;
        try
        {
            wanted = JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(file), AdminJson.Default.ProtectedProviderData);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            return terminal.Fail(Name, file, failed.Message);
        }
        if (wanted is null) return terminal.Fail(Name, file, "the file says nothing");
        var set = await stmf.SetProviderDataAsync(
            name, await TypeOfAsync(stmf, name, type), wanted.Data, force ? null : wanted.Token);
        return set.Succeeded ? ExitStatus.Success : terminal.Fail(Name, name, set.WithoutValue);
    }

    private async Task<int> ClearAsync(IStmf stmf, string name, string? type)
    {
        var cleared = await stmf.ClearProviderDataAsync(name, await TypeOfAsync(stmf, name, type));
        return cleared.Succeeded ? ExitStatus.Success : terminal.Fail(Name, name, cleared);
    }

    private static async Task<ProviderType> TypeOfAsync(IStmf stmf, string name, string? type)
    {
        if (type is not null) return type == "port" ? ProviderType.Port : ProviderType.LogicalUnit;
        var known = (await stmf.GetProviderDataListAsync()).Value?.FirstOrDefault(provider => provider.Name == name);
        return known?.Type ?? ProviderType.LogicalUnit;
    }

    private static string WordOf(ProviderType type) => type == ProviderType.Port ? "port" : "lu";
}
