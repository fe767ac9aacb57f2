using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Cache;

/// <summary>
/// SYNCHRONIZE CACHE (10), (16) commands (SBC-5). Whatever range is named, the store makes all durable that was written
/// before. IMMED is taken and not used: status comes when the blocks are durable, which an initiator that need not wait
/// cannot tell from a quick device.
/// </summary>
internal static class SynchronizeCacheCommands
{
    private static readonly CommandStep s_flushed = Flushed;

    public static CommandOutcome SynchronizeCache(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Range = BlockRange.Decode(command.Cdb);
        if (!unit.TryCheck(command, task.Range, long.MaxValue, out var refusal)) return refusal;
        return Flush(task);
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
