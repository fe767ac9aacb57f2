using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Net;
using Lunette.Admin.Contracts;
using Lunette.Admin.Iscsi;

namespace Lunette.Daemon.Starting;

/// <summary><c>lunette serve</c>: reads the command line and runs the daemon to its end.</summary>
public static class ServeCommand
{
    private const int LoopsMax = 1024;
    private const int StopDeadlineMax = 86_400;

    private static readonly Option<string?> s_home = new("--home")
    {
        Description = "the state directory (default: $LUNETTE_HOME, else lunette in the XDG data directory)",
    };

    private static readonly Option<IPEndPoint[]> s_portals = new("--portal")
    {
        Description = "an address to listen on, IPv6 in brackets, with :port (default: 127.0.0.1:3260); repeatable",
        CustomParser = ParsePortals,
    };

    private static readonly Option<int> s_loops = new("--loops")
    {
        Description = "event loops that carry sessions (default: one per core)",
    };

    private static readonly Option<string> s_spin = new("--spin")
    {
        Description = "on: loops poll up to 50 us before they sleep; off: they sleep at once",
        DefaultValueFactory = _ => "on",
    };

    private static readonly Option<bool> s_portable = new("--portable")
    {
        Description = "loops of plain sockets, as on systems other than Linux; slower",
    };

    private static readonly Option<string?> s_ram = new("--ram")
    {
        Description = "a RAM disk of this size beside the others, gone with the daemon: such as 1g, or 1g,blk=4096 "
            + "(blk=BYTES, full, removable, wp, prot=0 to 3)",
    };

    private static readonly Option<int> s_stopDeadline = new("--stop-deadline")
    {
        Description = "seconds initiators have to log out when the daemon ends",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<ServeLimitSetting[]> s_limits = new("--limit")
    {
        Description = "a bound as NAME=VALUE; repeatable: "
            + string.Join(", ", ServeLimit.All.Select(limit => limit.Name)),
        CustomParser = ParseLimits,
    };

    private static readonly Option<string?> s_adminGroup = new("--admin-group")
    {
        Description = "the group whose members administer (default: lunette where there is one, else the daemon's own)",
    };

    private static readonly Option<string?> s_readGroup = new("--read-group")
    {
        Description = "the group whose members may look and change nothing (default: lunette-read where there is one)",
    };

    private static readonly Option<IPEndPoint[]> s_metrics = new("--metrics")
    {
        Description = "serve numbers to Prometheus at http://ADDRESS:PORT/metrics; nobody is asked who he is",
        CustomParser = ParsePortals,
    };

    private static readonly Option<bool> s_verbose = new("--verbose", "-v")
    {
        Description = "log everything that happens",
    };

    /// <summary>Runs the daemon.</summary>
    /// <returns>0 after a graceful end, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var serve = new Command("serve", "Serves disks over iSCSI until it is told to stop.")
        {
            s_home, s_portals, s_loops, s_spin, s_portable, s_ram, s_stopDeadline, s_limits, s_metrics,
            s_adminGroup, s_readGroup, s_verbose,
        };
        s_spin.AcceptOnlyFromAmong("on", "off");
        foreach (var option in (Option[])[s_loops, s_stopDeadline, s_ram]) option.Validators.Clear();
        s_loops.Validators.Add(said => CheckRange(said, LoopsMax));
        s_stopDeadline.Validators.Add(said => CheckRange(said, StopDeadlineMax));
        s_ram.Validators.Add(CheckRam);
        serve.SetAction((parsed, _) => DaemonRun.RunAsync(Read(parsed), output, error));
        // Called as users call it, whatever the program's file is named.
        var root = new Command("lunette", "Serves SCSI disks.") { serve };
        root.Options.Add(new HelpOption());
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new() { Output = output, Error = error, ProcessTerminationTimeout = null });
        foreach (var mistake in parsed.Errors) await error.WriteLineAsync($"lunette: {Words(mistake)}");
        await error.WriteLineAsync("lunette: 'lunette serve --help' lists what there is");
        return 1;
    }

    private static string Words(ParseError mistake) => mistake.SymbolResult switch
    {
        // All that the parser converts are numbers.
        OptionResult { Tokens: [var said, ..] } option
            when mistake.Message.StartsWith("Cannot parse", StringComparison.Ordinal) =>
                $"{said.Value} is no number for {option.Option.Name}",
        // Where words can be chosen from, the parser writes one a line.
        _ => string.Join(' ', mistake.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
    };

    private static ServeOptions Read(ParseResult parsed)
    {
        var options = new ServeOptions
        {
            Home = LunetteHome.ForDaemon(parsed.GetValue(s_home), Environment.GetEnvironmentVariable),
            Loops = parsed.GetValue(s_loops),
            Spin = parsed.GetValue(s_spin) != "off",
            Portable = parsed.GetValue(s_portable),
            StopDeadline = TimeSpan.FromSeconds(parsed.GetValue(s_stopDeadline)),
            MachineName = Environment.MachineName,
            AdminGroup = parsed.GetValue(s_adminGroup),
            ReadGroup = parsed.GetValue(s_readGroup),
            CalledAs = Environment.GetEnvironmentVariable("LUNETTE_CALLED") is { Length: > 0 } called
                ? called
                : "lunette",
            Verbose = parsed.GetValue(s_verbose),
            Metrics = parsed.GetValue(s_metrics) is [var metrics, ..] ? metrics : null,
        };
        foreach (var setting in parsed.GetValue(s_limits) ?? [])
            options = setting.Limit.With(options, setting.Value);
        if (parsed.GetValue(s_ram) is { } ram && RamDiskShape.TryParse(ram, out var bytes, out var shape))
            options = options with { RamBytes = bytes, RamShape = shape };
        return parsed.GetValue(s_portals) is { Length: > 0 } portals ? options with { Portals = portals } : options;
    }

    private static IPEndPoint[]? ParsePortals(ArgumentResult result)
    {
        var portals = new List<IPEndPoint>();
        foreach (var token in result.Tokens)
        {
            if (PortalText.TryParse(token.Value, out var portal))
            {
                portals.Add(portal);
                continue;
            }
            result.AddError(
                $"{token.Value}: write an IP address and a port, such as 192.0.2.1:3260 or [::1]:3260");
            return null;
        }
        return [.. portals];
    }

    private static ServeLimitSetting[]? ParseLimits(ArgumentResult result)
    {
        var settings = new List<ServeLimitSetting>();
        foreach (var token in result.Tokens)
        {
            if (ServeLimit.TryParse(token.Value, out var setting, out var mistake))
            {
                settings.Add(setting);
                continue;
            }
            result.AddError($"--limit {token.Value}: {mistake}");
            return null;
        }
        return [.. settings];
    }

    private static void CheckRam(OptionResult result)
    {
        var text = result.Tokens is [var token, ..] ? token.Value : "";
        if (!RamDiskShape.TryParse(text, out _, out _))
        {
            var (least, most) = (SizeText.Describe(RamDiskShape.BytesMin), SizeText.Describe(RamDiskShape.BytesMax));
            result.AddError(
                $"--ram {text}: write a size in whole blocks, {least} to {most}, such as 512m or 1g,blk=4096,full");
        }
    }

    private static void CheckRange(OptionResult result, int max)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && (number < 0 || number > max))
            result.AddError($"{result.Option.Name} {number}: write a number from 0 to {max}");
    }
}
