using System.Diagnostics;
using System.Globalization;
using Lunette.Fuzz.Coverage;
using Lunette.Fuzz.Targets;
using Lunette.Testing;

namespace Lunette.Fuzz.Engine;

/// <summary>What <c>./dev fuzz</c> does.</summary>
internal static class FuzzCommand
{
    private const string Usage = """
        ./dev fuzz                                       the targets
        ./dev fuzz TARGET|all [--minutes N] [--seed N]   looks for defects: 1 minute and a seed by the clock unless told
        ./dev fuzz TARGET --replay FILE                  executes one input, without instrumentation
        ./dev fuzz TARGET|all --keep                     minimises what runs have found into tests/Fuzz/corpus/TARGET
        """;

    // The tree's corpus stays small: of what is too much the longest go.
    private const int KeptBytesMax = 24 << 10;

    private sealed record Options(double Minutes, int Seed, string? Replay, bool Keep);

    /// <summary>By hand: 0 when nothing was found, 1 when something was, 2 when asked for nothing known.</summary>
    public static int Run(string[] args)
    {
        if (args is ["list"] or []) return List();
        if (Parse(args, out var options) is not { Count: > 0 } targets) return Refuse();
        if (options.Replay is { } file) return targets.Max(target => Replay(target, file));
        var program = WovenCopy.Make(Path.Combine(Repository.Root, "artifacts", "fuzz", "woven"));
        return targets.Max(target => RunChild(program, target, args[1..]));
    }

    /// <summary>The child: the same arguments, over instrumented assemblies.</summary>
    public static int RunWoven(string[] args) => Parse(args, out var options) is [var target]
        ? options.Keep ? Keep(target) : Search(target, options)
        : Refuse();

    private static int List()
    {
        foreach (var target in FuzzTargets.All) Console.WriteLine($"{target.Name,-18} {target.What}");
        Console.WriteLine(Usage);
        return 0;
    }

    private static int Refuse()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    private static List<FuzzTarget>? Parse(string[] args, out Options options)
    {
        var seed = (int)(Stopwatch.GetTimestamp() & int.MaxValue);
        options = new(1, seed, null, false);
        for (var i = 1; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes):
                    options = options with { Minutes = minutes };
                    i++;
                    break;
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var number):
                    options = options with { Seed = number };
                    i++;
                    break;
                case "--replay" when File.Exists(value):
                    options = options with { Replay = value };
                    i++;
                    break;
                case "--keep":
                    options = options with { Keep = true };
                    break;
                default:
                    return null;
            }
        }
        return args[0] == "all" ? [.. FuzzTargets.All] : [.. FuzzTargets.All.Where(target => target.Name == args[0])];
    }

    private static int Replay(FuzzTarget target, string file)
    {
        var finding = Execution.Run(target, File.ReadAllBytes(file));
        Console.WriteLine(finding is null ? $"{target.Name}: nothing is wrong with {file}" : finding.What);
        return finding is null ? 0 : 1;
    }

    private static int RunChild(string program, FuzzTarget target, string[] rest)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [program, "woven", target.Name, .. rest]);
        using var child = Process.Start(start)!;
        child.WaitForExit();
        if (child.ExitCode is 0 or 1 or 2) return child.ExitCode;
        var file = Corpus.Keep(Corpus.OfRuns(target.Name), LastInput.Read(LastInputOf(target)), "crash-");
        Console.WriteLine($"{target.Name}: the process died, exit status {child.ExitCode}; its last input: {file}");
        return 1;
    }

    private static int Search(FuzzTarget target, Options options)
    {
        using var last = new LastInput(LastInputOf(target), target.LengthMax);
        var loop = new FuzzLoop(target, options.Seed, Corpus.Begin(target), WovenCopy.Words) { Before = last.Note };
        var known = loop.Inputs.Count;
        var watch = Stopwatch.StartNew();
        loop.Run(() => watch.Elapsed.TotalMinutes < options.Minutes);
        foreach (var input in loop.Inputs.Skip(known))
            Corpus.Keep(Path.Combine(Corpus.OfRuns(target.Name), "corpus"), input);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{target.Name}: seed {options.Seed}, {loop.Executions} executions in {watch.Elapsed.TotalSeconds:0} s, "
            + $"{loop.EdgesSeen} edges, {Edges.BlocksSeen} of {WovenCopy.Blocks} blocks, "
            + $"{loop.Inputs.Count} inputs ({loop.Inputs.Count - known} new), {loop.Findings.Count} defects"));
        foreach (var finding in loop.Findings) Report(target, finding);
        return loop.Findings.Count == 0 ? 0 : 1;
    }

    private static void Report(FuzzTarget target, FuzzFinding finding)
    {
        var file = Corpus.Keep(Corpus.OfRuns(target.Name), finding.Input, Corpus.DefectPrefix);
        Console.WriteLine($"DEFECT {finding.What}");
        Console.WriteLine($"  replay: ./dev fuzz {target.Name} --replay {Path.GetRelativePath(Repository.Root, file)}");
    }

    // Defects that were once found stay whatever they cover.
    private static int Keep(FuzzTarget target)
    {
        var folder = Corpus.InTree(target.Name);
        var old = Corpus.Load(folder);
        List<byte[]> kept = [];
        foreach (var input in FuzzLoop.Minimise(target, Corpus.Begin(target)).OrderBy(input => input.Length))
            if (kept.Sum(one => one.Length) + input.Length <= KeptBytesMax
                && !old.Any(one => one.Name.StartsWith(Corpus.DefectPrefix, StringComparison.Ordinal)
                    && one.Input.AsSpan().SequenceEqual(input))) kept.Add(input);
        foreach (var (name, _) in old)
            if (!name.StartsWith(Corpus.DefectPrefix, StringComparison.Ordinal)) File.Delete(Path.Combine(folder,
                name));
        foreach (var input in kept) Corpus.Keep(folder, input);
        Console.WriteLine($"{target.Name}: kept {kept.Count} inputs, {kept.Sum(input => input.Length)} bytes");
        return 0;
    }

    private static string LastInputOf(FuzzTarget target) =>
        Path.Combine(Corpus.OfRuns(target.Name), "last-input");
}
