using Lunette.Simulation.Checks;
using Lunette.Simulation.Stores;

namespace Lunette.Simulation.World;

/// <summary>What of a logical unit outlives every machine, and what was done to it.</summary>
internal sealed class WorldDisk(Scheduler scheduler, int number, bool manyNodes)
{
    /// <summary>Blocks that are used: few, so that commands meet.</summary>
    public const int BlocksUsed = 48;

    /// <summary>How long it is at the beginning, in bytes; it never becomes shorter.</summary>
    public const long LengthBytes = 1 << 20;

    public SimulatedDisk Medium { get; } = new(scheduler, $"disk {number}", LengthBytes);

    public DiskFaults Faults { get; } = new(scheduler);

    public SavedUnit Saved { get; } = new();

    public BlockHistory History { get; } = new($"disk {number}", manyNodes);

    /// <summary>The node that has it, and no other.</summary>
    public int Owner { get; set; }

    /// <summary>The host that may not write since its registration was preempted; null for none.</summary>
    public string? Fenced { get; private set; }

    /// <summary>Fences so far: tells one from the next.</summary>
    public int Fences { get; private set; }

    private bool _fenceIsDurable;

    /// <summary>An administrator or a cluster is at work on it, and others keep off.</summary>
    public bool IsTaken { get; set; }

    /// <summary>A host was preempted, for as long as nobody clears the reservation; beyond a power loss with
    /// APTPL.</summary>
    public void Fence(string host, bool durable, bool endsAll, long now)
    {
        Fences++;
        (Fenced, _fenceIsDurable) = (host, durable);
        // What its initiator has not sent yet, or sends again, is lawful when the fence is gone.
        if (endsAll) History.Fenced(host, now);
    }

    public void EndFence() => Fenced = null;

    public void FencePowerLost()
    {
        if (!_fenceIsDurable) EndFence();
    }
}
