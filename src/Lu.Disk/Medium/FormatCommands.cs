using System.Buffers.Binary;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>
/// FORMAT UNIT and REASSIGN BLOCKS commands (SBC-5). The store below has no defects to manage: lists of them are
/// refused, and a block that is to be reassigned stays where it is.
/// </summary>
internal static class FormatCommands
{
    private const int ShortHeaderLength = 4;
    private const int LongHeaderLength = 8;
    private const int ReassignHeaderLength = 4;

    private static readonly CommandStep s_formatListArrived = FormatListArrived;
    private static readonly CommandStep s_reassignHeaderArrived = ReassignListArrived;

    public static CommandOutcome FormatUnit(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var cdb = command.Cdb;
        // FMTPINFO: there is no protection information.
        if ((cdb[1] & 0xC0) != 0) return Sense.InvalidFieldInCdb(1, bit: 7);
        // CMPLST without a list; FFMT values past fast format.
        if ((cdb[1] & 0x18) == 0x08) return Sense.InvalidFieldInCdb(1, bit: 3);
        if ((cdb[4] & 0x03) > 1) return Sense.InvalidFieldInCdb(4, bit: 1);
        if ((cdb[1] & 0x10) != 0) return task.AskForAll(HeaderLength(cdb), s_formatListArrived);
        task.IsImmediate = false;
        return unit.StartJob(task, FormatPasses(unit), SanitizeKind.None);
    }

    private static int HeaderLength(ReadOnlySpan<byte> cdb) =>
        (cdb[1] & 0x20) != 0 ? LongHeaderLength : ShortHeaderLength;

    private static void FormatListArrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        Span<byte> header = stackalloc byte[LongHeaderLength];
        header = header[..HeaderLength(command.Cdb)];
        task.Task.DataOut.Read(0, header);
        if (FindFault(header) is { } fault)
        {
            task.End(fault);
            return;
        }
        task.IsImmediate = (header[1] & 0x02) != 0;
        var outcome = task.Unit.StartJob(task, FormatPasses(task.Unit), SanitizeKind.None);
        if (!outcome.IsPending) task.End(outcome);
    }

    // SBC-5, Parameter list header of FORMAT UNIT.
    private static CommandOutcome? FindFault(ReadOnlySpan<byte> header)
    {
        if ((header[0] & 0x07) != 0) return CommandOutcome.InvalidFieldInParameterList(0, bit: 2);
        // Without FOV the other options are not looked at and must be zero; of them none but IMMED is known.
        var options = header[1] & 0x78;
        if (options != 0 && (header[1] & 0x80) == 0) return CommandOutcome.InvalidFieldInParameterList(1, bit: 7);
        if ((header[1] & 0x08) != 0) return CommandOutcome.InvalidFieldInParameterList(1, bit: 3);
        var defects = header.Length == ShortHeaderLength
            ? BinaryPrimitives.ReadUInt16BigEndian(header[2..])
            : BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (defects == 0) return null;
        return CommandOutcome.InvalidFieldInParameterList(header.Length == ShortHeaderLength ? 2 : 4);
    }

    private static MediumPass[] FormatPasses(DiskUnit unit) =>
        [unit.Disk.Thin ? MediumPass.Unmap() : MediumPass.Zero()];

    public static CommandOutcome ReassignBlocks(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var length = Math.Min(task.Task.ExpectedDataOutLength, SupportedCommand.DataLengthDefault);
        return length < ReassignHeaderLength
            ? CommandOutcome.ParameterListLengthError
            : task.AskForAll(length, s_reassignHeaderArrived);
    }

    private static void ReassignListArrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        Span<byte> list = stackalloc byte[SupportedCommand.DataLengthDefault];
        list = list[..task.Task.DataOut.Read(0, list[..task.Length])];
        var isLong = (command.Cdb[1] & 0x01) != 0;
        var stated = isLong
            ? BinaryPrimitives.ReadUInt32BigEndian(list)
            : BinaryPrimitives.ReadUInt16BigEndian(list[2..]);
        var width = (command.Cdb[1] & 0x02) != 0 ? 8 : 4;
        var addresses = list[ReassignHeaderLength..];
        if (stated > addresses.Length || stated % width != 0)
        {
            task.End(CommandOutcome.ParameterListLengthError);
            return;
        }
        addresses = addresses[..(int)stated];
        task.Task.CommandTransferLength = ReassignHeaderLength + stated;
        for (; !addresses.IsEmpty; addresses = addresses[width..])
        {
            var lba = width == 8
                ? BinaryPrimitives.ReadUInt64BigEndian(addresses)
                : BinaryPrimitives.ReadUInt32BigEndian(addresses);
            if (lba < task.Unit.CapacityBlocks) continue;
            task.End(Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange));
            return;
        }
        task.End(CommandOutcome.Good);
    }
}
