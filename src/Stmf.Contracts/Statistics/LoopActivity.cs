using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>
/// What one loop notes of the tasks that end on it: counters for each logical unit, the trace where it is switched on,
/// and slow commands. The loop writes; whoever reads adds up all loops.
/// </summary>
/// <param name="loop">The loop.</param>
/// <param name="slow">Where slow commands go.</param>
/// <param name="time">For when a task ended.</param>
public sealed class LoopActivity(Loop loop, SlowCommands slow, TimeProvider time)
{
    private UnitCounters?[] _units = [];
    private TaskTrace? _trace;

    /// <summary>The loop.</summary>
    public Loop Loop => loop;

    /// <summary>The tasks that ended last; null while nobody wants to know. Any thread.</summary>
    public TaskTrace? Trace
    {
        get => Volatile.Read(ref _trace);
        set => Volatile.Write(ref _trace, value);
    }

    /// <summary>Adds what the loop counted for a logical unit to a sum; any thread.</summary>
    public void AddTo(TaskTotals sum, LogicalUnit unit)
    {
        var units = Volatile.Read(ref _units);
        if ((uint)unit.Slot < (uint)units.Length && Volatile.Read(ref units[unit.Slot]) is { } found
            && found.Unit == unit)
            found.Counters.AddTo(sum);
    }

    /// <summary>Notes a task that has ended; on the loop.</summary>
    internal void Ended(ScsiTask task, in TaskEnd end)
    {
        // A task that ended before it was routed has no logical unit.
        if (task.LogicalUnit is { } unit) CountersOf(unit).Count(end);
        var trace = _trace;
        if (trace is null && end.Nanoseconds < slow.ThresholdNanoseconds) return;
        var record = new TaskRecord(time.GetUtcNow(), task, end);
        trace?.Add(record);
        if (end.Nanoseconds >= slow.ThresholdNanoseconds) slow.Add(record);
    }

    private TaskCounters CountersOf(LogicalUnit unit)
    {
        var units = _units;
        var slot = unit.Slot;
        return (uint)slot < (uint)units.Length && units[slot] is { } found && found.Unit == unit
            ? found.Counters
            : Meet(unit);
    }

    // A slot may have been another logical unit's before.
    private TaskCounters Meet(LogicalUnit unit)
    {
        var units = _units;
        if (unit.Slot >= units.Length)
        {
            Array.Resize(ref units, Math.Max(unit.Slot + 1, units.Length * 2));
            Volatile.Write(ref _units, units);
        }
        var met = new UnitCounters(unit);
        Volatile.Write(ref units[unit.Slot], met);
        return met.Counters;
    }

    private sealed class UnitCounters(LogicalUnit unit)
    {
        public LogicalUnit Unit => unit;

        public TaskCounters Counters { get; } = new();
    }
}
