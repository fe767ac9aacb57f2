using Lunette.Backing;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Writing;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>
/// WRITE SAME commands of a protected disk (SBC-5): the reference tag counts up from the one that was sent, and
/// protection information of all ones is written as it is.
/// </summary>
internal sealed class ProtectedWriteSame(CommandDescriptor descriptor)
    : ProtectedCommand(descriptor, WriteSameCommands.WriteSame)
{
    public override bool Writes => true;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        if (WriteSameCommands.FindFault(unit, task) is { } fault) return fault;
        ExpectTags(transfer);
        if (WriteSameCommands.HasNoData(task.Cdb)) return ProtectedSteps.Enter(transfer);
        task.Task.CommandTransferLength = transfer.TransferBytes;
        return transfer.TransferBytes == task.Task.ExpectedDataOutLength
            ? ProtectedSteps.AskFor(transfer, transfer.TransferBytes)
            : Descriptor.TransferLength!.Value.Invalid();
    }

    public override CommandOutcome CheckArrived(ProtectedTransfer transfer) =>
        !transfer.TransfersTags || transfer.ReceivedTags(0) == ProtectionInformation.Default
            ? CommandOutcome.Good
            : transfer.CheckReceived(1, ProtectCode.ChecksOf(transfer.Code));

    public override bool ReadsData(ProtectedTransfer transfer) => false;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        var noData = WriteSameCommands.HasNoData(task.Cdb);
        var zeros = noData || IsZero(transfer);
        var unmaps = zeros && WriteSameCommands.Unmaps(task.Cdb);
        if (!zeros && !TryMakePattern(transfer)) return CommandOutcome.TaskSetFull;
        transfer.DataOperation =
            !zeros ? StoreOperation.Write : unmaps ? transfer.Unit.UnmapOperation : StoreOperation.WriteZeroes;
        // SBC-5, NDOB: as if protection information of all ones had been sent. So it is left by unmapping, too.
        if (noData || unmaps) ClearTags(transfer);
        else MakeTags(transfer);
        return CommandOutcome.Good;
    }

    public override bool IsDurable(ProtectedTransfer transfer) => !transfer.Unit.WriteCacheEnabled;

    /// <summary>Sets the chunk's protection information to what formatting leaves.</summary>
    public static void ClearTags(ProtectedTransfer transfer)
    {
        for (var i = 0u; i < transfer.Count; i++) transfer.WriteTags(i, ProtectionInformation.Default);
    }

    private static bool IsZero(ProtectedTransfer transfer)
    {
        var left = transfer.BlockBytes;
        foreach (ref readonly var segment in transfer.Task.Task.DataOut.Segments)
        {
            var part = segment.Span[..Math.Min(left, segment.Length)];
            if (part.ContainsAnyExcept((byte)0)) return false;
            left -= part.Length;
        }
        return true;
    }

    private static bool TryMakePattern(ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        var length = (int)transfer.Count * transfer.BlockBytes;
        if (!task.TryLeaseScratch(length)) return false;
        for (var at = 0; at < length; at += transfer.BlockBytes)
            ProtectedTransfer.Copy(task.Task.DataOut, 0, task.Scratch, at, transfer.BlockBytes);
        return true;
    }

    private static void MakeTags(ProtectedTransfer transfer)
    {
        var sent = transfer.TransfersTags ? transfer.ReceivedTags(0) : default;
        var asItIs = sent == ProtectionInformation.Default || transfer.Type == ProtectionType.Type3;
        var guard = transfer.TransfersTags ? sent.Guard : transfer.GuardOf(transfer.Task.Task.DataOut, 0);
        var control = transfer.Unit.ProtectionControl;
        for (var i = 0u; i < transfer.Count; i++)
        {
            var block = transfer.First + i;
            if (!transfer.TransfersTags)
                transfer.WriteTags(i, transfer.Expected.Generate(guard, block, transfer.Type, control));
            else
                transfer.WriteTags(i, asItIs ? sent : sent with { ReferenceTag = sent.ReferenceTag + block });
        }
    }
}

/// <summary>
/// UNMAP of one range of a protected disk: the blocks are given back, and their protection information with them.
/// </summary>
internal sealed class ProtectedUnmap(CommandDescriptor descriptor, CommandStep cleared)
    : ProtectedCommand(descriptor, static (_, _) => CommandOutcome.Good)
{
    private const int UnmapChunkBytes = 32 << 20;

    public override bool Writes => true;

    public override int ChunkBytes(int usual) => UnmapChunkBytes;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer) =>
        ProtectedSteps.Enter(transfer);

    public override bool ReadsData(ProtectedTransfer transfer) => false;

    public override CommandOutcome Work(ProtectedTransfer transfer)
    {
        ProtectedWriteSame.ClearTags(transfer);
        transfer.DataOperation = transfer.Unit.UnmapOperation;
        return CommandOutcome.Good;
    }

    public override bool IsDurable(ProtectedTransfer transfer) => !transfer.Unit.WriteCacheEnabled;

    public override void Finish(ProtectedTransfer transfer) => cleared(transfer.Unit, transfer.Task);
}
