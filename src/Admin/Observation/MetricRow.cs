using Lunette.Admin.Contracts;
using Lunette.Stmf.Contracts.Statistics;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Observation;

/// <summary>What is measured, as rows: Prometheus' text and .NET's meters are both made from them.</summary>
/// <param name="Name">In Prometheus' style, the unit last.</param>
/// <param name="IsCounter">Whether it only grows.</param>
/// <param name="Help">What it is.</param>
/// <param name="Samples">Its values now.</param>
public sealed record MetricRow(
    string Name, bool IsCounter, string Help, Func<MetricSource, IEnumerable<MetricSample>> Samples)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<MetricRow> All { get; } =
    [
        new("lunette_up_seconds", false, "Seconds since the daemon started.",
            source => [new((source.At - source.Status.StartedAt).TotalSeconds)]),
        new("lunette_sessions", false, "Sessions at a target.",
            source => source.Targets.Select(
                row => new MetricSample(row.Target.Sessions, Target(row.Target.Port.Name)))),
        .. Of("lunette_target", "a target", source => source.Targets.Select(
            row => (Target(row.Target.Port.Name), row.Totals))),
        .. Of("lunette_lu", "a logical unit", source => source.LogicalUnits.Select(row => (
            new[] { ("lu", row.LogicalUnit.LogicalUnit.Id.ToString()), ("alias", row.LogicalUnit.LogicalUnit.Alias) },
            row.Totals))),
        .. Of("lunette_initiator", "an initiator", source => source.Initiators.Select(
            row => (new[] { ("initiator", row.Initiator.Name) }, row.Totals))),
        new("lunette_slow_commands_total", true, "Commands that took longer than the threshold.",
            source => [new(source.SlowCommands)]),
        new("lunette_events_total", true, "What else happened, such as logins, dropped connections and rejects.",
            source => source.Status.Counters.Where(count => !IsLevel(count)).Select(Named)),
        new("lunette_level", false, "What goes up and down besides, such as memory on loan.",
            source => source.Status.Counters.Where(IsLevel).Select(Named)),
        new("lunette_limit", false, "The bounds the daemon runs with.",
            source => source.Status.Limits.Select(Named)),
    ];

    // Levels say their unit behind a comma, as in "buffers leased, bytes"; everything else is counted.
    private static bool IsLevel(NamedCount count) => count.Name.Contains(", ", StringComparison.Ordinal);

    private static MetricSample Named(NamedCount count) => new(count.Value, ("name", count.Name));

    private static (string Key, string Value)[] Target(string name) => [("target", name)];

    private static IEnumerable<MetricRow> Of(
        string prefix, string noun,
        Func<MetricSource, IEnumerable<((string Key, string Value)[] Labels, TaskTotals Totals)>> rows)
    {
        yield return new(prefix + "_commands_total", true, $"Commands of {noun} that ended with an answer.",
            source => Each(source, of => of.Tasks));
        yield return new(prefix + "_bytes_total", true, $"Bytes moved for commands of {noun}.",
            source => Each(source, of => of.Bytes));
        yield return new(prefix + "_seconds_total", true, $"Time commands of {noun} took together.",
            source => Each(source, of => of.Nanoseconds / 1e9));
        yield return new(prefix + "_errors_total", true, $"Commands of {noun} that ended with an error.",
            source => rows(source).SelectMany(row => row.Totals.Errors.Select(error => new MetricSample(
                error.Value, [.. row.Labels, ("error", TaskError.Describe(error.Key))]))));
        yield return new(prefix + "_aborted_total", true, $"Commands of {noun} that were aborted.",
            source => rows(source).Select(row => new MetricSample(row.Totals.Aborted, row.Labels)));

        IEnumerable<MetricSample> Each(MetricSource source, Func<DirectionTotals, double> value) =>
            from row in rows(source)
            from direction in s_directions
            select new MetricSample(
                value(row.Totals.Of(direction.Direction)), [.. row.Labels, ("direction", direction.Word)]);
    }

    private static readonly (TaskDirection Direction, string Word)[] s_directions =
        [(TaskDirection.In, "read"), (TaskDirection.Out, "write"), (TaskDirection.None, "none")];
}

/// <summary>One value.</summary>
/// <param name="Value">The value.</param>
/// <param name="Labels">What it is of.</param>
public readonly record struct MetricSample(double Value, params (string Key, string Value)[] Labels);

/// <summary>What the rows read from: everything, read once.</summary>
public sealed class MetricSource(StmfFramework framework, DaemonStatus status)
{
    /// <summary>When it was read.</summary>
    public DateTimeOffset At { get; } = framework.Now;

    /// <summary>The process.</summary>
    public DaemonStatus Status => status;

    /// <summary>What targets did.</summary>
    public IReadOnlyList<(Stmf.TargetPortInfo Target, TaskTotals Totals)> Targets { get; } = framework.TargetTotals;

    /// <summary>What logical units did.</summary>
    public IReadOnlyList<(Stmf.LogicalUnitInfo LogicalUnit, TaskTotals Totals)> LogicalUnits { get; } =
        framework.LogicalUnitTotals;

    /// <summary>What initiators did.</summary>
    public IReadOnlyList<(Stmf.Contracts.InitiatorPort Initiator, int Sessions, TaskTotals Totals)> Initiators { get; }
        = framework.InitiatorTotals;

    /// <summary>How many commands were slow.</summary>
    public long SlowCommands { get; } = framework.SlowCommands.Count;
}
