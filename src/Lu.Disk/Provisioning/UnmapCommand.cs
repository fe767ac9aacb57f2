using System.Buffers.Binary;
using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Protection;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Provisioning;

/// <summary>UNMAP command (SBC-5): the whole list is checked before anything is unmapped.</summary>
internal static class UnmapCommand
{
    /// <summary>MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT.</summary>
    public const int DescriptorsMax = 256;

    /// <summary>MAXIMUM UNMAP LBA COUNT: blocks of one command in all.</summary>
    public const uint BlocksMax = 1 << 20;

    /// <summary>The longest parameter list, in bytes.</summary>
    public const int ListLengthMax = HeaderLength + (DescriptorsMax * DescriptorLength);

    private const int HeaderLength = 8;
    private const int DescriptorLength = 16;

    private static readonly CommandStep s_entered = StartNext;
    private static readonly CommandStep s_done = Done;
    private static readonly ProtectedUnmap s_protected = new(BlockCommands.Unmap, GoOn);

    public static CommandOutcome Unmap(DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        // SBC-5, UNMAP command: ANCHOR where nothing is anchored (ANC_SUP); elsewhere all that is unmapped is anchored.
        if ((command.Cdb[1] & 0x01) != 0 && unit.Disk.Thin) return Sense.InvalidFieldInCdb(1, bit: 0);
        if (list.IsEmpty) return CommandOutcome.Good;
        if (list.Length < HeaderLength) return CommandOutcome.ParameterListLengthError;
        // Descriptors past what was sent are not looked at: UNMAP BLOCK DESCRIPTOR DATA LENGTH counts whole ones.
        var stated = BinaryPrimitives.ReadUInt16BigEndian(list[2..]);
        var descriptors = list[HeaderLength..][..Math.Min(stated, list.Length - HeaderLength)];
        var count = descriptors.Length / DescriptorLength;
        if (count > DescriptorsMax) return CommandOutcome.InvalidFieldInParameterList(2);
        var task = (DiskTask)command;
        var notes = task.Notes as RangeList ?? new RangeList();
        var ranges = notes.Ranges;
        task.Notes = notes;
        var blocks = 0UL;
        for (var i = 0; i < count; i++)
        {
            var descriptor = descriptors[(i * DescriptorLength)..];
            ranges[i] = new(BinaryPrimitives.ReadUInt64BigEndian(descriptor),
                BinaryPrimitives.ReadUInt32BigEndian(descriptor[8..]));
            if (!ranges[i].IsWithin(unit.CapacityBlocks))
                return Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange);
            blocks += ranges[i].Count;
        }
        if (blocks > BlocksMax) return CommandOutcome.InvalidFieldInParameterList(HeaderLength + 8);
        notes.Count = count;
        notes.Next = 0;
        return EnterNext(task);
    }

    private static CommandOutcome EnterNext(DiskTask task)
    {
        var list = (RangeList)task.Notes!;
        while (list.Next < list.Count && list.Ranges[list.Next].IsEmpty) list.Next++;
        if (list.Next == list.Count) return CommandOutcome.Good;
        task.Range = list.Ranges[list.Next];
        return task.Unit.ProtectionType == ProtectionType.Type0
            ? task.Enter(task.Range, alone: task.Unit.TracksUnmapped, s_entered)
            : s_protected.Start(task.Unit, task);
    }

    private static void StartNext(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Ask(task.Unit.UnmapOperation, task.Offset, task.RangeBytes, durable: !task.Unit.WriteCacheEnabled);
        task.GoInTurn(s_done);
    }

    private static void Done(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (task.Request.Result != StoreResult.Ok)
        {
            task.End(task.Unit.OutcomeOf(task.Request));
            return;
        }
        task.Unit.NoteUnmapped(task.Offset, task.RangeBytes);
        GoOn(unit, command);
    }

    private static void GoOn(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.Extents.Leave(task);
        ((RangeList)task.Notes!).Next++;
        var outcome = EnterNext(task);
        if (!outcome.IsPending) task.End(outcome);
    }

    private sealed class RangeList
    {
        public readonly BlockRange[] Ranges = new BlockRange[DescriptorsMax];
        public int Count;
        public int Next;
    }
}
