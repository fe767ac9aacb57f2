using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Output;
using Lunette.Cli.Stmfadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Service;

/// <summary>lunette service: the framework as a whole.</summary>
internal sealed class ServiceCommands(Terminal terminal)
{
    private const string Name = CommandLine.Name;

    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var commands = new ServiceCommands(runner.Terminal);
        var json = Json();
        yield return runner.Subcommand("list", StmfadmCommand.Sentence(StmfVerbs.GetState),
            (admin, parsed) => commands.ListAsync(admin, parsed.GetValue(json)), json);
        yield return runner.Subcommand("online", "Takes the service online: targets and disks by their default states.",
            (admin, _) => StateChange.ServiceAsync(admin, runner.Terminal, online: true));
        yield return runner.Subcommand("offline", "Takes the service offline: initiators are logged out.",
            (admin, _) => StateChange.ServiceAsync(admin, runner.Terminal, online: false));
        yield return runner.Subcommand("load", "Reads the configuration from the store again; the service is offline.",
            (admin, _) => commands.LoadAsync(admin));
        yield return commands.MakeModify(runner);
    }

    private Command MakeModify(CommandRunner runner)
    {
        var disks = Word("--default-disk-state", "what disks are by themselves", "online", "offline");
        var targets = Word("--default-target-state", "what targets are by themselves", "online", "offline");
        var persist = Word("--persist", "whether changes are kept: smf keeps them", "smf", "none");
        var alua = Word("--alua", "whether two nodes share disks", "on", "off");
        var node = Word("--node", "which of the two this one is", "0", "1");
        var url = new Option<string?>("--mgmt-url")
        {
            Description = "the management URL of disks that have none; an empty one takes it away",
        };
        return runner.Subcommand("modify", "Changes what holds for the service as a whole.", async (admin, parsed) =>
        {
            List<Func<ValueTask<StmfResult>>> changes = [];
            if (parsed.GetValue(disks) is { } disk)
                changes.Add(() => admin.SetStmfPropAsync(StmfProperty.DefaultLuState, disk));
            if (parsed.GetValue(targets) is { } target)
                changes.Add(() => admin.SetStmfPropAsync(StmfProperty.DefaultTargetPortState, target));
            if (parsed.GetValue(persist) is { } method)
                changes.Add(() => admin.SetPersistMethodAsync(
                    method == "smf" ? PersistMethod.Smf : PersistMethod.None));
            if (parsed.GetValue(url) is { } text)
                changes.Add(() => admin.SetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl, text));
            if (parsed.GetValue(alua) is not null || parsed.GetValue(node) is not null)
                changes.Add(() => SetAluaAsync(admin, parsed.GetValue(alua), parsed.GetValue(node)));
            if (changes.Count == 0) return terminal.Fail(Name, null, "nothing to modify: see --help");
            foreach (var change in changes)
            {
                var done = await change();
                if (!done.Succeeded) return terminal.Fail(Name, null, done);
            }
            return ExitStatus.Success;
        }, disks, targets, persist, alua, node, url);
    }

    private async Task<int> ListAsync(IStmf stmf, bool json)
    {
        var state = await stmf.GetStateAsync();
        if (!state.Succeeded) return terminal.Fail(Name, null, state.WithoutValue);
        var alua = await stmf.GetAluaStateAsync();
        if (!alua.Succeeded) return terminal.Fail(Name, null, alua.WithoutValue);
        var persist = await stmf.GetPersistMethodAsync();
        if (!persist.Succeeded) return terminal.Fail(Name, null, persist.WithoutValue);
        var view = new ServiceSettingsView(
            state.Value!, (await stmf.GetStmfPropAsync(StmfProperty.DefaultLuState)).Value ?? "",
            (await stmf.GetStmfPropAsync(StmfProperty.DefaultTargetPortState)).Value ?? "", persist.Value, alua.Value!,
            (await stmf.GetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl)).Value ?? "");
        if (json)
            terminal.Output.WriteLine(JsonSerializer.Serialize(view, CliJson.Default.ServiceSettingsView));
        else
            Write(view);
        return ExitStatus.Success;
    }

    private void Write(ServiceSettingsView view)
    {
        var table = new Table("SERVICE", "");
        table.Add(("state", Shade.Plain), Table.State($"{view.State.Operational}"));
        table.Add(("configuration", Shade.Plain), view.State.Config == ConfigState.InitDone
            ? ("loaded", Shade.Good) : ("not loaded", Shade.Warning));
        Row("default disk state", view.DefaultDiskState);
        Row("default target state", view.DefaultTargetState);
        Row("changes", view.Persist == PersistMethod.None ? "are forgotten at the next start" : "are kept");
        Row("asymmetric access", view.Alua.Enabled
            ? string.Create(CultureInfo.InvariantCulture, $"on, this is node {view.Alua.Node}") : "off");
        Row("management URL", view.ManagementUrl.Length > 0 ? view.ManagementUrl : "-");
        table.Write(terminal);

        void Row(string label, string value) => table.Add((label, Shade.Plain), (value, Shade.Plain));
    }

    private async Task<int> LoadAsync(IStmf stmf)
    {
        var loaded = await stmf.LoadConfigAsync();
        if (loaded.Succeeded) loaded = await stmf.LoadStmfPropsAsync();
        return loaded.Succeeded ? ExitStatus.Success : terminal.Fail(Name, null, loaded);
    }

    private static async ValueTask<StmfResult> SetAluaAsync(IStmf stmf, string? enabled, string? node)
    {
        var now = await stmf.GetAluaStateAsync();
        if (!now.Succeeded) return now.WithoutValue;
        return await stmf.SetAluaStateAsync(new AluaState(
            enabled is null ? now.Value!.Enabled : enabled == "on",
            node is null ? now.Value!.Node : uint.Parse(node, CultureInfo.InvariantCulture)));
    }

    private static Option<string?> Word(string name, string summary, params string[] words)
    {
        var option = new Option<string?>(name) { Description = $"{summary}: {string.Join(" or ", words)}" };
        option.AcceptOnlyFromAmong(words);
        return option;
    }
}
