using Lunette.DeviceServer;

namespace Lunette.Lu.Disk.Copying;

/// <summary>Whether a copy may begin.</summary>
internal enum CopyAdmission
{
    /// <summary>It may.</summary>
    Begun,

    /// <summary>A copy of the same nexus has that list identifier.</summary>
    Duplicate,

    /// <summary>There are as many in progress as there may be.</summary>
    TooMany,
}

/// <summary>
/// The copies of one logical unit: those in progress and the last that ended, by nexus and list identifier. Any loop.
/// </summary>
internal sealed class CopyManager
{
    private readonly Lock _gate = new();
    private readonly List<(ulong Nexus, CopyOperation Operation)> _running = [];
    private readonly List<(ulong Nexus, CopyOperation Operation)> _ended = [];
    private readonly List<(CopyOperation Operation, DiskTask Task)> _waiting = [];

    public CopyAdmission TryBegin(ulong nexus, CopyOperation operation)
    {
        lock (_gate)
        {
            if (_running.Count >= CopyLimits.ConcurrentMax) return CopyAdmission.TooMany;
            if (operation.IsIdentified)
            {
                if (Find(_running, nexus, operation.ListId) is not null) return CopyAdmission.Duplicate;
                _ended.RemoveAll(ended => ended.Nexus == nexus && ended.Operation.ListId == operation.ListId);
            }
            _running.Add((nexus, operation));
            return CopyAdmission.Begun;
        }
    }

    /// <summary>A copy has ended; whoever waits for that goes on.</summary>
    public void End(ulong nexus, CopyOperation operation)
    {
        lock (_gate)
        {
            _running.RemoveAll(running => running.Operation == operation);
            foreach (var (waited, task) in _waiting)
                if (waited == operation) EmulatedUnit.Wake(task);
            if (!operation.IsIdentified) return;
            if (_ended.Count == CopyLimits.ResultsMax) _ended.RemoveAt(0);
            _ended.Add((nexus, operation));
        }
    }

    /// <summary>A copy, in progress or ended; null where there is none by that identifier.</summary>
    public CopyOperation? Find(ulong nexus, uint listId)
    {
        lock (_gate) return Find(_running, nexus, listId) ?? Find(_ended, nexus, listId);
    }

    /// <summary>Whether a copy of a nexus that is in progress refers to its aliases.</summary>
    public bool UsesAliases(ulong nexus)
    {
        lock (_gate) return _running.Exists(running => running.Nexus == nexus && running.Operation.UsesAliases);
    }

    /// <summary>
    /// Asks a copy to end and wakes the task, which has been suspended, when it has; at once when it had before.
    /// </summary>
    public void Abort(ulong nexus, CopyOperation operation, DiskTask task)
    {
        lock (_gate)
        {
            if (Find(_running, nexus, operation.ListId) != operation)
            {
                EmulatedUnit.Wake(task);
                return;
            }
            operation.AbortRequested = true;
            _waiting.Add((operation, task));
        }
    }

    /// <summary>The task waits no longer.</summary>
    public void Forget(DiskTask task)
    {
        lock (_gate) _waiting.RemoveAll(waiting => waiting.Task == task);
    }

    private static CopyOperation? Find(
        List<(ulong Nexus, CopyOperation Operation)> operations, ulong nexus, uint listId)
    {
        foreach (var (of, operation) in operations)
            if (of == nexus && operation.IsIdentified && operation.ListId == listId) return operation;
        return null;
    }
}
