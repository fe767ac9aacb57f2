using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Sessions;

/// <summary>Tells each logical unit that the nexus sees no more, and that has state of it; on its loop.</summary>
internal sealed class UnmappedUnits(ItNexus nexus, LunMap before, LunMap after) : LoopWork
{
    public override void Run()
    {
        HashSet<LogicalUnit>? still = null;
        foreach (var entry in before.Entries)
        {
            var unit = entry.LogicalUnit;
            if (ReferenceEquals(after.Find(entry.Lun), unit)) continue;
            if (unit.Slot < 0 || nexus.FindState(unit.Slot) is null) continue;
            still ??= [.. after.Entries.Select(e => e.LogicalUnit)];
            if (!still.Contains(unit)) unit.NexusUnmapped(nexus);
        }
    }
}
