using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Power;
using Lunette.DeviceServer.Tasks;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.AsymmetricAccess;

namespace Lunette.DeviceServer;

/// <content>How it is made of rows, and what resets and losses do to what it keeps.</content>
public abstract partial class EmulatedUnit
{
    /// <summary>
    /// The rows of a device type: its own, and those of SPC that it does not replace. Made once for all its logical
    /// units.
    /// </summary>
    public static CommandTable<SupportedCommand> TableOf(params IReadOnlyList<SupportedCommand> own)
    {
        List<SupportedCommand> rows = [.. own];
        foreach (var row in PrimaryHandlers.Rows)
        {
            var replaced = rows.Any(r => r.Descriptor.OperationCode == row.Descriptor.OperationCode
                && r.Descriptor.ServiceAction == row.Descriptor.ServiceAction);
            if (!replaced) rows.Add(row);
        }
        return new CommandTable<SupportedCommand>(rows, static row => row.Descriptor);
    }

    /// <summary>Whether initiators may ask for other access states: where there are groups to choose from.</summary>
    internal bool CanChangeAccess => AccessStateRequest is not null && PortGroups.Groups.Length > 1;

    /// <summary>Whether the access states were last changed by SET TARGET PORT GROUPS.</summary>
    internal bool AccessWasSet { get; set; }

    /// <inheritdoc/>
    protected sealed override void PortGroupsChanged(TargetPortGroups before, TargetPortGroups after)
    {
        lock (_gate)
        {
            for (var itl = _nexuses; itl is not null; itl = itl.Next)
            {
                var group = itl.Nexus.Port.TargetPortGroup;
                itl.SetAccess(after.StateOf(group));
                if (before.StateOf(group) != after.StateOf(group))
                    Establish(itl, AdditionalSense.AsymmetricAccessStateChanged);
            }
        }
    }

    /// <inheritdoc/>
    public sealed override void NexusUnmapped(ItNexus nexus)
    {
        if (nexus.FindState(Slot) is not ItlNexus itl || itl.Unit != this) return;
        lock (_gate) LetGo(itl);
    }

    // What a nexus holds that does not outlive it; under the lock.
    private void LetGo(ItlNexus itl)
    {
        ReleaseSpc2Of(itl);
        itl.PreventsRemoval = false;
        itl.Aliases = null;
    }

    // A logical unit reset; under the lock.
    private void ResetState(ref Effects effects)
    {
        RevertModePages(ref effects);
        for (var itl = _nexuses; itl is not null; itl = itl.Next) LetGo(itl);
        ForgetPriorities();
        EnterPowerCondition(PowerConditionCode.Active);
        // What a reset cannot bring back is a medium that was taken out.
        if (_notReady.Code != AdditionalSense.MediumNotPresent) _obstacles &= ~Conditions.Stopped;
    }
}
