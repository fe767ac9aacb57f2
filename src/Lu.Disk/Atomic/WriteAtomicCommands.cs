using System.Buffers.Binary;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Writing;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Atomic;

/// <summary>
/// WRITE ATOMIC (16) and (32) commands (SBC-5): no other command sees part of the write. Power loss is the store's: RAM
/// has none to survive, a file on a journaling file system may be torn.
/// </summary>
internal static class WriteAtomicCommands
{
    /// <summary>The most one atomic write may have, in bytes; the Block Limits page says it in blocks.</summary>
    public const int LengthMax = 1 << 20;

    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_write = WriteCommands.StartWrite;

    public static CommandOutcome WriteAtomic(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (FindFault(unit, task) is { } fault) return fault;
        return task.Range.IsEmpty ? CommandOutcome.Good : task.AskForAll(task.RangeBytes, s_arrived);
    }

    /// <summary>Decodes the CDB; what is wrong with it, or null.</summary>
    public static CommandOutcome? FindFault(DiskUnit unit, DiskTask task)
    {
        task.Range = BlockRange.Decode(task.Cdb);
        if (!unit.TryCheck(task, task.Range, LengthMax, out var refusal)) return refusal;
        if (!unit.TryCheckWritable(out refusal)) return refusal;
        // ATOMIC BOUNDARY: writes are not divided at boundaries; the Block Limits page says so with a zero.
        var boundaryAt = task.Cdb[0] == CdbLayout.VariableLength ? 4 : 10;
        return BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[boundaryAt..]) != 0
            ? CommandOutcome.InvalidFieldInCdb(boundaryAt)
            : null;
    }

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Enter(task.Range, alone: true, s_write);
    }
}
