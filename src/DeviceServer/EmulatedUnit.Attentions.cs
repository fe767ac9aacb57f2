using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer;

/// <content>Unit attention conditions.</content>
public abstract partial class EmulatedUnit
{
    /// <summary>Establishes a unit attention condition for every I_T nexus, or all but one. Any thread.</summary>
    /// <param name="code">Its additional sense code; one of <see
    /// cref="UnitAttentions.UnitAttentionSet.Precedence"/>.</param>
    /// <param name="except">The nexus whose doing it is and that needs not be told; null for none.</param>
    public void EstablishAttention(AdditionalSense code, ItlNexus? except = null)
    {
        lock (_gate) EstablishForAll(code, except);
    }

    /// <summary>Whether a unit attention condition waits for an I_T nexus. On the nexus' loop.</summary>
    public bool HasAttention(ItNexus nexus) => PeekAttention(nexus, out _);

    private void EstablishForAll(AdditionalSense code, ItlNexus? except)
    {
        for (var itl = _nexuses; itl is not null; itl = itl.Next)
            if (itl != except) Establish(itl, code);
    }

    private static void Establish(ItlNexus itl, AdditionalSense code)
    {
        itl.Attentions.Establish(code);
        itl.AttentionsChanged();
    }

    /// <summary>The condition reported first now, for a nexus; taken where the interlock lets reporting clear
    /// it.</summary>
    private bool TakeAttention(ItlNexus itl, out CommandOutcome outcome)
    {
        outcome = default;
        DropInventoryToldElsewhere(itl);
        if (!itl.Attentions.TryPeek(out var code)) return false;
        outcome = CommandOutcome.Check(SenseKey.UnitAttention, code);
        // SPC-6, Control mode page: with UA_INTLCK_CTRL 10b and 11b only REQUEST SENSE clears the condition.
        if (Control.UnitAttentionInterlock is 0 or 1) ClearAttention(itl, code);
        return true;
    }

    /// <summary>What REQUEST SENSE reports and clears.</summary>
    private bool TakeAttentionAsParameterData(ItlNexus itl, out Sense sense)
    {
        lock (_gate)
        {
            NoteInventory(itl);
            DropInventoryToldElsewhere(itl);
            sense = default;
            if (!itl.Attentions.TryPeek(out var code)) return false;
            sense = new Sense(SenseKey.UnitAttention, code);
            ClearAttention(itl, code);
            return true;
        }
    }

    /// <summary>What QUERY ASYNCHRONOUS EVENT tells; nothing is cleared.</summary>
    private bool PeekAttention(ItNexus nexus, out AdditionalSense code)
    {
        var itl = ItlOf(nexus);
        lock (_gate)
        {
            NoteInventory(itl);
            DropInventoryToldElsewhere(itl);
            return itl.Attentions.TryPeek(out code);
        }
    }

    private static void ClearAttention(ItlNexus itl, AdditionalSense code)
    {
        itl.Attentions.Clear(code);
        itl.AttentionsChanged();
    }

    private static void NoteInventory(ItlNexus itl)
    {
        var generation = itl.Nexus.InventoryGeneration;
        if (itl.InventoryTold == generation) return;
        itl.InventoryTold = generation;
        if (itl.Nexus.InventoryReported != generation) Establish(itl, AdditionalSense.ReportedLunsDataHasChanged);
    }

    // SPC-6, REPORT LUNS command: it clears the condition for every logical unit the nexus reaches.
    private static void DropInventoryToldElsewhere(ItlNexus itl)
    {
        if (itl.Nexus.InventoryReported == itl.InventoryTold
            && itl.Attentions.Contains(AdditionalSense.ReportedLunsDataHasChanged))
            ClearAttention(itl, AdditionalSense.ReportedLunsDataHasChanged);
    }
}
