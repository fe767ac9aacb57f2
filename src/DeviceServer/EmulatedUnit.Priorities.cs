using Lunette.DeviceServer.Maintenance;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Reservations;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Command priorities of I_T nexuses (SPC-6, SET PRIORITY command).</content>
public abstract partial class EmulatedUnit
{
    private readonly NexusPriorities _priorities = new();

    /// <summary>The priorities that are assigned.</summary>
    internal KeyValuePair<ItPorts, int>[] AssignedPriorities
    {
        get
        {
            lock (_gate) return _priorities.Assigned;
        }
    }

    /// <summary>The priority that is assigned to a nexus; 0 where it has the initial one.</summary>
    internal int PriorityOf(ItPorts ports)
    {
        lock (_gate) return _priorities[ports];
    }

    /// <summary>Assigns a priority, 0 for the initial one; a nexus other than the asking one hears of it.</summary>
    internal bool TrySetPriority(ItPorts ports, int priority, ItlNexus by)
    {
        lock (_gate)
        {
            if (!_priorities.TrySet(ports, priority)) return false;
            for (var itl = _nexuses; itl is not null; itl = itl.Next)
            {
                if (itl.Ports != ports) continue;
                itl.Priority = priority;
                if (itl != by) Establish(itl, AdditionalSense.PriorityChanged);
            }
            return true;
        }
    }

    /// <summary>Every nexus has the initial priority again, and all but one hear of it.</summary>
    internal void ForgetPriorities(ItlNexus by)
    {
        lock (_gate)
        {
            ForgetPriorities();
            EstablishForAll(AdditionalSense.PriorityChanged, except: by);
        }
    }

    private void ForgetPriorities()
    {
        _priorities.Clear();
        for (var itl = _nexuses; itl is not null; itl = itl.Next) itl.Priority = 0;
    }
}
