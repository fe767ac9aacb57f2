using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>RECEIVE COPY STATUS (LID1) and RECEIVE COPY OPERATING PARAMETERS commands (SPC-4).</summary>
internal static class ReceiveCopyCommands
{
    private const int StatusLength = 12;
    private const int ParametersLength = 46;
    private const byte TransferCountInKibibytes = 1;

    public static CommandOutcome Status(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        if (unit.Copies.Find(command.Task.Nexus.Number, command.Cdb[2]) is not { } copy)
            return CommandOutcome.InvalidFieldInCdb(2);
        data.WriteUInt32(StatusLength - 4);
        // COPY MANAGER STATUS: in progress, completed, completed with errors.
        data.WriteByte(copy.InProgress ? 0 : copy.Failed ? 2 : 1);
        data.WriteUInt16((ushort)copy.Segments);
        data.WriteByte(TransferCountInKibibytes);
        data.WriteUInt32((uint)Math.Min(uint.MaxValue, copy.Bytes >> 10));
        return CommandOutcome.Good;
    }

    public static CommandOutcome OperatingParameters(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        data.WriteUInt32(ParametersLength - 4);
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
        data.WriteByte(2);
        data.WriteByte(0x02);                           // block to block
        data.WriteByte(0xE4);                           // identification
        return CommandOutcome.Good;
    }
}
