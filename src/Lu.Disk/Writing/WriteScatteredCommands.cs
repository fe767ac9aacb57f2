using System.Buffers.Binary;
using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Protection;
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

    public static CommandOutcome WriteScattered(DiskUnit unit, TaskContext command) =>
        Begin(unit, (DiskTask)command, unit.BlockLengthBytes);

    /// <summary>Begins it, with blocks that are transferred in so many bytes each.</summary>
    public static CommandOutcome Begin(DiskUnit unit, DiskTask task, int transferBytes)
    {
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var layout = task.Command.Descriptor.Layout;
        var blocks = task.Command.Descriptor.TransferLength!.Value;
        var countField = layout.Find("NUMBER OF LBA RANGE DESCRIPTORS")!.Value;
        var offsetField = layout.Find("LOGICAL BLOCK DATA OFFSET")!.Value;
        var count = (long)countField.Get(task.Cdb);
        var dataAt = (long)offsetField.Get(task.Cdb) << unit.BlockShift;
        var dataBlocks = (long)blocks.Get(task.Cdb) - (long)offsetField.Get(task.Cdb);
        var length = dataAt + (dataBlocks * transferBytes);
        if (count == 0) return CommandOutcome.Good;
        if (count > RangesMax) return countField.Invalid();
        if (length > DiskUnit.TransferLengthMax) return blocks.Invalid();
        // The data begin behind the descriptors and inside the buffer.
        if (dataAt < HeaderLength + (count * DescriptorLength) || dataBlocks < 0) return offsetField.Invalid();
        var list = task.Notes as List ?? new List();
        task.Notes = list;
        list.Count = (int)count;
        list.DataAt = (int)dataAt;
        list.TransferBytes = transferBytes;
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
            list.Tags[i] = BinaryPrimitives.ReadUInt64BigEndian(descriptor[12..]);
            if (!range.IsWithin(task.Unit.CapacityBlocks))
            {
                task.End(Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange));
                return;
            }
            var bytes = (long)range.Count * list.TransferBytes;
            if (bytes > room)
            {
                task.End(CommandOutcome.InvalidFieldInParameterList(at + 8));
                return;
            }
            room -= (int)bytes;
        }
        if (task.Unit.ProtectionType != ProtectionType.Type0 && FindTagFault(task, list) is { } fault)
        {
            task.End(fault);
            return;
        }
        list.Next = 0;
        EnterNext(task, list);
    }

    private static CommandOutcome? FindTagFault(DiskTask task, List list)
    {
        var at = list.DataAt;
        for (var i = 0; i < list.Count; i++)
        {
            Aim(task, list, i, at);
            var outcome = task.Protected.Command.CheckArrived(task.Protected);
            if (outcome.Status != ScsiStatus.Good) return outcome;
            at += (int)list.Ranges[i].Count * list.TransferBytes;
        }
        return null;
    }

    private static void Aim(DiskTask task, List list, int range, int dataAt)
    {
        task.Range = list.Ranges[range];
        ((ProtectedWriteScattered)task.Protected.Command).Aim(task.Protected, dataAt, list.Tags[range]);
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
        if (task.Unit.ProtectionType == ProtectionType.Type0)
        {
            task.Enter(task.Range, alone: false, s_entered);
            return;
        }
        Aim(task, list, list.Next, list.DataAt);
        ProtectedSteps.Enter(task.Protected);
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

    /// <summary>FUA, which WRITE SCATTERED (16) has in another byte than its relatives, or no write cache.</summary>
    public static bool IsDurable(DiskTask task) => !task.Unit.WriteCacheEnabled
        || task.Command.Descriptor.Layout.Find("FUA") is { } fua && fua.Get(task.Cdb) != 0;

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result == StoreResult.Ok) GoOn(task);
        else task.End(task.Unit.OutcomeOf(task.Request));
    }

    /// <summary>A range is written; the next one follows.</summary>
    public static void GoOn(DiskTask task)
    {
        var list = (List)task.Notes!;
        task.Unit.Extents.Leave(task);
        list.DataAt += (int)task.Range.Count * list.TransferBytes;
        list.Next++;
        EnterNext(task, list);
    }

    private sealed class List
    {
        public readonly BlockRange[] Ranges = new BlockRange[RangesMax];
        public int Count;
        public int Next;
        public int DataAt;
        public int TransferBytes;

        // What WRITE SCATTERED (32) says of tags: initial reference tag, application tag and mask, as they stand.
        public readonly ulong[] Tags = new ulong[RangesMax];
    }
}
