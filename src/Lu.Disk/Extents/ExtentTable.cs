using Lunette.Scsi;

namespace Lunette.Lu.Disk.Extents;

/// <summary>
/// Which blocks are in a store call now, so that a command that must be atomic (COMPARE AND WRITE, WRITE ATOMIC,
/// ORWRITE) is so against every other. Ordinary commands share; while no atomic one is about, sharing costs one fence
/// and no lock: a command says what it touches and then looks whether anybody wants it alone, and an atomic one says
/// that it does and then looks at what is touched, so one of the two sees the other. Extents are held during store
/// calls only, never while an initiator is waited for.
/// </summary>
internal sealed class ExtentTable
{
    private readonly Lock _gate = new();
    private DiskTask? _known;           // every context there ever was: the bound is the task set's depth
    private DiskTask? _firstWaiting;
    private DiskTask? _lastWaiting;
    private int _exclusive;             // atomic extents held or waited for

    /// <summary>Makes a context known before its first command. Any thread.</summary>
    public void Register(DiskTask task)
    {
        DiskTask? head;
        do
        {
            head = Volatile.Read(ref _known);
            task.NextKnown = head;
        }
        while (Interlocked.CompareExchange(ref _known, task, head) != head);
    }

    /// <summary>Enters together with other ordinary commands; false when it has to wait (see
    /// <see cref="Await"/>).</summary>
    public bool TryShare(DiskTask task, BlockRange range)
    {
        task.Extent = range;
        task.ExtentIsExclusive = false;
        Interlocked.Exchange(ref task.ExtentState, ExtentState.Held);
        return Volatile.Read(ref _exclusive) == 0 || TryHoldSlowly(task);
    }

    /// <summary>Enters alone; false when it has to wait (see <see cref="Await"/>).</summary>
    public bool TryExclude(DiskTask task, BlockRange range)
    {
        task.Extent = range;
        task.ExtentIsExclusive = true;
        task.ExtentState = ExtentState.Claimed;
        Interlocked.Increment(ref _exclusive);
        return TryHoldSlowly(task);
    }

    /// <summary>
    /// Waits for what <see cref="TryShare"/> or <see cref="TryExclude"/> did not give. The task is suspended; it is
    /// woken when it holds its extent.
    /// </summary>
    public void Await(DiskTask task)
    {
        lock (_gate)
        {
            task.ExtentState = ExtentState.Waiting;
            task.NextWaiting = null;
            if (_lastWaiting is null) _firstWaiting = task;
            else _lastWaiting.NextWaiting = task;
            _lastWaiting = task;
            Grant();
        }
    }

    /// <summary>Gives back whatever the task holds, waits for or claims; nothing when that is nothing.</summary>
    public void Leave(DiskTask task)
    {
        if (task.ExtentState == ExtentState.None) return;
        if (!task.ExtentIsExclusive && Interlocked.CompareExchange(
            ref task.ExtentState, ExtentState.None, ExtentState.Held) == ExtentState.Held)
        {
            if (Volatile.Read(ref _exclusive) == 0) return;
            lock (_gate) Grant();
            return;
        }
        lock (_gate)
        {
            if (task.ExtentState == ExtentState.Waiting) Unlink(task);
            var keptOff = task.ExtentIsExclusive || task.ExtentState == ExtentState.Condemned;
            task.ExtentState = ExtentState.None;
            if (keptOff) Interlocked.Decrement(ref _exclusive);
            Grant();
        }
    }

    /// <summary>
    /// A task that is in the store with a write is aborted: whatever comes to its blocks from now on waits until the
    /// write is out of the store, so that it never overwrites a newer one. Any thread.
    /// </summary>
    public void Condemn(DiskTask task)
    {
        if (task.ExtentIsExclusive) return;
        // Counted first: whoever says after this what he touches looks at it.
        Interlocked.Increment(ref _exclusive);
        if (Interlocked.CompareExchange(ref task.ExtentState, ExtentState.Condemned, ExtentState.Held)
            != ExtentState.Held)
            Interlocked.Decrement(ref _exclusive);
    }

    private bool TryHoldSlowly(DiskTask task)
    {
        lock (_gate)
        {
            task.ExtentState = ExtentState.Claimed;
            var free = IsFree(task) && !ConflictsWithWaiting(task, until: null);
            if (free) task.ExtentState = ExtentState.Held;
            // A waiting one may have seen this task as held for a moment.
            Grant();
            return free;
        }
    }

    private void Grant()
    {
        for (var task = _firstWaiting; task is not null;)
        {
            var next = task.NextWaiting;
            if (IsFree(task) && !ConflictsWithWaiting(task, until: task))
            {
                Unlink(task);
                task.ExtentState = ExtentState.Held;
                DeviceServer.EmulatedUnit.Wake(task);
            }
            task = next;
        }
    }

    private bool IsFree(DiskTask task)
    {
        for (var other = Volatile.Read(ref _known); other is not null; other = other.NextKnown)
        {
            if (other == task) continue;
            var state = Volatile.Read(ref other.ExtentState);
            if (state == ExtentState.Held && Conflict(task, other)) return false;
            if (state == ExtentState.Condemned && task.Extent.Overlaps(other.Extent)) return false;
        }
        return true;
    }

    // First come, first served among those that conflict, so that nobody waits for ever.
    private bool ConflictsWithWaiting(DiskTask task, DiskTask? until)
    {
        for (var other = _firstWaiting; other != until && other is not null; other = other.NextWaiting)
            if (Conflict(task, other)) return true;
        return false;
    }

    private static bool Conflict(DiskTask one, DiskTask other) =>
        (one.ExtentIsExclusive || other.ExtentIsExclusive) && one.Extent.Overlaps(other.Extent);

    private void Unlink(DiskTask task)
    {
        DiskTask? previous = null;
        for (var other = _firstWaiting; other != task; other = other!.NextWaiting) previous = other;
        if (previous is null) _firstWaiting = task.NextWaiting;
        else previous.NextWaiting = task.NextWaiting;
        if (_lastWaiting == task) _lastWaiting = previous;
        task.NextWaiting = null;
    }
}

/// <summary>Where a task stands with its extent; numbers, because they change by interlocked operations.</summary>
internal static class ExtentState
{
    /// <summary>It has none.</summary>
    public const int None = 0;

    /// <summary>It wants one and neither holds it nor waits yet.</summary>
    public const int Claimed = 1;

    /// <summary>It waits its turn.</summary>
    public const int Waiting = 2;

    /// <summary>It has it.</summary>
    public const int Held = 3;

    /// <summary>It has it, was aborted, and its write may still reach the medium.</summary>
    public const int Condemned = 4;
}
