using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;
using Lunette.Cli.Output;

namespace Lunette.Cli.Observation;

/// <summary>lunette trace and lunette slow: single commands, decoded.</summary>
internal sealed class TraceCommand(Terminal terminal)
{
    private const string Command = CommandLine.Name;

    private static readonly (string Suffix, double Microseconds)[] s_units = [("us", 1), ("ms", 1e3), ("s", 1e6)];

    public async Task<int> SetAsync(ILunetteAdmin admin, bool on)
    {
        var set = await admin.SetTraceAsync(on);
        return set.Succeeded ? ExitStatus.Success : terminal.Fail(Command, null, set);
    }

    public async Task<int> ShowAsync(ILunetteAdmin admin, int count, bool json)
    {
        var trace = await admin.GetTraceAsync(count);
        if (!trace.Succeeded) return terminal.Fail(Command, null, trace.WithoutValue);
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(trace.Value!, CliJson.Default.CommandTrace));
            return ExitStatus.Success;
        }
        if (!trace.Value!.On)
            return terminal.Fail(Command, null, "nothing is traced: begin with 'lunette trace on'");
        Write(trace.Value.Commands);
        return ExitStatus.Success;
    }

    public async Task<int> SlowAsync(ILunetteAdmin admin, bool json)
    {
        var slow = await admin.GetSlowCommandsAsync();
        if (!slow.Succeeded) return terminal.Fail(Command, null, slow.WithoutValue);
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(slow.Value!, CliJson.Default.SlowCommandReport));
            return ExitStatus.Success;
        }
        var threshold = slow.Value!.ThresholdMicroseconds is { } from
            ? "took longer than " + ObservationCommands.Time(from * 1e3)
            : "was looked at: no command is slow, 'lunette slow --threshold 20ms' changes that";
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{slow.Value.Count:N0} commands {threshold}"));
        if (slow.Value.Commands.Count > 0) Write(slow.Value.Commands);
        return ExitStatus.Success;
    }

    public async Task<int> SetThresholdAsync(ILunetteAdmin admin, string text)
    {
        long? microseconds = null;
        if (text != "off")
        {
            var (suffix, unit) = s_units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
            var number = 0d;
            if (suffix is null || !double.TryParse(
                    text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
                || number * unit is < 1 or > 1e15)
            {
                return terminal.Fail(Command, text, "write a time such as 500us, 20ms or 2s, or off");
            }
            microseconds = (long)(number * unit);
        }
        var set = await admin.SetSlowThresholdAsync(microseconds);
        return set.Succeeded ? ExitStatus.Success : terminal.Fail(Command, text, set);
    }

    private void Write(IReadOnlyList<CommandRecord> commands)
    {
        var table = new Table(
            "TIME", "SESSION", "INITIATOR", "LUN", "TOOK", "QUEUE", "DATA-OUT", "STORE", "OUTCOME", "COMMAND");
        foreach (var command in commands)
        {
            var at = TimeZoneInfo.ConvertTime(command.At, terminal.Time.LocalTimeZone);
            table.Add(
                (at.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture), Shade.Dim),
                (command.Session.ToString(CultureInfo.InvariantCulture), Shade.Plain),
                (command.Initiator, Shade.Plain),
                (command.Lun.ToString(CultureInfo.InvariantCulture), Shade.Plain),
                (ObservationCommands.Time(command.Nanoseconds), Shade.Plain),
                (ObservationCommands.Time(command.QueueNanoseconds), Shade.Plain),
                (ObservationCommands.Time(command.TransferNanoseconds), Shade.Plain),
                (ObservationCommands.Time(command.StoreNanoseconds), Shade.Plain),
                (command.Outcome, command.Outcome == "GOOD" ? Shade.Good : Shade.Bad), (command.Command, Shade.Plain));
        }
        table.Write(terminal);
    }
}
