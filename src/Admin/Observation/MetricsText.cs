using System.Globalization;
using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Stmf.Contracts.Statistics;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Observation;

/// <summary>Prometheus' text exposition format, version 0.0.4.</summary>
public static class MetricsText
{
    private const int Fine = 8;                 // buckets of a histogram that make one of Prometheus'

    /// <summary>Everything there is to measure.</summary>
    public static string Write(StmfFramework framework, DaemonStatus status)
    {
        var source = new MetricSource(framework, status);
        var text = new StringBuilder();
        foreach (var row in MetricRow.All)
        {
            Head(text, row.Name, row.IsCounter ? "counter" : "gauge", row.Help);
            foreach (var sample in row.Samples(source)) Line(text, row.Name, sample.Labels, sample.Value);
        }
        Head(text, Latency, "histogram", "From a command's arrival to its answer being given to the transport.");
        foreach (var (unit, totals) in source.LogicalUnits) WriteLatency(text, unit.LogicalUnit.Id.ToString(), totals);
        return text.ToString();
    }

    private const string Latency = "lunette_lu_latency_seconds";

    // A bucket for each power of two: enough to see where it hurts, and a thousand logical units stay readable.
    private static void WriteLatency(StringBuilder text, string unit, TaskTotals totals)
    {
        foreach (var (direction, word) in ((TaskDirection, string)[])
            [(TaskDirection.In, "read"), (TaskDirection.Out, "write")])
        {
            var of = totals.Of(direction);
            if (of.Tasks == 0) continue;
            (string, string)[] labels = [("lu", unit), ("direction", word)];
            var sum = 0L;
            for (var bucket = 0; bucket < LatencyHistogram.Buckets; bucket++)
            {
                sum += of.Latencies[bucket];
                if (bucket % Fine != Fine - 1) continue;
                var le = LatencyHistogram.UpperBound(bucket) / 1e9;
                Line(text, Latency + "_bucket",
                    [.. labels, ("le", le.ToString("G6", CultureInfo.InvariantCulture))], sum);
            }
            Line(text, Latency + "_bucket", [.. labels, ("le", "+Inf")], sum);
            Line(text, Latency + "_sum", labels, of.Nanoseconds / 1e9);
            Line(text, Latency + "_count", labels, sum);
        }
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, (string Key, string Value)[] labels, double value)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Key).Append("=\"");
            foreach (var c in labels[i].Value)
            {
                if (c is '\\' or '"') text.Append('\\').Append(c);
                else if (c == '\n') text.Append("\\n");
                else text.Append(c);
            }
            text.Append('"');
        }
        if (labels.Length > 0) text.Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
