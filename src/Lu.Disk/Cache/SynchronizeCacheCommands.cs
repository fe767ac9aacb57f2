using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Cache;

/// <summary>
/// SYNCHRONIZE CACHE (10), (16) commands (SBC-5). Whatever range is named, the store makes all durable that was written
/// before. With IMMED status comes first; a store that fails then says so to the next that asks for durability.
/// </summary>
internal static class SynchronizeCacheCommands
{
    private const byte Immediate = 0x02;

    private static readonly CommandStep s_flushed = Flushed;

    public static CommandOutcome SynchronizeCache(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Range = BlockRange.Decode(command.Cdb);
        if (!unit.TryCheck(command, task.Range, long.MaxValue, out var refusal)) return refusal;
        if (task.Task is BackgroundTask background) background.HasBegun = true;
        if ((command.Cdb[1] & Immediate) == 0) return Flush(task);
        Span<byte> cdb = stackalloc byte[command.Cdb.Length];
        command.Cdb.CopyTo(cdb);
        cdb[1] &= unchecked((byte)~Immediate);
        return BackgroundTask.Start(unit, task.Task, cdb, []);
    }

    /// <summary>Makes all that was written durable, and ends the command.</summary>
    public static CommandOutcome Flush(DiskTask task)
    {
        task.Ask(StoreOperation.Flush, 0, 0);
        return task.Go(s_flushed);
    }

    private static void Flushed(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.End(task.Unit.OutcomeOf(task.Request));
    }
}
