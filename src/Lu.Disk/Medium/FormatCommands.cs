using System.Buffers.Binary;
using Lunette.Backing;
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
    private const int ReassignHeaderLength = 4;

    private static readonly CommandStep s_formatListArrived = FormatListArrived;
    private static readonly CommandStep s_reassignHeaderArrived = ReassignListArrived;
    private static readonly CommandStep s_reassigned = Reassigned;

    public static CommandOutcome FormatUnit(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var cdb = command.Cdb;
        if (FormatOptions.FindFault(cdb, unit.Disk.Protection is not null) is { } fault) return fault;
        if ((cdb[1] & 0x10) != 0) return task.AskForAll(FormatOptions.HeaderLength(cdb), s_formatListArrived);
        if (FormatOptions.FindFault(cdb, stackalloc byte[4], out var options) is { } illegal) return illegal;
        task.IsImmediate = false;
        return Start(task, options.Protection, NoList, requiresPowerCycle: false);
    }

    private static void FormatListArrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        Span<byte> header = stackalloc byte[FormatOptions.HeaderLength(command.Cdb)];
        task.Task.DataOut.Read(0, header);
        if (FormatOptions.FindFault(command.Cdb, header, out var options) is { } fault)
        {
            task.End(fault);
            return;
        }
        task.IsImmediate = (header[1] & 0x02) != 0;
        var outcome = Start(task, options.Protection, header, requiresPowerCycle: false);
        if (!outcome.IsPending) task.End(outcome);
    }

    /// <summary>What a command without a parameter list asks for, as one.</summary>
    public static ReadOnlySpan<byte> NoList => [0, 0, 0, 0];

    /// <summary>Starts a format operation.</summary>
    /// <param name="task">The command that asks for it.</param>
    /// <param name="protection">How the disk is to be formatted with protection information.</param>
    /// <param name="list">Its parameter list, for the Format Status log page.</param>
    /// <param name="requiresPowerCycle">Whether nobody uses the disk afterwards until a power cycle.</param>
    public static CommandOutcome Start(
        DiskTask task, ProtectionType protection, ReadOnlySpan<byte> list, bool requiresPowerCycle) =>
        task.Unit.StartJob(task, new MediumJob(task.Unit, FormatPasses(task.Unit), SanitizeKind.None)
        {
            Formats = task.Unit.Disk.Protection is null ? null : (protection, task.Itl),
            RequiresPowerCycle = requiresPowerCycle,
            FormatList = list.ToArray(),
        });

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
        List<ulong> named = [], marked = [];
        for (; !addresses.IsEmpty; addresses = addresses[width..])
        {
            var lba = width == 8
                ? BinaryPrimitives.ReadUInt64BigEndian(addresses)
                : BinaryPrimitives.ReadUInt32BigEndian(addresses);
            if (lba >= task.Unit.CapacityBlocks)
            {
                task.End(Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange));
                return;
            }
            named.Add(lba);
            if (task.Unit.Uncorrectable.Contains(lba)) marked.Add(lba);
        }
        task.Unit.PendingDefects.Remove(named);
        // SBC-5, Processing pseudo unrecovered errors: a reassign operation clears them.
        if (marked.Count == 0) task.End(CommandOutcome.Good);
        else task.Unit.Uncorrectable.Unmark(marked, task.RequestFor(s_reassigned));
    }

    private static void Reassigned(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.End(task.Request.Result == StoreResult.Ok
            ? CommandOutcome.Good
            : CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure));
    }
}
