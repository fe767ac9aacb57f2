using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Runtime.Buffers;

namespace Lunette.Lu.Disk.Protection;

/// <summary>
/// The way of a command on a protected disk: its Data-Out is checked as a whole, then chunk by chunk data and
/// protection information are read, worked on and written, the data first. Who writes is alone with all blocks whose
/// protection information shares sectors with his, so that nobody sees a block with another one's.
/// </summary>
internal static class ProtectedSteps
{
    private const int ChunkBytes = 1 << 20;

    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_entered = NextChunk;
    private static readonly CommandStep s_dataRead = DataRead;
    private static readonly CommandStep s_tagsRead = TagsRead;
    private static readonly CommandStep s_dataWritten = DataWritten;
    private static readonly CommandStep s_tagsWritten = TagsWritten;

    /// <summary>Asks for Data-Out; the command goes on when it is there.</summary>
    public static CommandOutcome AskFor(ProtectedTransfer transfer, long length)
    {
        if (length == 0) return Enter(transfer);
        return transfer.Task.AskForAll(length, s_arrived);
    }

    /// <summary>Enters the blocks, alone where it writes.</summary>
    public static CommandOutcome Enter(ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        task.Done = 0;
        var range = transfer.Command.Writes
            ? ProtectionArea.GroupsOf(task.Range, task.Unit.TagSectorBytes)
            : task.Range;
        return task.Enter(range, transfer.Command.Writes, s_entered);
    }

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        var transfer = ((DiskTask)command).Protected;
        var outcome = transfer.Command.CheckArrived(transfer);
        if (outcome.Status == Scsi.ScsiStatus.Good && !outcome.IsPending) outcome = Enter(transfer);
        if (!outcome.IsPending) transfer.Task.End(outcome);
    }

    /// <summary>Begins with the next blocks, or ends.</summary>
    public static void NextChunk(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var transfer = task.Protected;
        transfer.First = (uint)(task.Done >> task.Unit.BlockShift);
        if (transfer.First == task.Range.Count)
        {
            transfer.Command.Finish(transfer);
            return;
        }
        var most = (uint)(transfer.Command.ChunkBytes(ChunkBytes) >> task.Unit.BlockShift);
        transfer.Count = Math.Min(most, task.Range.Count - transfer.First);
        if (!transfer.Command.ReadsData(transfer))
        {
            ReadTags(transfer);
            return;
        }
        var length = (int)(transfer.Count << task.Unit.BlockShift);
        // Into memory of the command's own: it may be changed, and lies in few pieces.
        if (!task.TryLeaseScratch(length))
        {
            Fail(task, CommandOutcome.TaskSetFull);
            return;
        }
        task.Ask(StoreOperation.Read, task.Offset + task.Done, length);
        task.GoInTurn(s_dataRead);
    }

    private static void DataRead(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (task.Request.Result == StoreResult.Ok) ReadTags(task.Protected);
        else Fail(task, task.Unit.OutcomeOf(task.Request));
    }

    private static void ReadTags(ProtectedTransfer transfer)
    {
        var (offset, length) = SectorsOf(transfer);
        if (!TryLeaseTags(transfer, length))
        {
            Fail(transfer.Task, CommandOutcome.TaskSetFull);
            return;
        }
        transfer.Task.Ask(StoreOperation.Read, offset, length, transfer.Tags);
        transfer.Task.GoInTurn(s_tagsRead);
    }

    private static (long Offset, int Length) SectorsOf(ProtectedTransfer transfer) =>
        transfer.Unit.TagArea.SectorsOf(transfer.Task.Range.Lba + transfer.First, transfer.Count,
            transfer.Unit.TagSectorBytes);

    private static bool TryLeaseTags(ProtectedTransfer transfer, int length)
    {
        for (var left = length; left > 0;)
        {
            var piece = Math.Min(left, BufferPool.LargestBytes);
            if (!transfer.Task.Task.TryLeaseDataIn(piece, out var lease)) return false;
            transfer.Tags.Add(lease);
            left -= piece;
        }
        return true;
    }

    private static void TagsRead(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var transfer = task.Protected;
        if (task.Request.Result != StoreResult.Ok)
        {
            Fail(task, task.Unit.OutcomeOf(task.Request.Result, task.Offset + task.Done));
            return;
        }
        transfer.DataOperation = null;
        transfer.DataToWrite = null;
        transfer.TagsChanged = false;
        var outcome = transfer.Command.Work(transfer);
        if (outcome.Status != Scsi.ScsiStatus.Good)
        {
            Fail(task, outcome);
        }
        else if (transfer.DataOperation is { } operation)
        {
            var length = (long)transfer.Count << task.Unit.BlockShift;
            var data = transfer.DataToWrite ?? task.Scratch;
            task.Ask(operation, task.Offset + task.Done, length, data, transfer.Command.IsDurable(transfer));
            task.Go(s_dataWritten);
        }
        else
        {
            EndChunk(task);
        }
    }

    private static void DataWritten(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var transfer = task.Protected;
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result != StoreResult.Ok)
        {
            Fail(task, task.Unit.OutcomeOf(task.Request));
            return;
        }
        var (offset, length) = SectorsOf(transfer);
        task.Ask(StoreOperation.Write, offset, length, transfer.Tags, transfer.Command.IsDurable(transfer));
        task.Go(s_tagsWritten);
    }

    private static void TagsWritten(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result == StoreResult.Ok) EndChunk(task);
        else Fail(task, task.Unit.OutcomeOf(task.Request.Result, task.Offset + task.Done));
    }

    // What there is of Data-In so far is not all of it, and would be taken for good up to the residual.
    private static void Fail(DiskTask task, in CommandOutcome outcome)
    {
        task.Task.DataIn.Release();
        task.End(outcome);
    }

    private static void EndChunk(DiskTask task)
    {
        var transfer = task.Protected;
        task.Done += (long)transfer.Count << task.Unit.BlockShift;
        if (task.Scratch.Count > 0) task.Scratch.Release();
        if (transfer.Tags.Count > 0) transfer.Tags.Release();
        NextChunk(task.Unit, task);
    }
}
