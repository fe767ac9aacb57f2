using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;
using Lunette.Cli.Output;

namespace Lunette.Cli.Observation;

/// <summary>lunette top: who is busy, live on a screen, one reading after another elsewhere.</summary>
internal sealed class TopCommand(Terminal terminal)
{
    private const int RowsMax = 15;
    private const int LinesBesidesRows = 11;      // the first, three a section, and where the cursor stays
    private const string Home = "\e[H\e[J";
    // A line that is too long for the screen is cut there: one that went on below would push the others out.
    private const string OtherScreen = "\e[?1049h\e[?25l\e[?7l";
    private const string OldScreen = "\e[?7h\e[?25h\e[?1049l";

    private static readonly ActivityKind[] s_kinds =
        [ActivityKind.Target, ActivityKind.LogicalUnit, ActivityKind.Session];

    public async Task<int> RunAsync(
        ILunetteAdmin admin, TimeSpan interval, bool once, bool json, CancellationToken stop)
    {
        var live = terminal.IsScreen && !once && !json;
        var (failure, before) = await ReadAsync(admin);
        if (failure is { } failed) return terminal.Fail(CommandLine.Name, null, failed);
        if (live) terminal.Output.Write(OtherScreen);
        try
        {
            using var timer = new PeriodicTimer(interval, terminal.Time);
            while (await timer.WaitForNextTickAsync(stop))
            {
                (failure, var now) = await ReadAsync(admin);
                if (failure is { } gone) return terminal.Fail(CommandLine.Name, null, gone);
                Show(View(before!, now!), live, json);
                before = now;
                if (once) break;
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop: that is how it ends.
        }
        finally
        {
            if (live) terminal.Output.Write(OldScreen);
        }
        return ExitStatus.Success;
    }

    private static async Task<(StmfResult? Failure, ActivityReport[]? Reports)> ReadAsync(ILunetteAdmin admin)
    {
        var reports = new ActivityReport[s_kinds.Length];
        for (var i = 0; i < s_kinds.Length; i++)
        {
            var report = await admin.GetActivityAsync(s_kinds[i]);
            if (!report.Succeeded) return (report.WithoutValue, null);
            reports[i] = report.Value!;
        }
        return (null, reports);
    }

    private static TopView View(ActivityReport[] before, ActivityReport[] now)
    {
        var seconds = Math.Max(0.001, (now[0].At - before[0].At).TotalSeconds);
        return new(now[0].At, seconds, Busiest(0), Busiest(1), Busiest(2));

        IReadOnlyList<Rates> Busiest(int kind)
        {
            var earlier = before[kind].Rows.ToDictionary(row => row.Name);
            return [.. now[kind].Rows
                .Select(row => Rates.Between(earlier.GetValueOrDefault(row.Name), row, seconds))
                .OrderByDescending(rates => rates.Commands).ThenBy(rates => rates.Name, StringComparer.Ordinal)];
        }
    }

    private void Show(TopView view, bool live, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(view, CliJson.Default.TopView));
            return;
        }
        if (live) terminal.Output.Write(Home);
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"lunette  {view.At:HH:mm:ss} UTC  {view.Sessions.Count} sessions  "
            + $"{view.Targets.Sum(rates => rates.Commands):N0} commands/s  "
            + $"read {view.Targets.Sum(rates => rates.BytesRead) / 1e6:N1} MB/s  "
            + $"write {view.Targets.Sum(rates => rates.BytesWritten) / 1e6:N1} MB/s"));
        var rows = live && terminal.ScreenLines is { } lines
            ? Math.Clamp((lines() - LinesBesidesRows) / s_kinds.Length, 1, RowsMax)
            : RowsMax;
        Section("TARGET", view.Targets, rows);
        Section("DISK", view.Disks, rows);
        Section("SESSION", view.Sessions, rows);
        terminal.Output.Flush();
    }

    private void Section(string heading, IReadOnlyList<Rates> rows, int most)
    {
        terminal.Output.WriteLine();
        var table = new Table(
            heading, "ALIAS", "READ/S", "WRITE/S", "OTHER/S", "READ MB/S", "WRITE MB/S", "P50", "P99", "ERRORS/S");
        foreach (var row in rows.Take(most))
        {
            table.Add(
                (row.Name, row.Commands > 0 ? Shade.Plain : Shade.Dim), (row.Alias.Length > 0 ? row.Alias : "-",
                Shade.Plain), Number(row.Reads, "N0"), Number(row.Writes, "N0"), Number(row.Others, "N0"),
                Number(row.BytesRead / 1e6, "N1"), Number(row.BytesWritten / 1e6, "N1"),
                (ObservationCommands.Time(row.MedianNanoseconds), Shade.Plain),
                (ObservationCommands.Time(row.TailNanoseconds), Shade.Plain),
                (row.Errors.ToString("N0", CultureInfo.InvariantCulture), row.Errors > 0 ? Shade.Bad : Shade.Plain));
        }
        table.Write(terminal);
        if (rows.Count > most) terminal.Output.WriteLine($"and {rows.Count - most} more");
    }

    private static (string Text, Shade Shade) Number(double value, string format) =>
        (value.ToString(format, CultureInfo.InvariantCulture), value > 0 ? Shade.Plain : Shade.Dim);
}
