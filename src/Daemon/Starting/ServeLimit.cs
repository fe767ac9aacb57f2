using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Lunette.Admin.Contracts;

namespace Lunette.Daemon.Starting;

/// <summary>
/// A bound of the daemon that <c>--limit NAME=VALUE</c> sets: a row, from which the option, its mistakes, the log and
/// <c>lunette status</c> are made.
/// </summary>
/// <param name="Name">What it is called; a time says its unit.</param>
/// <param name="Max">The most it can be.</param>
/// <param name="Of">What it is.</param>
/// <param name="With">What else it is to be.</param>
/// <param name="Min">The least it can be.</param>
public sealed record ServeLimit(
    string Name, int Max, Func<ServeOptions, long> Of, Func<ServeOptions, int, ServeOptions> With, int Min = 1)
{
    private const int DayInSeconds = 86_400;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ServeLimit> All { get; } =
    [
        new("connections", 1_000_000, o => o.Iscsi.ConnectionsMax,
            (o, n) => o with { Iscsi = o.Iscsi with { ConnectionsMax = n } }),
        new("sessions", ushort.MaxValue - 1, o => o.Iscsi.SessionsMax,
            (o, n) => o with { Iscsi = o.Iscsi with { SessionsMax = n } }),
        new("pending-logins", 1_000_000, o => o.Iscsi.PendingLoginsMax,
            (o, n) => o with { Iscsi = o.Iscsi with { PendingLoginsMax = n } }),
        new("pending-logins-per-address", 1_000_000, o => o.Iscsi.PendingLoginsPerAddressMax,
            (o, n) => o with { Iscsi = o.Iscsi with { PendingLoginsPerAddressMax = n } }),
        new("logins-per-second", 1_000_000, o => o.Iscsi.LoginsPerSecondMax,
            (o, n) => o with { Iscsi = o.Iscsi with { LoginsPerSecondMax = n } }),
        new("login-failures-per-minute", 1_000_000, o => o.Iscsi.LoginFailuresPerMinuteMax,
            (o, n) => o with { Iscsi = o.Iscsi with { LoginFailuresPerMinuteMax = n } }),
        new("login-seconds", DayInSeconds, o => Seconds(o.Iscsi.LoginDeadline),
            (o, n) => o with { Iscsi = o.Iscsi with { LoginDeadline = TimeSpan.FromSeconds(n) } }),
        new("commands", 512, o => o.Iscsi.CommandWindow,
            (o, n) => o with { Iscsi = o.Iscsi with { CommandWindow = n } }),
        new("unit-commands", 1_000_000, o => o.UnitCommandsMax, (o, n) => o with { UnitCommandsMax = n }),
        new("immediate-commands", 256, o => o.Iscsi.ImmediateCommandsMax,
            (o, n) => o with { Iscsi = o.Iscsi with { ImmediateCommandsMax = n } }),
        new("task-management", 1024, o => o.Iscsi.TaskManagementMax,
            (o, n) => o with { Iscsi = o.Iscsi with { TaskManagementMax = n } }),
        new("pdu-bytes", 1 << 24, o => o.Iscsi.Negotiation.MaxRecvDataSegmentLength, (o, n) => o with
        {
            Iscsi = o.Iscsi with { Negotiation = o.Iscsi.Negotiation with { MaxRecvDataSegmentLength = n } },
        }, Min: 512),
        new("burst-bytes", 1 << 24, o => o.Iscsi.Negotiation.MaxBurstLength, (o, n) => o with
        {
            Iscsi = o.Iscsi with
            {
                Negotiation = o.Iscsi.Negotiation with
                {
                    MaxBurstLength = n,
                    FirstBurstLength = Math.Min(n, o.Iscsi.Negotiation.FirstBurstLength),
                },
            },
        }, Min: 512),
        new("unsent-bytes", 1 << 30, o => o.Streams.UnsentBytesMax,
            (o, n) => o with { Streams = o.Streams with { UnsentBytesMax = n } }, Min: 1 << 16),
        new("buffer-bytes", int.MaxValue, o => o.BufferBytes, (o, n) => o with { BufferBytes = n }, Min: 1 << 24),
        new("data-out-seconds", DayInSeconds, o => Seconds(o.Iscsi.DataOutDeadline),
            (o, n) => o with { Iscsi = o.Iscsi with { DataOutDeadline = TimeSpan.FromSeconds(n) } }),
        new("ping-seconds", DayInSeconds, o => Seconds(o.Iscsi.PingInterval),
            (o, n) => o with { Iscsi = o.Iscsi with { PingInterval = TimeSpan.FromSeconds(n) } }),
        new("ping-answer-seconds", DayInSeconds, o => Seconds(o.Iscsi.PingDeadline),
            (o, n) => o with { Iscsi = o.Iscsi with { PingDeadline = TimeSpan.FromSeconds(n) } }),
        new("stall-seconds", DayInSeconds, o => Seconds(o.StallTime),
            (o, n) => o with { StallTime = TimeSpan.FromSeconds(n) }),
        new("slow-milliseconds", DayInSeconds * 1000, o => (long)o.Stmf.SlowThreshold.TotalMilliseconds,
            (o, n) => o with { Stmf = o.Stmf with { SlowThreshold = TimeSpan.FromMilliseconds(n) } }),
        new("offline-seconds", DayInSeconds, o => Seconds(o.Stmf.TargetOfflineDeadline),
            (o, n) => o with { Stmf = o.Stmf with { TargetOfflineDeadline = TimeSpan.FromSeconds(n) } }),
    ];

    /// <summary>What all of them are.</summary>
    public static IReadOnlyList<NamedCount> Describe(ServeOptions options) =>
        [.. All.Select(limit => new NamedCount(limit.Name, limit.Of(options)))];

    /// <summary>Reads <c>NAME=VALUE</c>; what is wrong with it where it cannot be read.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ServeLimitSetting? setting, [NotNullWhen(false)] out string? mistake)
    {
        setting = null;
        mistake = null;
        var cut = text.Split('=', 2);
        if (All.FirstOrDefault(limit => limit.Name == cut[0]) is not { } named)
            mistake = $"there are {string.Join(", ", All.Select(limit => limit.Name))}";
        else if (cut.Length < 2 || !int.TryParse(cut[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || value < named.Min || value > named.Max)
            mistake = $"write {named.Name}=VALUE with a number from {named.Min} to {named.Max}";
        else
            setting = new(named, value);
        return setting is not null;
    }

    private static long Seconds(TimeSpan time) => (long)time.TotalSeconds;
}

/// <summary>A limit and what it is to be.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Value">Its value, within its bounds.</param>
public sealed record ServeLimitSetting(ServeLimit Limit, int Value);
