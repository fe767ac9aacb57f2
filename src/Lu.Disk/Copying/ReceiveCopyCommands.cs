using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// RECEIVE COPY STATUS (LID1), RECEIVE COPY DATA (LID1), RECEIVE COPY FAILURE DETAILS (LID1) and RECEIVE COPY OPERATING
/// PARAMETERS commands (SPC-4).
/// </summary>
internal static class ReceiveCopyCommands
{
    private const int StatusLength = 12;
    private const byte TransferCountInKibibytes = 1;

    public static CommandOutcome Status(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        if (Find(unit, command) is not { } copy) return CommandOutcome.InvalidFieldInCdb(2);
        data.WriteUInt32(StatusLength - 4);
        // COPY MANAGER STATUS: in progress, completed, completed with errors.
        data.WriteByte(copy.Outcome.IsPending ? 0 : copy.Outcome.Status == ScsiStatus.Good ? 1 : 2);
        data.WriteUInt16(copy.SegmentsDone);
        data.WriteByte(TransferCountInKibibytes);
        data.WriteUInt32((uint)Math.Min(uint.MaxValue, copy.BytesCopied >> 10));
        return CommandOutcome.Good;
    }

    /// <summary>No segment that is supported holds data for the initiator: there is never any.</summary>
    public static CommandOutcome Data(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        if (Find(unit, command) is null) return CommandOutcome.InvalidFieldInCdb(2);
        data.WriteUInt32(0);
        return CommandOutcome.Good;
    }

    public static CommandOutcome FailureDetails(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        if (Find(unit, command) is not { Outcome: { IsPending: false } outcome })
            return CommandOutcome.InvalidFieldInCdb(2);
        var availableAt = data.ReserveUInt32();
        if (outcome.Status == ScsiStatus.Good) return CommandOutcome.Good;
        data.WriteZeros(52);
        data.WriteByte((byte)outcome.Status);           // EXTENDED COPY COMMAND STATUS
        data.WriteZeros(1);
        var senseAt = data.ReserveUInt16();
        WriteSense(unit, outcome, ref data);
        data.CloseUInt16(senseAt);
        data.CloseUInt32(availableAt);
        return CommandOutcome.Good;
    }

    public static CommandOutcome OperatingParameters(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var lengthAt = data.ReserveUInt32();
        data.WriteUInt32(0x0100_0000);                  // SNLID: a list without identifier is taken
        data.WriteUInt16(CopyLimits.DescriptorsMax);
        data.WriteUInt16(CopyLimits.SegmentsMax);
        data.WriteUInt32(CopyLimits.ListLengthMax);
        data.WriteUInt32(CopyLimits.SegmentBytesMax);
        data.WriteZeros(4 + 4 + 4 + 2);                 // no inline data, no held data, no streams
        data.WriteUInt16(CopyLimits.ConcurrentMax);     // TOTAL CONCURRENT COPIES
        data.WriteByte(CopyLimits.ConcurrentMax);
        data.WriteByte(9);                              // DATA SEGMENT GRANULARITY: 512 bytes
        data.WriteZeros(2 + 3);
        data.WriteByte(CopySegment.TypeCodes.Length + 2);
        data.Write(CopySegment.TypeCodes);
        data.WriteByte(IdentificationCscd.TypeCode);
        data.WriteByte(AliasCscd.TypeCode);
        data.CloseUInt32(lengthAt);
        return CommandOutcome.Good;
    }

    /// <summary>The sense data a copy ended with, as its command has it or would have.</summary>
    public static void WriteSense(DiskUnit unit, in CommandOutcome outcome, ref ParameterDataWriter data)
    {
        if (!outcome.HasSense) return;
        Span<byte> sense = stackalloc byte[Sense.LengthMax];
        data.Write(sense[..outcome.Sense.Write(sense, unit.UsesDescriptorSense)]);
    }

    private static CopyOperation? Find(DiskUnit unit, TaskContext command) =>
        unit.Copies.Find(command.Task.Nexus.Number, command.Cdb[2]);
}
