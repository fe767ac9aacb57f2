using System.Diagnostics;
using System.Globalization;
using Lunette.Fuzz.Coverage;

namespace Lunette.Fuzz.Engine;

/// <summary>A defect: an input and what it did.</summary>
internal sealed record FuzzFinding(byte[] Input, string What)
{
    /// <summary>Two findings with the same mark are taken for one defect.</summary>
    public string Mark
    {
        get
        {
            // What a target found wrong says so before its colon; what escaped is told by where it came from.
            var lines = What.Split('\n');
            return lines[0].StartsWith(nameof(FuzzException), StringComparison.Ordinal)
                ? string.Join(':', lines[0].Split(':').Take(2))
                : string.Join('\n', lines.Take(4).Select(line => line.Trim([.. "0123456789"])));
        }
    }
}

/// <summary>Runs one input under the bounds of its target.</summary>
internal static class Execution
{
    /// <summary>What is wrong; null when nothing is.</summary>
    public static FuzzFinding? Run(FuzzTarget target, byte[] input)
    {
        if (RunOnce(target, input) is not { } suspicion) return null;
        // The first execution of a path also pays for statics, and a machine may be busy: only what repeats counts.
        return suspicion.IsSure ? suspicion.Finding : RunOnce(target, input)?.Finding;
    }

    private static (FuzzFinding Finding, bool IsSure)? RunOnce(FuzzTarget target, byte[] input)
    {
        var began = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Edges.Begin(target.StepsMax(input.Length));
        try
        {
            target.Fuzz(input);
        }
#pragma warning disable CA1031 // Any exception that escapes is what a fuzzer looks for.
        catch (Exception escaped)
#pragma warning restore CA1031
        {
            return (new(input, Describe(escaped)), true);
        }
        finally
        {
            Edges.End();
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var took = Stopwatch.GetElapsedTime(began);
        if (Edges.WentPastBound) return (new(input, "the execution took more steps than its bound"), true);
        var allocationMax = target.AllocationMax(input.Length);
        if (allocated > allocationMax)
            return (new(input, Say($"allocated {allocated} bytes; the bound is {allocationMax}")), false);
        return took > target.TimeMax ? (new(input, Say($"took {took.TotalSeconds:0.0} s")), false) : null;
    }

    private static string Describe(Exception escaped)
    {
        var frames = (escaped.StackTrace ?? "").Split('\n')
            .Where(frame => frame.Contains("Lunette.", StringComparison.Ordinal)).Take(6);
        return string.Join('\n', [$"{escaped.GetType().Name}: {escaped.Message}", .. frames]);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
