using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;
using Lunette.Cli.Output;

namespace Lunette.Cli.Observation;

/// <summary>lunette stats and lunette session list: what was done so far.</summary>
internal sealed class StatsCommand(Terminal terminal)
{
    private const string Command = CommandLine.Name;

    public async Task<int> RunAsync(ILunetteAdmin admin, ActivityKind kind, bool json)
    {
        var report = await admin.GetActivityAsync(kind);
        if (!report.Succeeded) return terminal.Fail(Command, null, report.WithoutValue);
        if (json) return Json(report.Value!);
        var table = new Table(
            Heading(kind), "ALIAS", "SESSIONS", "READS", "READ", "P50", "P99", "WRITES", "WRITTEN", "P50", "P99",
            "OTHERS", "ERRORS", "ABORTED");
        foreach (var row in report.Value!.Rows)
        {
            var errors = row.Errors.Sum(error => error.Value);
            table.Add(
                (NameOf(row), Shade.Plain), (row.Alias.Length > 0 ? row.Alias : "-", Shade.Plain),
                (kind == ActivityKind.LogicalUnit ? "-" : Number(row.Sessions), Shade.Plain),
                (Number(row.Reads.Commands), Shade.Plain), (Size(row.Reads.Bytes), Shade.Plain),
                Percentile(row.Reads, 0.5), Percentile(row.Reads, 0.99),
                (Number(row.Writes.Commands), Shade.Plain), (Size(row.Writes.Bytes), Shade.Plain),
                Percentile(row.Writes, 0.5), Percentile(row.Writes, 0.99),
                (Number(row.Others.Commands), Shade.Plain), (Number(errors), errors > 0 ? Shade.Warning : Shade.Plain),
                (Number(row.Aborted), Shade.Plain));
        }
        table.Write(terminal);
        WriteErrors(report.Value!.Rows);
        return ExitStatus.Success;
    }

    public async Task<int> SessionsAsync(ILunetteAdmin admin, bool json)
    {
        var report = await admin.GetActivityAsync(ActivityKind.Session);
        if (!report.Succeeded) return terminal.Fail(Command, null, report.WithoutValue);
        if (json) return Json(report.Value!);
        var table = new Table("SESSION", "INITIATOR", "TARGET", "FROM", "SINCE");
        foreach (var session in report.Value!.Rows.Select(row => row.Session!))
        {
            var since = TimeZoneInfo.ConvertTime(session.Since, terminal.Time.LocalTimeZone);
            table.Add(
                (session.Number.ToString(CultureInfo.InvariantCulture), Shade.Plain), (session.Initiator, Shade.Plain),
                (session.Target, Shade.Plain), (session.Address, Shade.Plain),
                (since.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Shade.Dim));
        }
        table.Write(terminal);
        return ExitStatus.Success;
    }

    /// <summary>What a row is called in a table.</summary>
    internal static string NameOf(Activity row) => row.Session is { } session
        ? string.Create(CultureInfo.InvariantCulture, $"{session.Number} {session.Initiator}")
        : row.Name;

    internal static string Heading(ActivityKind kind) => kind switch
    {
        ActivityKind.LogicalUnit => "DISK",
        ActivityKind.Target => "TARGET",
        ActivityKind.Initiator => "INITIATOR",
        _ => "SESSION",
    };

    private void WriteErrors(IReadOnlyList<Activity> rows)
    {
        foreach (var row in rows.Where(row => row.Errors.Count > 0))
        {
            terminal.Output.WriteLine();
            terminal.Output.WriteLine($"{NameOf(row)} ended with");
            foreach (var error in row.Errors)
                terminal.Output.WriteLine($"{Number(error.Value).PadLeft(12)}  {error.Name}");
        }
    }

    private int Json(ActivityReport report)
    {
        terminal.Output.WriteLine(
            System.Text.Json.JsonSerializer.Serialize(report, CliJson.Default.ActivityReport));
        return ExitStatus.Success;
    }

    private static (string Text, Shade Shade) Percentile(DirectionActivity of, double share) =>
        (ObservationCommands.Time(Rates.Percentile(of.Latencies, share)), Shade.Plain);

    private static string Size(long bytes) => SizeText.Describe(bytes).Replace(" ", "", StringComparison.Ordinal);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
