using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Stmf.Objects;
using Lunette.Stmf.Observability;

namespace Lunette.Stmf;

/// <content>What tasks did: sums, trace, slow commands. Reading adds up what the loops count by themselves.</content>
public sealed partial class StmfFramework
{
    private readonly ActivityBook _activity;

    /// <summary>The commands that took long; its threshold may be changed at any time.</summary>
    public SlowCommands SlowCommands => _activity.Slow;

    /// <summary>Whether tasks are traced: switching it forgets what was traced before.</summary>
    public bool Tracing
    {
        get
        {
            lock (_gate) return _activity.Tracing;
        }
        set
        {
            lock (_gate) _activity.Tracing = value;
        }
    }

    /// <summary>The tasks that ended last, of all loops, in the order they ended; empty unless they are
    /// traced.</summary>
    public IReadOnlyList<TaskRecord> TracedTasks
    {
        get
        {
            LoopActivity[] loops;
            lock (_gate) loops = [.. _activity.Loops];
            var traced = new List<TaskRecord>();
            foreach (var loop in loops) loop.Trace?.CopyTo(traced);
            return [.. traced.OrderBy(record => record.At)];
        }
    }

    /// <summary>What each target port did since it was registered, by name.</summary>
    public IReadOnlyList<(TargetPortInfo Target, TaskTotals Totals)> TargetTotals
    {
        get
        {
            lock (_gate)
            {
                return [.. _ports.Values.OrderBy(port => port.Name, StringComparer.Ordinal)
                    .Select(port => (port.Describe(), SumOf(port)))];
            }
        }
    }

    /// <summary>What each logical unit did since it was registered, by identity.</summary>
    public IReadOnlyList<(LogicalUnitInfo LogicalUnit, TaskTotals Totals)> LogicalUnitTotals
    {
        get
        {
            lock (_gate)
            {
                return [.. _units.Values.OrderBy(unit => unit.Unit.Id).Select(unit => (unit.Describe(), SumOf(unit)))];
            }
        }
    }

    /// <summary>What each session did, oldest first.</summary>
    public IReadOnlyList<(ItNexus Nexus, TaskTotals Totals)> SessionTotals =>
        [.. Sessions.Select(nexus => (nexus, SumOf(nexus)))];

    /// <summary>
    /// What each initiator did, in the sessions it has and in those it had, by name. Initiators that are gone are
    /// remembered up to a bound, those gone longest being forgotten first.
    /// </summary>
    public IReadOnlyList<(InitiatorPort Initiator, int Sessions, TaskTotals Totals)> InitiatorTotals
    {
        get
        {
            lock (_gate)
            {
                var sums = new SortedDictionary<string, (InitiatorPort Initiator, int Sessions, TaskTotals Totals)>(
                    StringComparer.Ordinal);
                foreach (var (initiator, totals) in _activity.Ended)
                {
                    var sum = new TaskTotals();
                    sum.Add(totals);
                    sums[initiator.Name] = (initiator, 0, sum);
                }
                foreach (var nexus in _sessions.Sessions.Select(session => session.Nexus))
                {
                    var (_, sessions, sum) = sums.GetValueOrDefault(
                        nexus.Initiator.Name, (nexus.Initiator, 0, new TaskTotals()));
                    nexus.Counters.AddTo(sum);
                    sums[nexus.Initiator.Name] = (nexus.Initiator, sessions + 1, sum);
                }
                return [.. sums.Values];
            }
        }
    }

    /// <summary>
    /// What counts the tasks of a nexus that is no session here but drives logical units on one of our loops: the other
    /// node's initiators, who count as initiators there. The loop is remembered from now on.
    /// </summary>
    public LoopActivity CountOn(Loop loop)
    {
        lock (_gate) return _activity.Opened(loop);
    }

    private static TaskTotals SumOf(ItNexus nexus)
    {
        var sum = new TaskTotals();
        nexus.Counters.AddTo(sum);
        return sum;
    }

    private static TaskTotals SumOf(ManagedPort port)
    {
        var sum = new TaskTotals();
        sum.Add(port.EndedSessions);
        foreach (var session in port.Sessions) session.Nexus.Counters.AddTo(sum);
        return sum;
    }

    private TaskTotals SumOf(ManagedUnit unit)
    {
        var sum = new TaskTotals();
        sum.Add(unit.EndedLoops);
        foreach (var loop in _activity.Loops) loop.AddTo(sum, unit.Unit);
        return sum;
    }
}
