using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Cli.Output;

namespace Lunette.Cli;

/// <summary>lunette status: what the daemon is and does.</summary>
internal static class StatusCommand
{
    private const int LabelWidth = 10;
    private const int CountWidth = 36;

    public static async Task<int> RunAsync(ILunetteAdmin admin, Terminal terminal, bool json)
    {
        var result = await admin.GetDaemonStatusAsync();
        if (!result.Succeeded) return terminal.Fail(CommandLine.Name, null, result.WithoutValue);
        var status = result.Value!;
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(status, CliJson.Default.DaemonStatus));
            return ExitStatus.Success;
        }
        var up = terminal.Time.GetUtcNow() - status.StartedAt;
        Line("version", status.Version);
        Line("home", status.Home);
        Line("process", status.ProcessId.ToString(CultureInfo.InvariantCulture));
        Line("up", string.Create(CultureInfo.InvariantCulture, $"{(int)up.TotalDays} d {up:hh\\:mm\\:ss}"));
        Line("portals", string.Join(", ", status.Portals));
        Line("sessions", status.Sessions.ToString(CultureInfo.InvariantCulture));
        Line("commands", status.Commands.ToString("N0", CultureInfo.InvariantCulture));
        Line("read", SizeText.Describe(status.BytesRead));
        Line("written", SizeText.Describe(status.BytesWritten));
        if (status.Counters.Count > 0) terminal.Output.WriteLine("counted");
        foreach (var counter in status.Counters) Count(counter);
        terminal.Output.WriteLine("limits");
        foreach (var limit in status.Limits) Count(limit);
        return ExitStatus.Success;

        void Count(NamedCount count) => terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {count.Name.PadRight(CountWidth)}{count.Value:N0}"));

        void Line(string label, string value) => terminal.Output.WriteLine($"{label.PadRight(LabelWidth)}{value}");
    }
}
