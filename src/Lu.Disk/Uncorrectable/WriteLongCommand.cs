using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Uncorrectable;

/// <summary>
/// WRITE LONG (10), (16) commands (SBC-5): a block is marked, so that reading it fails. All else that the command could
/// do is obsolete.
/// </summary>
internal static class WriteLongCommand
{
    private static readonly CommandStep s_entered = Entered;
    private static readonly CommandStep s_marked = Marked;

    public static CommandOutcome WriteLong(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var descriptor = command.Command.Descriptor;
        var lba = descriptor.LogicalBlockAddress!.Value.Get(command.Cdb);
        task.Range = new BlockRange(lba, 1);
        if (!unit.TryCheck(task, task.Range, unit.BlockLengthBytes, out refusal)) return refusal;
        var uncorrectable = descriptor.Layout["WR_UNCOR"];
        if (uncorrectable.Get(command.Cdb) == 0) return uncorrectable.Invalid();
        if (unit.Uncorrectable.IsFull && !unit.Uncorrectable.Contains(lba))
            return Sense.Illegal(AdditionalSense.InsufficientResources);
        return task.Enter(task.Range, alone: true, s_entered);
    }

    private static void Entered(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.Tokens.Changing(task.Offset, task.RangeBytes);
        task.Unit.Uncorrectable.Mark(task.Range.Lba, task.RequestFor(s_marked));
    }

    private static void Marked(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.End(task.Request.Result switch
        {
            StoreResult.Ok => CommandOutcome.Good,
            // Another one has taken the last place meanwhile.
            StoreResult.NoSpace => Sense.Illegal(AdditionalSense.InsufficientResources),
            _ => CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure),
        });
    }
}
