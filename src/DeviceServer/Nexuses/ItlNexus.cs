using Lunette.DeviceServer.Aliases;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Reservations;
using Lunette.DeviceServer.Tasks;
using Lunette.DeviceServer.UnitAttentions;
using Lunette.Scsi;
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
        // A transport whose port has no TransportID that can be read has a port of no name: it never registers
        // anything.
        if (!TransportId.TryRead(nexus.Initiator.TransportId.Span, out var initiator, out _, out _))
            initiator = TransportId.Srp(nexus.Number);
        Ports = new ItPorts(initiator, nexus.Port.RelativePortIdentifier);
    }

    /// <summary>Its ports, which registrations are known by.</summary>
    public ItPorts Ports { get; }

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

    /// <summary>The priority that SET PRIORITY has given it, 1 to 15; 0 where it has the initial one.</summary>
    internal int Priority;

    /// <summary>It prevents that the medium is taken out.</summary>
    internal bool PreventsRemoval;

    /// <summary>Its aliases; null while it has none.</summary>
    internal AliasList? Aliases;

    /// <summary>What it wrote into its echo buffer last; on the nexus' loop only.</summary>
    internal byte[]? EchoBuffer;

    internal TaskScan Scan;
    internal ItlNexus? Next;
    internal ItlNexus? Previous;

    internal void AttentionsChanged()
    {
        if (Attentions.IsEmpty) Obstacles &= ~Conditions.UnitAttention;
        else Obstacles |= Conditions.UnitAttention;
    }

    // The access state of its target port for the logical unit, as what it keeps commands from.
    internal void SetAccess(AsymmetricAccessState state)
    {
        Obstacles &= ~(Conditions.Standby | Conditions.Unavailable | Conditions.Transitioning);
        Obstacles |= state switch
        {
            AsymmetricAccessState.ActiveOptimized
                or AsymmetricAccessState.ActiveNonOptimized
                or AsymmetricAccessState.LogicalBlockDependent => Conditions.None,
            AsymmetricAccessState.Standby => Conditions.Standby,
            AsymmetricAccessState.Transitioning => Conditions.Transitioning,
            _ => Conditions.Unavailable,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Nexus.ToString();
}
