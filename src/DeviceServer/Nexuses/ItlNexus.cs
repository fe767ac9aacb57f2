using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Tasks;
using Lunette.DeviceServer.UnitAttentions;
using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer.Nexuses;

/// <summary>
/// What a logical unit keeps of one I_T nexus (SAM-6, I_T_L nexus): made when the nexus first addresses it, forgotten
/// when the nexus is gone. Everything here changes under the logical unit's lock.
/// </summary>
public sealed class ItlNexus
{
    internal ItlNexus(EmulatedUnit unit, ItNexus nexus)
    {
        Unit = unit;
        Nexus = nexus;
    }

    internal EmulatedUnit Unit { get; }

    /// <summary>The nexus.</summary>
    public ItNexus Nexus { get; }

    /// <summary>Tasks of the nexus in the task set.</summary>
    public int TaskCount { get; internal set; }

    /// <summary>Unit attention conditions to be reported; after a change <see cref="AttentionsChanged"/> is
    /// called.</summary>
    internal UnitAttentionSet Attentions;

    /// <summary>What stands in the way of commands of this nexus alone.</summary>
    internal Conditions Obstacles;

    /// <summary>The accesses that reservations deny it now; computed whenever a reservation changes.</summary>
    internal ReservationAccess Denied;

    /// <summary>The nexus' inventory generation that this logical unit has told it of.</summary>
    internal int InventoryTold;

    /// <summary>An auto contingent allegiance exists for the nexus.</summary>
    internal bool AcaActive;

    /// <summary>The nexus is lost for good and waits for its tasks to end.</summary>
    internal bool Gone;

    internal TaskScan Scan;
    internal ItlNexus? Next;
    internal ItlNexus? Previous;

    internal void AttentionsChanged()
    {
        if (Attentions.IsEmpty) Obstacles &= ~Conditions.UnitAttention;
        else Obstacles |= Conditions.UnitAttention;
    }

    /// <inheritdoc/>
    public override string ToString() => Nexus.ToString();
}
