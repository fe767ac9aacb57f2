using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Output;
using Lunette.Cli.Stmfadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Adapters;

/// <summary>lunette errpt and errclear: the system error log as AIX's commands show it.</summary>
internal static class ErrorLogCommand
{
    private const string TimeFormat = "MMddHHmmyy";
    private const int DaysMax = 36_500;

    public static Command MakeReport(CommandRunner runner)
    {
        var detailed = Switch("--all", "-a", "everything that is known of each entry");
        var resources = Value("--resource", "-N", "of these resources, separated by commas");
        var identifiers = Value("--id", "-j", "with these error identifiers");
        var labels = Value("--label", "-J", "with these labels");
        var classes = Value("--class", "-d", "of these classes: H, S");
        var types = Value("--type", "-T", "of these types: PERM, TEMP, UNKN");
        var sequences = Value("--sequence", "-l", "with these sequence numbers");
        var since = Value("--since", "-s", "not before mmddhhmmyy, or a time such as 2026-11-22T18:30");
        var until = Value("--until", "-e", "not after, written the same way");
        var json = Json();
        return runner.Subcommand("errpt", StmfadmCommand.Sentence(StmfVerbs.GetErrorLog), async (admin, said) =>
        {
            if (!TryFilter(said, out var filter, out var mistake)) return runner.Terminal.Fail("errpt", null, mistake);
            var found = await admin.GetErrorLogAsync(filter);
            if (!found.Succeeded) return runner.Terminal.Fail("errpt", null, found.WithoutValue);
            var entries = found.Value!;
            if (said.GetValue(json))
                runner.Terminal.Output.WriteLine(
                    JsonSerializer.Serialize(entries, CliJson.Default.IReadOnlyListErrorLogEntry));
            else if (said.GetValue(detailed))
                foreach (var entry in entries) WriteWhole(runner.Terminal, entry);
            else if (entries.Count > 0)
                WriteSummary(runner.Terminal, entries);
            return ExitStatus.Success;
        }, detailed, resources, identifiers, labels, classes, types, sequences, since, until, json);

        bool TryFilter(ParseResult said, out ErrorLogFilter filter, out string mistake)
        {
            filter = new();
            mistake = "";
            var ids = new List<uint>();
            foreach (var word in Words(said.GetValue(identifiers)))
            {
                if (!uint.TryParse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var id))
                    mistake = $"{word} is no error identifier: eight hexadecimal digits";
                ids.Add(id);
            }
            var numbers = new List<long>();
            foreach (var word in Words(said.GetValue(sequences)))
            {
                if (!long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    mistake = $"{word} is no sequence number";
                numbers.Add(number);
            }
            if (!TryTime(runner.Terminal.Time, said.GetValue(since), out var from)
                || !TryTime(runner.Terminal.Time, said.GetValue(until), out var to))
            {
                mistake = "a time is mmddhhmmyy, or such as 2026-11-22T18:30";
                return false;
            }
            filter = new()
            {
                Resources = Words(said.GetValue(resources)),
                Identifiers = ids,
                Labels = Words(said.GetValue(labels)),
                Classes = Words(said.GetValue(classes)),
                Types = Words(said.GetValue(types)),
                Sequences = numbers,
                Since = from,
                Until = to,
            };
            return mistake.Length == 0;
        }
    }

    public static Command MakeClear(CommandRunner runner)
    {
        var days = new Argument<int>("days") { Description = "how old entries must be, in days; 0 for all" };
        return runner.Subcommand("errclear", StmfadmCommand.Sentence(StmfVerbs.ClearErrorLog), async (admin, said) =>
        {
            var age = said.GetValue(days);
            if (age is < 0 or > DaysMax)
                return runner.Terminal.Fail("errclear", null, $"an age is 0 to {DaysMax} days");
            var cleared = await admin.ClearErrorLogAsync(
                age == 0 ? null : runner.Terminal.Time.GetUtcNow() - TimeSpan.FromDays(age));
            if (!cleared.Succeeded) return runner.Terminal.Fail("errclear", null, cleared.WithoutValue);
            runner.Terminal.Output.WriteLine($"{cleared.Value} entries cleared");
            return ExitStatus.Success;
        }, days);
    }

    private static void WriteSummary(Terminal terminal, IReadOnlyList<ErrorLogEntry> entries) => Table.Write(
        terminal.Output, ["IDENTIFIER", "TIMESTAMP", "T", "C", "RESOURCE_NAME", "DESCRIPTION"], entries.Select(entry =>
            (string[])[entry.Identifier.ToString("X8", CultureInfo.InvariantCulture),
                Local(terminal, entry.Time).ToString(TimeFormat, CultureInfo.InvariantCulture), entry.Type[..1],
                entry.Class.ToString(), entry.Resource, entry.Description]));

    private static void WriteWhole(Terminal terminal, ErrorLogEntry entry)
    {
        var to = terminal.Output;
        to.WriteLine(new string('-', 75));
        Line("LABEL", entry.Label);
        Line("IDENTIFIER", entry.Identifier.ToString("X8", CultureInfo.InvariantCulture));
        to.WriteLine();
        var time = Local(terminal, entry.Time);
        Line("Date/Time", time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture));
        Line("Sequence Number", entry.Sequence.ToString(CultureInfo.InvariantCulture));
        Line("Class", entry.Class.ToString());
        Line("Type", entry.Type);
        Line("Resource Name", entry.Resource);
        Line("Location", entry.Lun < 0 ? $"{entry.ScsiId}" : $"{entry.ScsiId}/{entry.Lun}");
        if (entry.Path != 0) Line("Path", entry.Path.ToString(CultureInfo.InvariantCulture));
        to.WriteLine();
        Line("Description", entry.Description);
        if (entry.Note.Length > 0) Line("Cause", entry.Note);
        if (entry.SenseText.Length > 0) Line("Sense", entry.SenseText);
        to.WriteLine("Detail Data");
        HexDump.Write(to, entry.Detail);
        to.WriteLine();

        void Line(string label, string value) => to.WriteLine($"{label + ":",-17}{value}");
    }

    private static DateTimeOffset Local(Terminal terminal, DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, terminal.Time.LocalTimeZone);

    private static bool TryTime(TimeProvider clock, string? word, out DateTimeOffset? time)
    {
        time = null;
        if (word is null) return true;
        var culture = CultureInfo.InvariantCulture;
        var known = DateTime.TryParseExact(word, TimeFormat, culture, DateTimeStyles.None, out var at)
            || DateTime.TryParse(word, culture, DateTimeStyles.None, out at);
        if (known) time = new DateTimeOffset(at, clock.LocalTimeZone.GetUtcOffset(at));
        return known;
    }

    private static string[] Words(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
