using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>READ CAPACITY (10), (16) and READ DEFECT DATA (10), (12) commands (SBC-5).</summary>
internal static class CapacityCommands
{
    public static CommandOutcome ReadCapacity10(DiskUnit unit, TaskContext command)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Math.Min(unit.CapacityBlocks - 1, uint.MaxValue));
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], unit.BlockLengthBytes);
        return ParameterData.Deliver(command.Task, bytes, bytes.Length);
    }

    public static CommandOutcome ReadCapacity16(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        unit.Capacity.Write16(ref data);
        return CommandOutcome.Good;
    }

    /// <summary>REPORT PROVISIONING INITIALIZATION PATTERN: what an unmapped block holds, which is zeros.</summary>
    public static CommandOutcome ReportProvisioningInitializationPattern(
        DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        data.WriteZeros(unit.BlockLengthBytes);
        return CommandOutcome.Good;
    }

    // Of the DEFECT LIST FORMATs, 110b is vendor specific, and there is none; 111b is reserved.
    private const int LastDefectListFormat = 5;

    /// <summary>No block was ever reassigned: the store below has its own recovery. Empty lists, of any
    /// format.</summary>
    public static CommandOutcome ReadDefectData10(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        if ((command.Cdb[2] & 0x07) > LastDefectListFormat) return CommandOutcome.InvalidFieldInCdb(2, bit: 2);
        data.WriteByte(0);
        data.WriteByte(command.Cdb[2] & 0x1F);
        data.WriteUInt16(0);
        return CommandOutcome.Good;
    }

    /// <inheritdoc cref="ReadDefectData10"/>
    public static CommandOutcome ReadDefectData12(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        if ((command.Cdb[1] & 0x07) > LastDefectListFormat) return CommandOutcome.InvalidFieldInCdb(1, bit: 2);
        data.WriteByte(0);
        data.WriteByte(command.Cdb[1] & 0x1F);
        data.WriteUInt16(0);
        data.WriteUInt32(0);
        return CommandOutcome.Good;
    }
}
