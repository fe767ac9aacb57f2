using System.Buffers.Binary;
using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Writing;

/// <summary>
/// WRITE SCATTERED (16) and (32) commands (SBC-5): ranges and their data in one Data-Out Buffer. All ranges are checked
/// before the first is written; they are written in the order of the list.
/// </summary>
internal static class WriteScatteredCommands
{
    /// <summary>How many ranges one command may have.</summary>
    public const int RangesMax = 256;

    private const int HeaderLength = 32;
    private const int DescriptorLength = 32;

    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_entered = StartWrite;
    private static readonly CommandStep s_written = Written;

    public static CommandOutcome WriteScattered(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var layout = command.Command.Descriptor.Layout;
        var blocks = command.Command.Descriptor.TransferLength!.Value;
        var length = (long)blocks.Get(command.Cdb) << unit.BlockShift;
        var countField = layout.Find("NUMBER OF LBA RANGE DESCRIPTORS")!.Value;
        var offsetField = layout.Find("LOGICAL BLOCK DATA OFFSET")!.Value;
        var count = (long)countField.Get(command.Cdb);
        var dataAt = (long)offsetField.Get(command.Cdb) << unit.BlockShift;
        if (count == 0) return CommandOutcome.Good;
        if (count > RangesMax) return countField.Invalid();
        if (length > DiskUnit.TransferLengthMax) return blocks.Invalid();
        // The data begin behind the descriptors and inside the buffer.
        if (dataAt < HeaderLength + (count * DescriptorLength) || dataAt > length) return offsetField.Invalid();
        var list = task.Notes as List ?? new List();
        task.Notes = list;
        list.Count = (int)count;
        list.DataAt = (int)dataAt;
        return task.AskForAll(length, s_arrived);
    }

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var list = (List)task.Notes!;
        Span<byte> descriptor = stackalloc byte[DescriptorLength];
        var room = task.Length - list.DataAt;
        for (var i = 0; i < list.Count; i++)
        {
            var at = HeaderLength + (i * DescriptorLength);
            task.Task.DataOut.Read(at, descriptor);
            var range = new BlockRange(BinaryPrimitives.ReadUInt64BigEndian(descriptor),
                BinaryPrimitives.ReadUInt32BigEndian(descriptor[8..]));
            list.Ranges[i] = range;
            if (!range.IsWithin(task.Unit.CapacityBlocks))
            {
                task.End(Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange));
                return;
            }
            var bytes = (long)range.Count << task.Unit.BlockShift;
            if (bytes > room)
            {
                task.End(CommandOutcome.InvalidFieldInParameterList(at + 8));
                return;
            }
            room -= (int)bytes;
        }
        list.Next = 0;
        EnterNext(task, list);
    }

    private static void EnterNext(DiskTask task, List list)
    {
        while (list.Next < list.Count && list.Ranges[list.Next].IsEmpty) list.Next++;
        if (list.Next == list.Count)
        {
            task.End(CommandOutcome.Good);
            return;
        }
        task.Range = list.Ranges[list.Next];
        task.Enter(task.Range, alone: false, s_entered);
    }

    private static void StartWrite(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var list = (List)task.Notes!;
        var length = (int)task.RangeBytes;
        var window = task.ShowWindow(task.Task.DataOut, list.DataAt, length);
        task.Ask(StoreOperation.Write, task.Offset, length, window, IsDurable(task));
        task.GoInTurn(s_written);
    }

    // WRITE SCATTERED (16) has FUA in another byte than its relatives.
    private static bool IsDurable(DiskTask task) => !task.Unit.WriteCacheEnabled
        || task.Command.Descriptor.Layout.Find("FUA") is { } fua && fua.Get(task.Cdb) != 0;

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var list = (List)task.Notes!;
        task.Unit.Extents.Leave(task);
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result != StoreResult.Ok)
        {
            task.End(task.Unit.OutcomeOf(task.Request));
            return;
        }
        list.DataAt += (int)task.RangeBytes;
        list.Next++;
        EnterNext(task, list);
    }

    private sealed class List
    {
        public readonly BlockRange[] Ranges = new BlockRange[RangesMax];
        public int Count;
        public int Next;
        public int DataAt;
    }
}
