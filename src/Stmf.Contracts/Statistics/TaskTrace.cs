namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>
/// The tasks that ended last on one loop. The loop writes, without a lock and without allocation; a reader leaves out
/// what is being overwritten while it looks.
/// </summary>
public sealed class TaskTrace(int entries)
{
    private readonly Entry[] _entries = new Entry[entries];
    private long _written;

    /// <summary>Takes a task down; on the loop that owns this.</summary>
    public void Add(in TaskRecord record)
    {
        ref var entry = ref _entries[_written % _entries.Length];
        // Odd while it is written.
        Volatile.Write(ref entry.Version, entry.Version + 1);
        Interlocked.MemoryBarrier();
        entry.Record = record;
        Volatile.Write(ref entry.Version, entry.Version + 1);
        Volatile.Write(ref _written, _written + 1);
    }

    /// <summary>Adds what is there to a list, oldest first; any thread.</summary>
    public void CopyTo(List<TaskRecord> list)
    {
        var written = Volatile.Read(ref _written);
        for (var i = Math.Max(0, written - _entries.Length); i < written; i++)
        {
            ref var entry = ref _entries[i % _entries.Length];
            var before = Volatile.Read(ref entry.Version);
            var record = entry.Record;
            Interlocked.MemoryBarrier();
            if ((before & 1) == 0 && Volatile.Read(ref entry.Version) == before) list.Add(record);
        }
    }

    private struct Entry
    {
        public int Version;
        public TaskRecord Record;
    }
}
