using System.Runtime.CompilerServices;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>A task that has ended, as trace and slow-command log keep it.</summary>
public readonly struct TaskRecord
{
    /// <summary>Bytes of the CDB that are kept.</summary>
    public const int CdbLengthMax = 32;

    private readonly CdbBytes _cdb;
    private readonly int _cdbLength;

    /// <summary>Takes down what a task was and how it ended.</summary>
    public TaskRecord(DateTimeOffset at, ScsiTask task, in TaskEnd end)
    {
        At = at;
        Nexus = task.Nexus;
        LogicalUnit = task.LogicalUnit;
        Lun = task.Lun;
        Tag = task.Tag;
        End = end;
        QueueNanoseconds = task.Waited(TaskWait.Queue);
        TransferNanoseconds = task.Waited(TaskWait.DataOut);
        StoreNanoseconds = task.Waited(TaskWait.Store);
        var kept = task.Cdb[..Math.Min(task.CdbLength, CdbLengthMax)];
        kept.CopyTo(_cdb);
        _cdbLength = kept.Length;
    }

    /// <summary>When it ended.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Through which nexus it came.</summary>
    public ItNexus Nexus { get; }

    /// <summary>What it was for; null where it ended before it was routed.</summary>
    public LogicalUnit? LogicalUnit { get; }

    /// <summary>The logical unit number it addressed.</summary>
    public Lun Lun { get; }

    /// <summary>The initiator's tag.</summary>
    public ulong Tag { get; }

    /// <summary>Status, error, bytes, time.</summary>
    public TaskEnd End { get; }

    /// <summary>Of its time: behind other tasks of the task set or the same blocks.</summary>
    public long QueueNanoseconds { get; }

    /// <summary>Of its time: until its Data-Out had come.</summary>
    public long TransferNanoseconds { get; }

    /// <summary>Of its time: with the store, where that could not answer at once.</summary>
    public long StoreNanoseconds { get; }

    /// <summary>Its CDB, cut where it is longer than is kept.</summary>
    public byte[] Cdb => ((ReadOnlySpan<byte>)_cdb)[.._cdbLength].ToArray();

    [InlineArray(CdbLengthMax)]
    private struct CdbBytes
    {
        private byte _first;
    }
}
