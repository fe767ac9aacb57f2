using System.Globalization;
using Lunette.Simulation.World;

namespace Lunette.Simulation;

/// <summary>One seed: what it found, and the hash of all it did.</summary>
internal sealed record SimulationRun(Scenario Scenario, Exception? Failure, ulong TraceHash, long Events, string Log)
{
    /// <summary>How long a world lives in virtual time, where nothing else is said.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    /// <summary>Runs a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="tracer">Told of each line; null for nobody.</param>
    public static SimulationRun Of(int seed, Action<string>? tracer = null)
    {
        var scenario = Scenario.Of(seed, Length);
        var scheduler = new Scheduler(seed) { Tracer = tracer };
        Exception? failure = null;
        try
        {
            SimulatedWorld.Run(scenario, scheduler);
        }
        catch (Exception found) when (found is not OutOfMemoryException)
        {
            failure = found;
        }
        var log = failure is null ? "" : string.Join('\n', scheduler.Lines);
        return new(scenario, failure, scheduler.TraceHash, scheduler.Events, log);
    }

    /// <summary>What is said of a failing seed.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"seed {Scenario.Seed}: {Failure?.Message ?? "nothing found"}; replay: ./dev sim {Scenario.Seed}");
}
