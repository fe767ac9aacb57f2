using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Writing;

/// <summary>
/// WRITE SAME (10), (16), (32) commands (SBC-5): one block to many places, zeros without data, or unmapping. Zeros are
/// left to the store; another block is repeated in a buffer and written in steps.
/// </summary>
internal static class WriteSameCommands
{
    /// <summary>
    /// MAXIMUM WRITE SAME LENGTH: what initiators split at without being told, and libiscsi's suite takes more for a
    /// promise that one WRITE may have as much.
    /// </summary>
    public const uint BlocksMax = ushort.MaxValue;

    private const int PatternBytes = 256 << 10;
    private const int ZeroStepBytes = 64 << 20;

    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_start = Start;
    private static readonly CommandStep s_done = StepDone;

    public static CommandOutcome WriteSame(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (FindFault(unit, task) is { } fault) return fault;
        return HasNoData(command.Cdb)
            ? Enter(task)
            : task.AskForExactly(unit.BlockLengthBytes, s_arrived);
    }

    /// <summary>Decodes the CDB; what is wrong with it, or null.</summary>
    public static CommandOutcome? FindFault(DiskUnit unit, DiskTask task)
    {
        var cdb = task.Cdb;
        task.Range = BlockRange.Decode(cdb);
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var flags = Flags(cdb);
        var at = FlagsIndex(cdb);
        // SBC-5, WRITE SAME (10) command: ANCHOR without UNMAP, or where nothing is anchored (ANC_SUP).
        if ((flags & 0x10) != 0 && ((flags & 0x08) == 0 || unit.Disk.Thin))
            return CommandOutcome.InvalidFieldInCdb(at, bit: 4);
        if (task.Range.IsEmpty && RefusesNoCount(unit.Disk)) return NoCount(task);
        if (task.Range.IsEmpty) task.Range = ToTheEnd(unit, task.Range.Lba);
        return unit.TryCheck(task, task.Range, (long)BlocksMax << unit.BlockShift, out refusal) ? null : refusal;
    }

    /// <summary>
    /// WSNZ: a thin disk refuses WRITE SAME without a count, so that a slip does not take, or give back, all its space.
    /// </summary>
    public static bool RefusesNoCount(DiskOptions disk) => disk.Thin;

    private static CommandOutcome NoCount(TaskContext command) =>
        command.Command.Descriptor.TransferLength!.Value.Invalid();

    // SBC-5, WRITE SAME (10) command: no count means all blocks from the first one on (WSNZ is zero).
    private static BlockRange ToTheEnd(DiskUnit unit, ulong lba)
    {
        var count = lba < unit.CapacityBlocks ? unit.CapacityBlocks - lba : 1;
        return new(lba, (uint)Math.Min(count, uint.MaxValue));
    }

    private static int FlagsIndex(ReadOnlySpan<byte> cdb) => cdb[0] == CdbLayout.VariableLength ? 10 : 1;

    private static byte Flags(ReadOnlySpan<byte> cdb) => cdb[FlagsIndex(cdb)];

    /// <summary>UNMAP.</summary>
    public static bool Unmaps(ReadOnlySpan<byte> cdb) => (Flags(cdb) & 0x08) != 0;

    /// <summary>NDOB; WRITE SAME (10) has no such bit.</summary>
    public static bool HasNoData(ReadOnlySpan<byte> cdb) => cdb[0] != 0x41 && (Flags(cdb) & 0x01) != 0;

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        Enter((DiskTask)command);
    }

    private static CommandOutcome Enter(DiskTask task) =>
        task.Enter(task.Range, alone: task.Unit.TracksUnmapped && Unmaps(task.Cdb), s_start);

    private static void Start(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!IsZero(task) && !TryMakePattern(task))
        {
            task.End(CommandOutcome.TaskSetFull);
            return;
        }
        StartStep(task);
    }

    private static bool IsZero(DiskTask task)
    {
        if (HasNoData(task.Task.Cdb)) return true;
        foreach (ref readonly var segment in task.Task.DataOut.Segments)
            if (segment.Span.IndexOfAnyExcept((byte)0) >= 0) return false;
        return true;
    }

    private static bool TryMakePattern(DiskTask task)
    {
        var block = task.Unit.BlockLengthBytes;
        var length = (int)Math.Min(Math.Max(PatternBytes, block), task.RangeBytes);
        if (!task.TryLeaseScratch(length)) return false;
        var pattern = task.Scratch[0].Span;
        task.Task.DataOut.Read(0, pattern[..block]);
        for (var made = block; made < length; made *= 2)
            pattern[..Math.Min(made, length - made)].CopyTo(pattern[made..]);
        return true;
    }

    private static void StartStep(DiskTask task)
    {
        var left = task.RangeBytes - task.Done;
        var at = task.Offset + task.Done;
        var durable = !task.Unit.WriteCacheEnabled;
        if (task.Scratch.Count > 0)
        {
            task.Ask(StoreOperation.Write, at, Math.Min(left, task.Scratch.Length), task.Scratch, durable);
        }
        else
        {
            var operation = Unmaps(task.Task.Cdb) ? task.Unit.UnmapOperation : StoreOperation.WriteZeroes;
            task.Ask(operation, at, Math.Min(left, ZeroStepBytes), durable: durable);
        }
        task.GoInTurn(s_done);
    }

    private static void StepDone(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result == StoreResult.Ok && task.Scratch.Count == 0 && Unmaps(task.Task.Cdb))
            task.Unit.NoteUnmapped(task.Request.Offset, task.Request.Length);
        task.Done += task.Request.Length;
        if (task.Request.Result != StoreResult.Ok) task.End(task.Unit.OutcomeOf(task.Request));
        else if (task.Done == task.RangeBytes) task.End(CommandOutcome.Good);
        else StartStep(task);
    }
}
