using System.Diagnostics.Metrics;
using Lunette.Admin.Contracts;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Observation;

/// <summary>
/// The same rows as instruments of the meter <c>Lunette</c>, for whatever listens to .NET's meters in this process,
/// such as an OpenTelemetry exporter. Nothing is read while nobody listens.
/// </summary>
public sealed class LunetteMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Lunette";

    private readonly Meter _meter = new(Name);

    /// <summary>Offers the instruments.</summary>
    public LunetteMeter(StmfFramework framework, Func<DaemonStatus> status)
    {
        foreach (var row in MetricRow.All)
        {
            if (row.IsCounter) _meter.CreateObservableCounter(row.Name, Measure, unit: null, row.Help);
            else _meter.CreateObservableGauge(row.Name, Measure, unit: null, row.Help);

            IEnumerable<Measurement<double>> Measure() =>
                row.Samples(new MetricSource(framework, status())).Select(sample => new Measurement<double>(
                    sample.Value, sample.Labels.Select(label => KeyValuePair.Create(label.Key, (object?)label.Value))));
        }
    }

    /// <summary>Takes them away.</summary>
    public void Dispose() => _meter.Dispose();
}
