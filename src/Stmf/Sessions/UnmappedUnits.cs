using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Sessions;

/// <summary>
/// Tells logical units that were taken off a LUN, have state of the nexus and are not at another LUN now that the nexus
/// sees them no more; on its loop.
/// </summary>
internal sealed class UnmappedUnits(ItNexus nexus, LogicalUnit[] vanished, LunMap after) : LoopWork
{
    public override void Run()
    {
        foreach (var unit in vanished)
        {
            if (nexus.FindState(unit.Slot) is null || after.Entries.Any(e => e.LogicalUnit == unit)) continue;
            unit.NexusUnmapped(nexus);
        }
    }
}
