using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts.Statistics;

namespace Lunette.Stmf.Contracts;

/// <summary>
/// An I_T nexus (SAM-6, I_T nexus), a session in STMF's words: one initiator port at one target port, alive. It belongs
/// to its loop. Logical units hang their state of the nexus here, made on first use, so that a thousand sessions and
/// ten thousand logical units do not make ten million objects.
/// </summary>
public sealed class ItNexus
{
    private const int PageShift = 6;
    private const int PageSize = 1 << PageShift;

    private object?[]?[] _luStates = [];
    private LunMap _map;
    private int _inventoryGeneration;

    /// <summary>Made by the framework when a port opens a session.</summary>
    public ItNexus(ulong number, InitiatorPort initiator, TargetPort port, Loop loop, LunMap map,
        DateTimeOffset createdAt)
    {
        Number = number;
        Initiator = initiator;
        Port = port;
        Loop = loop;
        _map = map;
        CreatedAt = createdAt;
    }

    /// <summary>The framework's number for it, never reused while the process lives.</summary>
    public ulong Number { get; }

    /// <summary>The initiator port.</summary>
    public InitiatorPort Initiator { get; }

    /// <summary>The target port.</summary>
    public TargetPort Port { get; }

    /// <summary>The loop its tasks live on.</summary>
    public Loop Loop { get; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>What became of its tasks.</summary>
    public TaskCounters Counters { get; } = new();

    /// <summary>Where its loop notes them as well; null where nobody adds up loops.</summary>
    public LoopActivity? Activity { get; init; }

    /// <summary>What it sees. Swapped whole by the framework; a task keeps the map it was routed with.</summary>
    public LunMap Map => Volatile.Read(ref _map);

    /// <summary>
    /// Grows by one each time what the nexus sees changes; a logical unit's state of the nexus remembers the generation
    /// it has reported (REPORTED LUNS DATA HAS CHANGED).
    /// </summary>
    public int InventoryGeneration => Volatile.Read(ref _inventoryGeneration);

    /// <summary>The generation a REPORT LUNS command has shown; on the nexus' loop only.</summary>
    public int InventoryReported { get; set; }

    /// <summary>The framework's: swaps what the nexus sees and announces it. Any thread.</summary>
    public void ChangeMap(LunMap map)
    {
        Volatile.Write(ref _map, map);
        Interlocked.Increment(ref _inventoryGeneration);
    }

    /// <summary>A logical unit's state of this nexus by its slot; null before first use. On the nexus' loop.</summary>
    public object? FindState(int slot)
    {
        var pages = _luStates;
        var page = slot >> PageShift;
        return page < pages.Length ? pages[page]?[slot & (PageSize - 1)] : null;
    }

    /// <summary>Hangs a logical unit's state of this nexus here, or takes it off with null. On
    /// the nexus' loop.</summary>
    public void SetState(int slot, object? state)
    {
        var page = slot >> PageShift;
        if (page >= _luStates.Length) Array.Resize(ref _luStates, Math.Max(page + 1, _luStates.Length * 2));
        (_luStates[page] ??= new object?[PageSize])[slot & (PageSize - 1)] = state;
    }

    /// <summary>
    /// The next slot from <paramref name="slot"/> on whose logical unit has state of this nexus; -1 when there is none.
    /// On the nexus' loop.
    /// </summary>
    public int NextState(int slot)
    {
        for (var page = slot >> PageShift; page < _luStates.Length; page++, slot = page << PageShift)
        {
            if (_luStates[page] is not { } states) continue;
            for (var at = slot & (PageSize - 1); at < PageSize; at++)
                if (states[at] is not null) return (page << PageShift) | at;
        }
        return -1;
    }

    /// <summary>Initiator and target port, for people.</summary>
    public override string ToString() => $"{Initiator.Name} -> {Port.Name}";
}
