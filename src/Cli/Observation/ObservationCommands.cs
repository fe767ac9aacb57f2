using System.CommandLine;
using System.Globalization;
using Lunette.Admin.Contracts.Observation;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Observation;

/// <summary>The commands that look: lunette session, stats, top, history, trace, slow, capture, metrics.</summary>
internal static class ObservationCommands
{
    private const int CaptureSecondsMax = 86_400;

    private static readonly Dictionary<string, ActivityKind> s_kinds = new(StringComparer.Ordinal)
    {
        ["disks"] = ActivityKind.LogicalUnit,
        ["targets"] = ActivityKind.Target,
        ["initiators"] = ActivityKind.Initiator,
        ["sessions"] = ActivityKind.Session,
    };

    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var terminal = runner.Terminal;
        var stats = new StatsCommand(terminal);
        var json = Json();
        yield return new Command("session", "Who is logged in.")
        {
            runner.Subcommand("list", "Lists sessions.",
                (admin, parsed) => stats.SessionsAsync(admin, parsed.GetValue(json)), json),
        };
        yield return Stats(runner, stats, json);
        yield return Top(runner, json);
        yield return History(runner, json);
        yield return Trace(runner, json);
        yield return Slow(runner, json);
        yield return Capture(runner);
        yield return runner.Subcommand("metrics", "Writes all numbers in Prometheus' text format.",
            async (admin, _) =>
            {
                var text = await admin.GetMetricsAsync();
                if (!text.Succeeded) return terminal.Fail(CommandLine.Name, null, text.WithoutValue);
                terminal.Output.Write(text.Value);
                return ExitStatus.Success;
            });
    }

    private static Command Stats(CommandRunner runner, StatsCommand stats, Option<bool> json)
    {
        var kind = new Argument<string>("kind")
        {
            Description = "disks, targets, initiators or sessions",
            DefaultValueFactory = _ => "disks",
        };
        kind.AcceptOnlyFromAmong([.. s_kinds.Keys]);
        return runner.Subcommand("stats", "Shows what disks, targets, initiators or sessions have done.",
            (admin, parsed) => stats.RunAsync(admin, s_kinds[parsed.GetRequiredValue(kind)], parsed.GetValue(json)),
            kind, json);
    }

    private static Command Top(CommandRunner runner, Option<bool> json)
    {
        var once = Switch("--once", "-1", "one reading, over one interval, and no more");
        var interval = new Option<double>("--interval")
        {
            Description = "seconds between two readings",
            DefaultValueFactory = _ => 1,
        };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.1 and <= 3600))
                result.AddError("--interval is 0.1 to 3600 seconds");
        });
        return runner.Watching("top", "Shows who is busy, live.",
            (admin, parsed, stop) => new TopCommand(runner.Terminal).RunAsync(
                admin, TimeSpan.FromSeconds(parsed.GetValue(interval)), parsed.GetValue(once), parsed.GetValue(json),
                stop),
            once, interval, json);
    }

    private static Command History(CommandRunner runner, Option<bool> json)
    {
        var name = new Argument<string?>("name")
        {
            Description = "a target or a disk's GUID; service or configuration (default: service)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return runner.Subcommand("history", "Shows the last transitions of a state machine.",
            (admin, parsed) => new HistoryCommand(runner.Terminal).RunAsync(
                admin, parsed.GetValue(name) ?? "service", parsed.GetValue(json)),
            name, json);
    }

    private static Command Trace(CommandRunner runner, Option<bool> json)
    {
        var what = new Argument<string>("what")
        {
            Description = "on, off, or show what was traced (default)",
            DefaultValueFactory = _ => "show",
        };
        what.AcceptOnlyFromAmong("on", "off", "show");
        var count = new Option<int>("--count", "-n")
        {
            Description = "how many commands to show",
            DefaultValueFactory = _ => 100,
        };
        var commands = new TraceCommand(runner.Terminal);
        return runner.Subcommand("trace", "Traces commands, and shows those that ended last.",
            (admin, parsed) => parsed.GetValue(what) == "show"
                ? commands.ShowAsync(admin, parsed.GetValue(count), parsed.GetValue(json))
                : commands.SetAsync(admin, parsed.GetValue(what) == "on"),
            what, count, json);
    }

    private static Command Slow(CommandRunner runner, Option<bool> json)
    {
        var threshold = new Option<string?>("--threshold")
        {
            Description = "from now on a command is slow that takes so long: 500us, 20ms, 2s or off",
        };
        var commands = new TraceCommand(runner.Terminal);
        return runner.Subcommand("slow", "Shows commands that took long, or says what is long.",
            (admin, parsed) => parsed.GetValue(threshold) is { } text
                ? commands.SetThresholdAsync(admin, text)
                : commands.SlowAsync(admin, parsed.GetValue(json)),
            threshold, json);
    }

    private static Command Capture(CommandRunner runner)
    {
        var session = new Option<ulong>("--session")
        {
            Description = "the session's number, as lunette session list shows it",
            Required = true,
        };
        var seconds = new Option<int?>("--seconds") { Description = "end after so many seconds (default: at Ctrl-C)" };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > CaptureSecondsMax)
                result.AddError($"--seconds is 1 to {CaptureSecondsMax}");
        });
        var size = Value("--size", "-s", "end when the file is so large (default: 64m)");
        var file = Operand("file", "the pcap file to write");
        return runner.Watching("capture", "Writes one session as a pcap file that network analysers read.",
            (admin, parsed, stop) => new CaptureCommand(runner.Terminal).RunAsync(
                admin, parsed.GetValue(session), parsed.GetRequiredValue(file),
                parsed.GetValue(seconds) is { } limit ? TimeSpan.FromSeconds(limit) : null,
                parsed.GetValue(size) ?? "64m", stop),
            session, seconds, size, file);
    }

    /// <summary>A duration for people, four digits at most.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        <= 0 => "-",
        < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0}ns"),
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.##}us"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.##}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:0.##}s"),
    };
}
