using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Elements;

/// <summary>
/// GET PHYSICAL ELEMENT STATUS, REMOVE ELEMENT AND TRUNCATE and RESTORE ELEMENTS AND REBUILD commands (SBC-5). The
/// store is one storage element, of which nobody knows the health, and which nobody can take out of use.
/// </summary>
internal static class ElementCommands
{
    private const uint Element = 1;
    private const byte StorageElement = 0x01;
    private const byte HealthNotReported = 0x00;
    private const int HeaderLength = 32;
    private const int DescriptorLength = 32;

    public static CommandOutcome Status(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var filter = command.Cdb[14] >> 6;
        if (filter > 1) return CommandOutcome.InvalidFieldInCdb(14, bit: 7);
        if ((command.Cdb[14] & 0x0F) > 1) return CommandOutcome.InvalidFieldInCdb(14, bit: 3);
        // FILTER 01b: those outside limits or being depopulated, which it never is.
        var isMeant = filter == 0 && BinaryPrimitives.ReadUInt32BigEndian(command.Cdb[6..]) <= Element;
        var begin = data.Length;
        data.WriteUInt32(isMeant ? 1u : 0);
        data.WriteUInt32(isMeant ? 1u : 0);
        data.PadTo(begin + HeaderLength);
        if (!isMeant) return CommandOutcome.Good;
        data.WriteZeros(4);
        data.WriteUInt32(Element);
        data.WriteZeros(6);
        data.WriteByte(StorageElement);
        data.WriteByte(HealthNotReported);
        data.WriteUInt64(unit.CapacityBlocks);
        data.PadTo(begin + HeaderLength + DescriptorLength);
        return CommandOutcome.Good;
    }

    /// <summary>No element can be depopulated, whichever is named.</summary>
    public static CommandOutcome Remove(DiskUnit unit, TaskContext command) =>
        command.Command.Descriptor.Layout["ELEMENT IDENTIFIER"].Invalid();

    /// <summary>None is depopulated, and that is no error: there is nothing to restore.</summary>
    public static CommandOutcome Restore(DiskUnit unit, TaskContext command) => CommandOutcome.Good;
}
