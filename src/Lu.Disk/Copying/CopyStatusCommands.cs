using System.Buffers.Binary;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// RECEIVE COPY STATUS (LID4), RECEIVE COPY DATA (LID4), RECEIVE ROD TOKEN INFORMATION and COPY OPERATION ABORT
/// commands (SPC-6): of any third-party copy, whichever command began it.
/// </summary>
internal static class CopyStatusCommands
{
    private const uint UpdateDelayMilliseconds = 1000;
    private const byte CountsBytes = 0x00;
    private const byte CountsBlocks = 0xF1;

    private static readonly CommandStep s_aborted = Aborted;

    public static CommandOutcome Status(DiskUnit unit, TaskContext command, ref ParameterDataWriter data) =>
        Write(unit, command, ref data, out _);

    /// <summary>No segment that is supported holds data for the initiator: there is never any.</summary>
    public static CommandOutcome Data(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var outcome = Write(unit, command, ref data, out _);
        if (outcome.Status != ScsiStatus.Good) return outcome;
        data.WriteUInt32(0);                            // HELD DATA LENGTH
        data.CloseUInt32(0);
        return outcome;
    }

    public static CommandOutcome RodTokenInformation(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var outcome = Write(unit, command, ref data, out var copy);
        if (outcome.Status != ScsiStatus.Good) return outcome;
        var lengthAt = data.ReserveUInt32();            // ROD TOKEN DESCRIPTORS LENGTH
        if (!copy!.Outcome.IsPending && !copy.Token.IsEmpty)
        {
            data.WriteUInt16(0);
            data.Write(copy.Token.Span);
        }
        data.CloseUInt32(lengthAt);
        data.CloseUInt32(0);
        return outcome;
    }

    /// <summary>Ends when the copy has: from then on it changes no medium.</summary>
    public static CommandOutcome Abort(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var nexus = task.Task.Nexus.Number;
        if (unit.Copies.Find(nexus, ListIdOf(command)) is not { } copy) return CommandOutcome.InvalidFieldInCdb(2);
        if (!copy.Outcome.IsPending) return CommandOutcome.Good;
        task.AwaitsCopy = true;
        if (unit.Suspend(task, s_aborted)) unit.Copies.Abort(nexus, copy, task);
        return CommandOutcome.Pending;
    }

    private static void Aborted(EmulatedUnit unit, TaskContext command) => ((DiskTask)command).End(CommandOutcome.Good);

    private static CommandOutcome Write(
        DiskUnit unit, TaskContext command, ref ParameterDataWriter data, out CopyOperation? copy)
    {
        copy = unit.Copies.Find(command.Task.Nexus.Number, ListIdOf(command));
        if (copy is null) return CommandOutcome.InvalidFieldInCdb(2);
        var status = copy.Status;
        var outcome = copy.Outcome;
        var availableAt = data.ReserveUInt32();
        data.WriteByte(copy.ServiceAction);
        data.WriteByte((byte)status);
        data.WriteUInt16(copy.StepsDone);
        data.WriteUInt32(outcome.IsPending ? UpdateDelayMilliseconds : uint.MaxValue);
        data.WriteByte(outcome.IsPending ? 0 : (int)outcome.Status);
        Span<byte> bytes = stackalloc byte[Sense.LengthMax];
        var sense = new ParameterDataWriter(bytes);
        if (!outcome.IsPending) ReceiveCopyCommands.WriteSense(unit, outcome, ref sense);
        data.WriteByte(sense.Length);                   // LENGTH OF THE SENSE DATA FIELD
        data.WriteByte(sense.Length);
        data.WriteByte(copy.CountsBlocks ? CountsBlocks : CountsBytes);
        data.WriteUInt64(copy.CountsBlocks ? copy.BytesCopied >> unit.BlockShift : copy.BytesCopied);
        data.WriteUInt16(copy.SegmentsDone);
        data.WriteZeros(6);
        data.Write(sense.Written);
        data.CloseUInt32(availableAt);
        return CommandOutcome.Good;
    }

    private static uint ListIdOf(TaskContext command) => BinaryPrimitives.ReadUInt32BigEndian(command.Cdb[2..]);
}
