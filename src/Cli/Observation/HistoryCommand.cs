using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;
using Lunette.Cli.Output;

namespace Lunette.Cli.Observation;

/// <summary>lunette history: how something came to be in the state it is in.</summary>
internal sealed class HistoryCommand(Terminal terminal)
{
    public async Task<int> RunAsync(ILunetteAdmin admin, string name, bool json)
    {
        var machine = name switch
        {
            "service" => StateMachine.Service,
            "configuration" => StateMachine.Configuration,
            _ => StmfGuid.TryParse(name, out _) ? StateMachine.LogicalUnit : StateMachine.Target,
        };
        var passed = await admin.GetTransitionsAsync(machine, name);
        if (!passed.Succeeded) return terminal.Fail(CommandLine.Name, name, passed.WithoutValue);
        if (json)
        {
            terminal.Output.WriteLine(
                JsonSerializer.Serialize(passed.Value!, CliJson.Default.IReadOnlyListStateTransition));
            return ExitStatus.Success;
        }
        var table = new Table("TIME", "FROM", "EVENT", "TO", "CAUSE");
        foreach (var transition in passed.Value!)
        {
            var at = TimeZoneInfo.ConvertTime(transition.At, terminal.Time.LocalTimeZone);
            table.Add(
                (at.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture), Shade.Dim),
                Table.State(transition.From), (transition.Event, Shade.Plain), Table.State(transition.To),
                (transition.Cause, Shade.Plain));
        }
        table.Write(terminal);
        return ExitStatus.Success;
    }
}
