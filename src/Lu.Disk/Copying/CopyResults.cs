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

/// <summary>How a copy stands.</summary>
/// <param name="InProgress">It goes on.</param>
/// <param name="Failed">It has ended with an error, or was aborted.</param>
/// <param name="Segments">How many segments are done.</param>
/// <param name="Bytes">How many bytes are copied.</param>
internal readonly record struct CopyResult(bool InProgress, bool Failed, int Segments, ulong Bytes);

/// <summary>
/// The copies of one logical unit: those in progress and the last that ended, by nexus and list identifier. Any loop.
/// </summary>
internal sealed class CopyResults
{
    private readonly Lock _gate = new();
    private readonly List<(ulong Nexus, CopyOperation Operation)> _running = [];
    private readonly List<(ulong Nexus, byte ListId, CopyResult Result)> _ended = [];

    public CopyAdmission TryBegin(ulong nexus, CopyOperation operation)
    {
        lock (_gate)
        {
            if (_running.Count >= CopyLimits.ConcurrentMax) return CopyAdmission.TooMany;
            if (operation.IsIdentified && IndexOf(nexus, operation.ListId) >= 0) return CopyAdmission.Duplicate;
            _ended.RemoveAll(ended => ended.Nexus == nexus && ended.ListId == operation.ListId);
            _running.Add((nexus, operation));
            return CopyAdmission.Begun;
        }
    }

    public void End(ulong nexus, CopyOperation operation)
    {
        lock (_gate)
        {
            _running.RemoveAll(running => running.Operation == operation);
            if (!operation.IsIdentified) return;
            if (_ended.Count == CopyLimits.ResultsMax) _ended.RemoveAt(0);
            _ended.Add((nexus, operation.ListId, StateOf(operation, inProgress: false)));
        }
    }

    /// <summary>How a copy stands; null where there is none by that identifier.</summary>
    public CopyResult? Find(ulong nexus, byte listId)
    {
        lock (_gate)
        {
            var running = IndexOf(nexus, listId);
            if (running >= 0) return StateOf(_running[running].Operation, inProgress: true);
            var ended = _ended.FindIndex(e => e.Nexus == nexus && e.ListId == listId);
            return ended < 0 ? null : _ended[ended].Result;
        }
    }

    private int IndexOf(ulong nexus, byte listId) => _running.FindIndex(running =>
        running.Nexus == nexus && running.Operation.IsIdentified && running.Operation.ListId == listId);

    private static CopyResult StateOf(CopyOperation operation, bool inProgress) => new(
        inProgress,
        operation.HasFailed || (!inProgress && operation.SegmentsDone < operation.SegmentCount),
        operation.SegmentsDone,
        operation.BytesCopied);
}
