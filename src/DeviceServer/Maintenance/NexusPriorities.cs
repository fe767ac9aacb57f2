using Lunette.DeviceServer.Reservations;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>
/// The priorities that SET PRIORITY has assigned to I_T nexuses (SPC-6), 1 to 15. They outlive the nexus; their owner
/// calls under its lock.
/// </summary>
internal sealed class NexusPriorities
{
    /// <summary>How many there may be.</summary>
    public const int CountMax = 256;

    private readonly Dictionary<ItPorts, int> _assigned = [];

    /// <summary>All of them.</summary>
    public KeyValuePair<ItPorts, int>[] Assigned => [.. _assigned];

    /// <summary>The priority of a nexus; 0 where none is assigned.</summary>
    public int this[ItPorts ports] => _assigned.GetValueOrDefault(ports);

    /// <summary>Assigns one, or none with 0; false where there is no room for it.</summary>
    public bool TrySet(ItPorts ports, int priority)
    {
        if (priority == 0)
        {
            _assigned.Remove(ports);
            return true;
        }
        if (_assigned.Count == CountMax && !_assigned.ContainsKey(ports)) return false;
        _assigned[ports] = priority;
        return true;
    }

    /// <summary>None is assigned any more.</summary>
    public void Clear() => _assigned.Clear();
}
