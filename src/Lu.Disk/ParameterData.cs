using Lunette.DeviceServer.Commands;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Lu.Disk;

/// <summary>Parameter data of commands that write it later than the row would have them, or have no ALLOCATION
/// LENGTH.</summary>
internal static class ParameterData
{
    /// <summary>Puts bytes into the task's Data-In, cut at the allocation length.</summary>
    public static CommandOutcome Deliver(ScsiTask task, ReadOnlySpan<byte> bytes, long allocationLength)
    {
        var length = (int)Math.Min(bytes.Length, allocationLength);
        task.CommandTransferLength = length;
        if (length == 0) return CommandOutcome.Good;
        if (!task.TryLeaseDataIn(length, out var lease)) return CommandOutcome.TaskSetFull;
        bytes[..length].CopyTo(lease.Span);
        task.DataIn.Add(lease.Slice(0, length));
        return CommandOutcome.Good;
    }
}
