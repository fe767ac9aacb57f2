using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Reading;

/// <summary>READ (6), (10), (12), (16), (32) and PRE-FETCH commands (SBC-5).</summary>
internal static class ReadCommands
{
    private static readonly CommandStep s_turnCame = EnterAndRead;
    private static readonly CommandStep s_read = StartRead;
    private static readonly CommandStep s_flushed = Flushed;
    private static readonly CommandStep s_done = ReadDone;
    private static readonly CommandStep s_fetch = StartFetch;
    private static readonly CommandStep s_fetched = Fetched;

    public static CommandOutcome Read(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var scsi = command.Task;
        task.Range = BlockRange.Decode(scsi.Cdb);
        if (!unit.TryCheck(command, task.Range, DiskUnit.TransferLengthMax, out var refusal)) return refusal;
        scsi.CommandTransferLength = task.RangeBytes;
        task.Length = LengthToRead(unit, task);
        if (task.Length == 0) return CommandOutcome.Good;
        if (scsi.IsStep && ((CopyStep)scsi).StoreCopy is not null) return StoreCopy.Lend(task);
        // Nobody waits for blocks of a read whose turn has not come: its initiator may take its time.
        if (scsi.TryTakeTurn(task.Length)) EnterAndRead(unit, task);
        else unit.Suspend(task, s_turnCame);
        return CommandOutcome.Pending;
    }

    private static void EnterAndRead(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (task.Unit.Extents.TryShare(task, task.Range)) StartRead(unit, task);
        else if (unit.Suspend(task, s_read)) task.Unit.Extents.Await(task);
    }

    // Whole blocks, and no more than the initiator has room for: what it cannot receive is the port's residual.
    private static int LengthToRead(DiskUnit unit, DiskTask task)
    {
        var block = unit.BlockLengthBytes;
        var room = (task.Task.ExpectedDataInLength + (long)block - 1) & ~((long)block - 1);
        return (int)Math.Min(task.RangeBytes, room);
    }

    private static void StartRead(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        // SBC-5, READ (10) command, FUA: what is only in a volatile cache goes to the medium first.
        if (DiskUnit.ForcesUnitAccess(task.Task.Cdb) && task.Unit.HasVolatileCache)
        {
            task.Ask(StoreOperation.Flush, 0, 0);
            task.Go(s_flushed);
            return;
        }
        task.Ask(StoreOperation.Read, task.Offset, task.Length, task.Task.DataIn);
        task.Go(s_done);
    }

    private static void Flushed(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (task.Request.Result != StoreResult.Ok)
        {
            task.End(task.Unit.OutcomeOf(task.Request));
            return;
        }
        task.Ask(StoreOperation.Read, task.Offset, task.Length, task.Task.DataIn);
        task.Go(s_done);
    }

    private static void ReadDone(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var outcome = task.Unit.OutcomeOf(task.Request);
        // Data that goes with an error would be taken for good up to the residual; none is sent.
        if (task.Request.Result != StoreResult.Ok) task.Task.DataIn.Release();
        task.End(outcome);
    }

    /// <summary>PRE-FETCH: what fits one transfer is read into the store's cache; more is answered and not
    /// read.</summary>
    public static CommandOutcome PreFetch(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Range = BlockRange.Decode(command.Cdb);
        if (!unit.TryCheck(command, task.Range, long.MaxValue, out var refusal)) return refusal;
        if (task.Range.IsEmpty || task.RangeBytes > DiskUnit.TransferLengthMax) return CommandOutcome.Good;
        return task.Enter(task.Range, alone: false, s_fetch);
    }

    private static void StartFetch(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Ask(StoreOperation.Read, task.Offset, task.RangeBytes);
        task.Go(s_fetched);
    }

    // A block that cannot be read now is for the READ command to tell of.
    private static void Fetched(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var all = task.Request.Result == StoreResult.Ok;
        task.End(all ? CommandOutcome.Of(ScsiStatus.ConditionMet) : CommandOutcome.Good);
    }
}
