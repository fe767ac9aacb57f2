using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Reading;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>READ commands of a protected disk (SBC-5, RDPROTECT).</summary>
internal sealed class ProtectedRead(CommandDescriptor descriptor) : ProtectedCommand(descriptor, ReadCommands.Read)
{
    public override bool Writes => false;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        task.Range = BlockRange.Decode(task.Cdb);
        if (!unit.TryCheck(task, task.Range, DiskUnit.TransferLengthMax, out var refusal)) return refusal;
        var length = (long)task.Range.Count * transfer.TransferBytes;
        task.Task.CommandTransferLength = length;
        // Whole blocks, and no more than the initiator has room for.
        var room = (task.Task.ExpectedDataInLength + (long)transfer.TransferBytes - 1) / transfer.TransferBytes;
        task.Range = task.Range with { Count = (uint)Math.Min(task.Range.Count, room) };
        if (task.Range.IsEmpty) return CommandOutcome.Good;
        ExpectTags(transfer);
        return TryLeaseDataIn(task, (int)task.Range.Count * transfer.TransferBytes)
            ? ProtectedSteps.Enter(transfer)
            : CommandOutcome.TaskSetFull;
    }

    private static bool TryLeaseDataIn(DiskTask task, int length)
    {
        for (var left = length; left > 0;)
        {
            var piece = Math.Min(left, BufferPool.LargestBytes);
            if (!task.Task.TryLeaseDataIn(piece, out var lease))
            {
                task.Task.DataIn.Release();
                return false;
            }
            task.Task.DataIn.Add(lease);
            left -= piece;
        }
        return true;
    }

    public override bool ReadsData(ProtectedTransfer transfer) => true;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        var outcome = transfer.CheckMedium(ChecksOf(transfer));
        if (outcome.Status != ScsiStatus.Good) return outcome;
        var task = transfer.Task;
        var at = (int)transfer.First * transfer.TransferBytes;
        Span<byte> tags = stackalloc byte[ProtectionInformation.Length];
        if (!transfer.TransfersTags)
        {
            ProtectedTransfer.Copy(task.Scratch, 0, task.Task.DataIn, at, task.Scratch.Length);
            return CommandOutcome.Good;
        }
        for (var i = 0u; i < transfer.Count; i++, at += transfer.TransferBytes)
        {
            ProtectedTransfer.Copy(
                task.Scratch, (int)i * transfer.BlockBytes, task.Task.DataIn, at, transfer.BlockBytes);
            transfer.ReadTags(i).Write(tags);
            task.Task.DataIn.Write(at + transfer.BlockBytes, tags);
        }
        return CommandOutcome.Good;
    }
}

/// <summary>VERIFY commands of a protected disk (SBC-5, VRPROTECT and BYTCHK).</summary>
internal sealed class ProtectedVerify(CommandDescriptor descriptor)
    : ProtectedCommand(descriptor, VerifyCommands.Verify)
{
    public override bool Writes => false;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        task.Range = BlockRange.Decode(task.Cdb);
        var check = VerifyCommands.ByteCheck(task.Cdb);
        var most = check == 1 ? DiskUnit.TransferLengthMax : long.MaxValue;
        if (!unit.TryCheck(task, task.Range, most, out var refusal)) return refusal;
        if (check == 2) return Descriptor.Layout.Find("BYTCHK")!.Value.Invalid();
        if (task.Range.IsEmpty) return CommandOutcome.Good;
        ExpectTags(transfer);
        // With BYTCHK 00b nothing is transferred, whatever VRPROTECT checks.
        return check switch
        {
            0 => ProtectedSteps.Enter(transfer),
            1 => ProtectedSteps.AskFor(transfer, (long)task.Range.Count * transfer.TransferBytes),
            _ => ProtectedSteps.AskFor(transfer, transfer.TransferBytes),
        };
    }

    public override CommandOutcome CheckArrived(ProtectedTransfer transfer)
    {
        if (!transfer.TransfersTags) return CommandOutcome.Good;
        var count = VerifyCommands.ByteCheck(transfer.Task.Cdb) == 1 ? transfer.Task.Range.Count : 1;
        return transfer.CheckReceived(count, ProtectCode.ChecksOf(transfer.Code));
    }

    public override bool ReadsData(ProtectedTransfer transfer) => true;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        var check = VerifyCommands.ByteCheck(transfer.Task.Cdb);
        // SBC-5: with BYTCHK and a VRPROTECT the medium's is compared with what came, and not checked by itself.
        if (check == 0 || !transfer.TransfersTags)
        {
            var outcome = transfer.CheckMedium(ChecksOf(transfer));
            if (outcome.Status != ScsiStatus.Good) return outcome;
        }
        var verified = check == 0 ? CommandOutcome.Good : Compare(transfer, one: check == 3);
        if (verified.Status == ScsiStatus.Good)
            transfer.Task.VerifiedBytes += (long)transfer.Count * transfer.BlockBytes;
        return verified;
    }

    /// <summary>Compares the chunk with what was received, byte by byte.</summary>
    public static CommandOutcome Compare(ProtectedTransfer transfer, bool one)
    {
        var task = transfer.Task;
        var compared = ProtectCode.ComparisonsOf(transfer.Code);
        if (!transfer.Unit.ProtectionControl.ApplicationTagIsClients) compared &= ~TagChecks.Application;
        else if (transfer.Type == ProtectionType.Type3) compared &= ~TagChecks.Reference;
        for (var i = 0u; i < transfer.Count; i++)
        {
            var received = one ? 0 : transfer.First + i;
            var differs = Comparison.FirstDifference(task.Scratch, (int)i * transfer.BlockBytes, task.Task.DataOut,
                transfer.ReceivedAt(received), transfer.BlockBytes);
            if (differs >= 0) return VerifyCommands.Miscompare(task.Range.Lba + transfer.First + i);
            if (!transfer.TransfersTags) continue;
            if (ProtectCode.FindDifference(transfer.ReceivedTags(received), transfer.ReadTags(i), compared) is { } code)
                return transfer.Fault(SenseKey.Miscompare, code, transfer.First + i);
        }
        return CommandOutcome.Good;
    }
}
