using Lunette.Runtime;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Objects;

/// <summary>
/// The numbers of logical units, by which nexuses find their state. The framework's lock guards changes; a loop that
/// closes a session reads without it. A number is given out again only when no nexus has state under it any more.
/// </summary>
internal sealed class SlotTable(int max)
{
    private readonly PriorityQueue<int, int> _free = new();
    private LogicalUnit?[] _units = new LogicalUnit?[64];
    private int _next;

    /// <summary>Gives the logical unit the lowest free number; false when there is none.</summary>
    public bool TryAdd(LogicalUnit unit)
    {
        Invariant.That(unit.Slot < 0 || Find(unit.Slot) != unit, "a logical unit is registered once");
        if (!_free.TryDequeue(out var slot, out _))
        {
            if (_next >= max) return false;
            slot = _next++;
        }
        if (slot >= _units.Length)
        {
            var larger = new LogicalUnit?[Math.Min(max, _units.Length * 2)];
            _units.CopyTo(larger, 0);
            Volatile.Write(ref _units, larger);
        }
        Volatile.Write(ref _units[slot], unit);
        unit.Slot = slot;
        return true;
    }

    /// <summary>The logical unit of a number; any thread.</summary>
    public LogicalUnit? Find(int slot)
    {
        var units = Volatile.Read(ref _units);
        return slot < units.Length ? Volatile.Read(ref units[slot]) : null;
    }

    /// <summary>Takes the logical unit off its number, which stays out of use until <see cref="Free"/>.</summary>
    public void Remove(LogicalUnit unit) => Volatile.Write(ref _units[unit.Slot], null);

    /// <summary>No nexus has state under the number any more.</summary>
    public void Free(int slot) => _free.Enqueue(slot, slot);
}
