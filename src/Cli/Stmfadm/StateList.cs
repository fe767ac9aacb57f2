using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Cli.Output;

namespace Lunette.Cli.Stmfadm;

/// <summary>list-state.</summary>
internal static class StateList
{
    private const int LabelWidth = 18;

    public static async Task<int> RunAsync(IStmf stmf, Terminal terminal, bool json)
    {
        var state = await stmf.GetStateAsync();
        if (!state.Succeeded) return terminal.Fail(StmfadmCommand.Name, null, state.WithoutValue);
        var alua = await stmf.GetAluaStateAsync();
        if (!alua.Succeeded) return terminal.Fail(StmfadmCommand.Name, null, alua.WithoutValue);
        if (json)
        {
            var view = new ServiceView(state.Value!, alua.Value!);
            terminal.Output.WriteLine(JsonSerializer.Serialize(view, CliJson.Default.ServiceView));
            return ExitStatus.Success;
        }
        Line("Operational Status", state.Value!.Operational switch
        {
            ServiceState.Online => "online",
            ServiceState.Offline => "offline",
            ServiceState.Onlining => "onlining",
            ServiceState.Offlining => "offlining",
            _ => "unknown",
        });
        Line("Config Status", state.Value.Config switch
        {
            ConfigState.InitDone => "initialized",
            ConfigState.Init => "initializing",
            ConfigState.None => "uninitialized",
            _ => "unknown",
        });
        Line("ALUA Status", alua.Value!.Enabled ? "enabled" : "disabled");
        Line("ALUA Node", $"{alua.Value.Node}");
        return ExitStatus.Success;

        void Line(string label, string value) => terminal.Output.WriteLine($"{label.PadRight(LabelWidth)}: {value}");
    }
}
