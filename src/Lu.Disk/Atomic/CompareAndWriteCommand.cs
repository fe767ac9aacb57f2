using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Reading;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Atomic;

/// <summary>
/// COMPARE AND WRITE command (SBC-5): one step as every other command sees it, whatever that one is.
/// </summary>
internal static class CompareAndWriteCommand
{
    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_read = StartRead;
    private static readonly CommandStep s_compare = Compare;
    private static readonly CommandStep s_written = Written;

    public static CommandOutcome CompareAndWrite(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Range = BlockRange.DecodeCompareAndWrite(command.Cdb);
        if (!unit.TryCheck(command, task.Range, DiskUnit.TransferLengthMax / 2, out var refusal)) return refusal;
        if (!unit.TryCheckWritable(out refusal)) return refusal;
        return task.AskForExactly(task.RangeBytes * 2, s_arrived);
    }

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Enter(task.Range, alone: true, s_read);
    }

    private static void StartRead(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Ask(StoreOperation.Read, task.Offset, task.RangeBytes);
        task.Go(s_compare);
    }

    private static void Compare(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (task.Request.Result != StoreResult.Ok)
        {
            task.End(task.Unit.OutcomeOf(task.Request));
            return;
        }
        var half = (int)task.RangeBytes;
        var differs = Comparison.FirstDifference(task.Scratch, 0, task.Task.DataOut, 0, half);
        if (differs >= 0)
        {
            // SBC-5, COMPARE AND WRITE command: INFORMATION is the offset of the first byte that differs.
            task.End(VerifyCommands.Miscompare((ulong)differs));
            return;
        }
        var durable = task.Unit.MustBeDurable(task.Task.Cdb);
        task.Ask(StoreOperation.Write, task.Offset, half, task.ShowWindow(task.Task.DataOut, half, half), durable);
        task.Go(s_written);
    }

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.NoteWritten(task, task.Request.Result);
        task.End(task.Unit.OutcomeOf(task.Request));
    }
}
