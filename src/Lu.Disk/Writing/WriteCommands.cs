using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Lu.Disk.Reading;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Writing;

/// <summary>WRITE (6), (10), (12), (16), (32) and WRITE AND VERIFY commands (SBC-5).</summary>
internal static class WriteCommands
{
    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_write = StartWrite;
    private static readonly CommandStep s_written = Written;
    private static readonly CommandStep s_arrivedToVerify = ArrivedToVerify;
    private static readonly CommandStep s_writeToVerify = StartWriteToVerify;
    private static readonly CommandStep s_writtenToVerify = WrittenToVerify;

    public static CommandOutcome Write(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!TryBegin(unit, task, out var refusal)) return refusal;
        if (task.Length == 0) return CommandOutcome.Good;
        if (command.Task.IsStep && ((CopyStep)command.Task).StoreCopy is not null) return StoreCopy.Take(task);
        var immediate = command.ImmediateData;
        if (immediate.Length >= task.Length && unit.Uncorrectable.IsEmpty && unit.PendingDefects.IsEmpty
            && unit.Extents.TryShare(task, task.Range))
        {
            var durable = unit.MustBeDurable(command.Cdb);
            unit.Changing(task.Offset, task.Length);
            if (unit.Store.TryWriteNow(task.Offset, immediate[..task.Length], durable, out var result))
            {
                unit.NoteWritten(task, result);
                return unit.OutcomeOf(result, task.Offset);
            }
            unit.Extents.Leave(task);
        }
        // The store's own pages where it has some, so that what comes from the wire is not copied again.
        _ = unit.Store.TryLeaseForWrite(task.Offset, task.Length, command.Task.DataOut);
        unit.RequestDataOut(command, task.Length, s_arrived);
        return CommandOutcome.Pending;
    }

    /// <summary>WRITE AND VERIFY: written durably, read back, and compared where BYTCHK says so.</summary>
    public static CommandOutcome WriteAndVerify(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!TryBegin(unit, task, out var refusal)) return refusal;
        if (VerifyCommands.ByteCheck(command.Cdb) is 2 or 3)
            return command.Command.Descriptor.Layout.Find("BYTCHK")!.Value.Invalid();
        if (task.Length == 0) return CommandOutcome.Good;
        // What is verified is what is written.
        task.Range = task.Range with { Count = (uint)(task.Length >> unit.BlockShift) };
        unit.RequestDataOut(command, task.Length, s_arrivedToVerify);
        return CommandOutcome.Pending;
    }

    private static bool TryBegin(DiskUnit unit, DiskTask task, out CommandOutcome refusal)
    {
        var scsi = task.Task;
        task.Range = BlockRange.Decode(scsi.Cdb);
        if (!unit.TryCheck(task, task.Range, DiskUnit.TransferLengthMax, out refusal)) return false;
        if (!unit.TryCheckWritable(out refusal)) return false;
        scsi.CommandTransferLength = task.RangeBytes;
        // Where the initiator has less data than it names blocks, the whole blocks it has are written; the rest is a
        // residual.
        task.Length = (int)Math.Min(task.RangeBytes, scsi.ExpectedDataOutLength & ~((long)unit.BlockLengthBytes - 1));
        return true;
    }

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Enter(task.Range, alone: false, s_write);
    }

    /// <summary>Its Data-Out is here and the extent is its own: writes it, and ends the command.</summary>
    public static void StartWrite(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var durable = task.Unit.MustBeDurable(task.Task.Cdb);
        task.Ask(StoreOperation.Write, task.Offset, task.Length, task.Task.DataOut, durable);
        task.Go(s_written);
    }

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.NoteWritten(task, task.Request.Result);
        task.End(task.Unit.OutcomeOf(task.Request));
    }

    private static void ArrivedToVerify(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Enter(task.Range, alone: false, s_writeToVerify);
    }

    private static void StartWriteToVerify(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Ask(StoreOperation.Write, task.Offset, task.Length, task.Task.DataOut, durable: true);
        task.Go(s_writtenToVerify);
    }

    private static void WrittenToVerify(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result != StoreResult.Ok) task.End(task.Unit.OutcomeOf(task.Request));
        else VerifyCommands.VerifyNext(unit, command);
    }
}
