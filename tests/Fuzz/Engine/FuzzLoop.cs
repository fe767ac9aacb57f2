using Lunette.Fuzz.Coverage;

namespace Lunette.Fuzz.Engine;

/// <summary>
/// The loop: change an input, execute it, keep it when it took an edge, or took one more often, as none did before.
/// Over assemblies that are not instrumented nothing is ever new, and what remains is seeded random testing.
/// </summary>
internal sealed class FuzzLoop
{
    private const int FindingsMax = 20;

    // Counts in the classes 1, 2, 3, 4-7, 8-15, 16-31, 32-127 and more: another class is news, another count is not.
    private static readonly byte[] s_classes = [.. Enumerable.Range(0, 256).Select(Class)];

    private readonly FuzzTarget _target;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _corpus = [];
    private readonly HashSet<string> _marks = [];
    private readonly byte[] _seen = new byte[Edges.MapLength];

    public FuzzLoop(FuzzTarget target, int seed, IEnumerable<byte[]> corpus, IReadOnlyList<byte[]> words)
    {
        _target = target;
        _mutator = new Mutator(target, new FuzzRandom(seed), words);
        foreach (var input in corpus)
        {
            Execute(input);
            if (!_corpus.Contains(input)) _corpus.Add(input);
        }
        if (_corpus.Count == 0) _corpus.Add([]);
    }

    /// <summary>Executions so far.</summary>
    public long Executions { get; private set; }

    /// <summary>Inputs kept.</summary>
    public IReadOnlyList<byte[]> Inputs => _corpus;

    /// <summary>Defects, each kind once.</summary>
    public List<FuzzFinding> Findings { get; } = [];

    /// <summary>Edges that were ever taken.</summary>
    public int EdgesSeen => Edges.MapLength - _seen.AsSpan().Count((byte)0);

    /// <summary>Called before each execution with what is to be executed.</summary>
    public Action<byte[]>? Before { get; set; }

    /// <summary>Runs until told to stop; false from the caller stops it, and so do many defects.</summary>
    public void Run(Func<bool> goesOn)
    {
        while (Findings.Count < FindingsMax && goesOn()) Execute(_mutator.Next(_corpus));
    }

    /// <summary>
    /// The fewest small inputs that still take every edge as often as all of them do, as far as a greedy choice finds.
    /// </summary>
    public static IReadOnlyList<byte[]> Minimise(FuzzTarget target, IEnumerable<byte[]> inputs)
    {
        var loop = new FuzzLoop(target, 0, [], []);
        loop._corpus.Clear();
        foreach (var input in inputs.OrderBy(input => input.Length)) loop.Execute(input);
        // Backwards once more: what came first and small is often covered by what had to come later.
        var again = new FuzzLoop(target, 0, [], []);
        again._corpus.Clear();
        foreach (var input in loop._corpus.AsEnumerable().Reverse()) again.Execute(input);
        return again._corpus;
    }

    private void Execute(byte[] input)
    {
        Executions++;
        Before?.Invoke(input);
        if (Execution.Run(_target, input) is { } finding)
        {
            if (_marks.Add(finding.Mark)) Findings.Add(finding);
        }
        else if (TakeNews())
        {
            _corpus.Add(input);
        }
    }

    private bool TakeNews()
    {
        var news = false;
        var map = Edges.Map;
        for (var from = map.IndexOfAnyExcept((byte)0); from >= 0;)
        {
            var bits = s_classes[map[from]];
            if ((bits & ~_seen[from]) != 0)
            {
                _seen[from] |= bits;
                news = true;
            }
            var next = map[(from + 1)..].IndexOfAnyExcept((byte)0);
            from = next < 0 ? -1 : from + 1 + next;
        }
        return news;
    }

    private static byte Class(int count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
