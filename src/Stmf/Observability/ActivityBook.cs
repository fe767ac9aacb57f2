using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Stmf.Objects;

namespace Lunette.Stmf.Observability;

/// <summary>
/// Who counts tasks, and what those counted that are gone: the loops, and the initiators that were here. The
/// framework's lock guards it; counting itself takes no lock.
/// </summary>
internal sealed class ActivityBook(StmfOptions options, TimeProvider time)
{
    private readonly Dictionary<Loop, LoopEntry> _loops = [];
    private readonly Dictionary<string, LinkedListNode<Gone>> _byInitiator = new(StringComparer.Ordinal);
    private readonly LinkedList<Gone> _longestGoneFirst = [];
    private bool _tracing;

    public SlowCommands Slow { get; } = new(options.SlowCommandsKept)
    {
        ThresholdNanoseconds = (long)options.SlowThreshold.TotalNanoseconds,
    };

    public IEnumerable<LoopActivity> Loops => _loops.Values.Select(entry => entry.Activity);

    /// <summary>Switches the trace on or off; what was traced before is forgotten.</summary>
    public bool Tracing
    {
        get => _tracing;
        set
        {
            _tracing = value;
            foreach (var loop in Loops) loop.Trace = NewTrace();
        }
    }

    /// <summary>A session opens on a loop.</summary>
    public LoopActivity Opened(Loop loop)
    {
        if (!_loops.TryGetValue(loop, out var entry))
            _loops[loop] = entry = new(new LoopActivity(loop, Slow, time) { Trace = NewTrace() });
        entry.Sessions++;
        return entry.Activity;
    }

    /// <summary>A session has ended; on its loop.</summary>
    public void Closed(ItNexus nexus, ManagedPort port, IEnumerable<ManagedUnit> units)
    {
        nexus.Counters.AddTo(port.EndedSessions);
        nexus.Counters.AddTo(GoneOf(nexus.Initiator).Totals);
        var entry = _loops[nexus.Loop];
        // Loops of a process are few and stay. Where somebody makes one for each session, the idle ones go.
        if (--entry.Sessions > 0 || _loops.Count <= options.IdleLoopsKept) return;
        foreach (var unit in units) entry.Activity.AddTo(unit.EndedLoops, unit.Unit);
        _loops.Remove(nexus.Loop);
    }

    /// <summary>What initiators did in sessions that have ended.</summary>
    public IEnumerable<(InitiatorPort Initiator, TaskTotals Totals)> Ended =>
        _longestGoneFirst.Select(gone => (gone.Initiator, gone.Totals));

    private Gone GoneOf(InitiatorPort initiator)
    {
        if (_byInitiator.Remove(initiator.Name, out var node))
        {
            _longestGoneFirst.Remove(node);
        }
        else if (_longestGoneFirst.Count == options.InitiatorsKept)
        {
            _byInitiator.Remove(_longestGoneFirst.First!.Value.Initiator.Name);
            _longestGoneFirst.RemoveFirst();
        }
        var gone = node?.Value ?? new Gone();
        gone.Initiator = initiator;
        _byInitiator[initiator.Name] = _longestGoneFirst.AddLast(gone);
        return gone;
    }

    private TaskTrace? NewTrace() => _tracing ? new TaskTrace(options.TasksTraced) : null;

    private sealed class LoopEntry(LoopActivity activity)
    {
        public LoopActivity Activity => activity;

        public int Sessions { get; set; }
    }

    private sealed class Gone
    {
        public InitiatorPort Initiator { get; set; } = null!;

        public TaskTotals Totals { get; } = new();
    }
}
