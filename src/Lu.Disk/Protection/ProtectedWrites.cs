using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Atomic;
using Lunette.Lu.Disk.Reading;
using Lunette.Lu.Disk.Writing;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>WRITE commands of a protected disk (SBC-5, WRPROTECT).</summary>
internal class ProtectedWrite(CommandDescriptor descriptor, CommandHandler<DiskUnit> ordinary)
    : ProtectedCommand(descriptor, ordinary)
{
    public ProtectedWrite(CommandDescriptor descriptor)
        : this(descriptor, WriteCommands.Write)
    {
    }

    public override bool Writes => true;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        task.Range = BlockRange.Decode(task.Cdb);
        if (!unit.TryCheck(task, task.Range, DiskUnit.TransferLengthMax, out var refusal)) return refusal;
        if (!unit.TryCheckWritable(out refusal)) return refusal;
        task.Task.CommandTransferLength = (long)task.Range.Count * transfer.TransferBytes;
        // The whole blocks that there are data for; the rest is a residual.
        var there = task.Task.ExpectedDataOutLength / (uint)transfer.TransferBytes;
        task.Range = task.Range with { Count = Math.Min(task.Range.Count, there) };
        if (task.Range.IsEmpty) return CommandOutcome.Good;
        ExpectTags(transfer);
        return Ask(transfer);
    }

    private static CommandOutcome Ask(ProtectedTransfer transfer)
    {
        var whole = transfer.Task.Task.CommandTransferLength;
        var outcome = ProtectedSteps.AskFor(transfer, (long)transfer.Task.Range.Count * transfer.TransferBytes);
        // What the CDB calls for stays what residuals are made of.
        if (outcome.IsPending && transfer.Task.Task.Phase == Stmf.Contracts.Tasks.TaskPhase.InProgress)
            transfer.Task.Task.CommandTransferLength = whole;
        return outcome;
    }

    public override bool ReadsData(ProtectedTransfer transfer) => transfer.VerifiesWritten;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        if (!TryShowReceived(transfer)) return CommandOutcome.TaskSetFull;
        if (transfer.TransfersTags) MakeTags(transfer, transfer.Task.Scratch, 0);
        else MakeTags(transfer, transfer.Task.Task.DataOut, transfer.ReceivedAt(transfer.First));
        transfer.DataOperation = Backing.StoreOperation.Write;
        return CommandOutcome.Good;
    }
}

/// <summary>WRITE AND VERIFY commands of a protected disk: written durably, then read back and checked.</summary>
internal sealed class ProtectedWriteAndVerify(CommandDescriptor descriptor)
    : ProtectedWrite(descriptor, WriteCommands.WriteAndVerify)
{
    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer) =>
        VerifyCommands.ByteCheck(transfer.Task.Cdb) is 2 or 3
            ? Descriptor.Layout.Find("BYTCHK")!.Value.Invalid()
            : base.Begin(unit, transfer);

    public override bool IsDurable(ProtectedTransfer transfer) => true;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        if (!transfer.VerifiesWritten) return base.Work(transfer);
        if (VerifyCommands.ByteCheck(transfer.Task.Cdb) == 1) return ProtectedVerify.Compare(transfer, one: false);
        return transfer.CheckMedium(ChecksOf(transfer));
    }

    public override void Finish(ProtectedTransfer transfer)
    {
        if (transfer.VerifiesWritten)
        {
            base.Finish(transfer);
            return;
        }
        transfer.VerifiesWritten = true;
        transfer.Task.Done = 0;
        ProtectedSteps.NextChunk(transfer.Unit, transfer.Task);
    }
}

/// <summary>WRITE ATOMIC commands of a protected disk: every write of it is alone with its blocks anyway.</summary>
internal sealed class ProtectedWriteAtomic(CommandDescriptor descriptor)
    : ProtectedWrite(descriptor, WriteAtomicCommands.WriteAtomic)
{
    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer)
    {
        if (WriteAtomicCommands.FindFault(unit, transfer.Task) is { } fault) return fault;
        var task = transfer.Task;
        task.Range = BlockRange.Decode(task.Cdb);
        if (task.Range.IsEmpty) return CommandOutcome.Good;
        ExpectTags(transfer);
        return ProtectedSteps.AskFor(transfer, (long)task.Range.Count * transfer.TransferBytes);
    }
}

/// <summary>ORWRITE commands of a protected disk (SBC-5, ORPROTECT): both sides are checked.</summary>
internal sealed class ProtectedOrWrite(CommandDescriptor descriptor)
    : ProtectedCommand(descriptor, OrWriteCommand.OrWrite)
{
    public override bool Writes => true;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        if (OrWriteCommand.FindFault(unit, task) is { } fault) return fault;
        ExpectTags(transfer);
        return ProtectedSteps.AskFor(transfer, (long)task.Range.Count * transfer.TransferBytes);
    }

    public override bool ReadsData(ProtectedTransfer transfer) => true;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        if (transfer.First == 0 && OrWriteCommand.FindGenerationFault(transfer.Task) is { } fault) return fault;
        var outcome = transfer.CheckMedium(ChecksOf(transfer));
        if (outcome.Status != ScsiStatus.Good) return outcome;
        var control = transfer.Unit.ProtectionControl;
        for (var i = 0u; i < transfer.Count; i++)
        {
            var block = transfer.First + i;
            var at = (int)i * transfer.BlockBytes;
            OrWriteCommand.CombineReceived(transfer.Task, at, transfer.ReceivedAt(block), transfer.BlockBytes);
            // The guard is of what comes of it; the tags are those that were sent.
            var guard = transfer.GuardOf(transfer.Task.Scratch, at);
            var tags = transfer.TransfersTags
                ? transfer.ReceivedTags(block) with { Guard = guard }
                : transfer.Expected.Generate(guard, block, transfer.Type, control);
            transfer.WriteTags(i, tags);
        }
        transfer.DataOperation = Backing.StoreOperation.Write;
        return CommandOutcome.Good;
    }

    public override void Finish(ProtectedTransfer transfer)
    {
        OrWriteCommand.NoteGeneration(transfer.Task);
        base.Finish(transfer);
    }
}

/// <summary>COMPARE AND WRITE of a protected disk: both halves carry protection information, and are checked.</summary>
internal sealed class ProtectedCompareAndWrite(CommandDescriptor descriptor)
    : ProtectedCommand(descriptor, CompareAndWriteCommand.CompareAndWrite)
{
    public override bool Writes => true;

    // All is compared before anything is written.
    public override int ChunkBytes(int usual) => DiskUnit.TransferLengthMax / 2;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        task.Range = BlockRange.DecodeCompareAndWrite(task.Cdb);
        if (!unit.TryCheck(task, task.Range, DiskUnit.TransferLengthMax / 2, out var refusal)) return refusal;
        if (!unit.TryCheckWritable(out refusal)) return refusal;
        var length = 2L * task.Range.Count * transfer.TransferBytes;
        task.Task.CommandTransferLength = length;
        if (length != task.Task.ExpectedDataOutLength) return Descriptor.TransferLength!.Value.Invalid();
        if (task.Range.IsEmpty) return CommandOutcome.Good;
        ExpectTags(transfer);
        return ProtectedSteps.AskFor(transfer, length);
    }

    public override CommandOutcome CheckArrived(ProtectedTransfer transfer)
    {
        var outcome = base.CheckArrived(transfer);
        if (outcome.Status != ScsiStatus.Good || !transfer.TransfersTags) return outcome;
        transfer.DataOutAt = (int)transfer.Task.Range.Count * transfer.TransferBytes;
        outcome = base.CheckArrived(transfer);
        transfer.DataOutAt = 0;
        return outcome;
    }

    public override bool ReadsData(ProtectedTransfer transfer) => true;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        transfer.DataOutAt = 0;
        for (var i = 0u; i < transfer.Count; i++)
        {
            var differs = Comparison.FirstDifference(task.Scratch, (int)i * transfer.BlockBytes, task.Task.DataOut,
                transfer.ReceivedAt(i), transfer.BlockBytes);
            // INFORMATION is the offset of the first byte that differs, counted in data alone.
            if (differs >= 0) return VerifyCommands.Miscompare((ulong)((i * transfer.BlockBytes) + differs));
        }
        transfer.DataOutAt = (int)transfer.Count * transfer.TransferBytes;
        if (!TryShowReceived(transfer)) return CommandOutcome.TaskSetFull;
        if (transfer.TransfersTags) MakeTags(transfer, task.Scratch, 0);
        else MakeTags(transfer, task.Task.DataOut, transfer.DataOutAt);
        transfer.DataOperation = Backing.StoreOperation.Write;
        return CommandOutcome.Good;
    }
}
