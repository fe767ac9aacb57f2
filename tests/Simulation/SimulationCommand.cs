using System.Diagnostics;
using System.Globalization;

namespace Lunette.Simulation;

/// <summary>What <c>./dev sim</c> does.</summary>
internal static class SimulationCommand
{
    private const string Usage = """
        ./dev sim SEED [--trace]           one seed, twice: its log, and whether both runs agree
        ./dev sim [--minutes N] [--from SEED] [--seeds N]
                                           seed after seed until the time is over or one fails
        """;

    /// <summary>0 when nothing was found, 1 when something was, 2 when asked for nothing known.</summary>
    public static int Run(string[] args)
    {
        var minutes = 1.0;
        var (from, seeds, trace) = (1, int.MaxValue, false);
        int? one = null;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--trace") trace = true;
            else if (int.TryParse(args[i], CultureInfo.InvariantCulture, out var seed)) one = seed;
            else if (i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var value))
            {
                switch (args[i++])
                {
                    case "--minutes":
                        minutes = value;
                        break;
                    case "--from":
                        from = (int)value;
                        break;
                    case "--seeds":
                        (seeds, minutes) = ((int)value, double.MaxValue / 2);
                        break;
                    default:
                        return Refuse();
                }
            }
            else
            {
                return Refuse();
            }
        }
        return one is { } single ? RunOne(single, trace) : RunMany(from, seeds, minutes);
    }

    private static int Refuse()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    private static int RunOne(int seed, bool trace)
    {
        var run = SimulationRun.Of(seed, trace ? Console.WriteLine : null);
        if (run.Failure is not null) Console.WriteLine(run.Log);
        Console.WriteLine(run.Scenario);
        Console.WriteLine(run.Failure?.ToString() ?? "nothing found");
        var again = SimulationRun.Of(seed);
        Console.WriteLine($"{run.Events} events, trace {run.TraceHash:x16}, replayed {again.TraceHash:x16}");
        return run.Failure is null && run.TraceHash == again.TraceHash ? 0 : 1;
    }

    private static int RunMany(int from, int seeds, double minutes)
    {
        var clock = Stopwatch.StartNew();
        var (ran, events) = (0, 0L);
        for (var seed = from; ran < seeds && clock.Elapsed.TotalMinutes < minutes; seed++, ran++)
        {
            var run = SimulationRun.Of(seed);
            events += run.Events;
            if (run.Failure is null) continue;
            Console.WriteLine(run.Failure);
            Console.WriteLine(run.Describe());
            return 1;
        }
        Console.WriteLine($"{ran} seeds from {from}, {events} events, {clock.Elapsed.TotalSeconds:0} s: nothing found");
        return 0;
    }
}
