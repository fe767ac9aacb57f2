using System.Buffers.Binary;
using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Provisioning;

/// <summary>GET LBA STATUS (16), (32) commands (SBC-5): runs of blocks that are mapped or not, as the store
/// tells them: on a thin disk those are deallocated, on another anchored.</summary>
internal static class LbaStatusCommands
{
    private const int HeaderLength = 8;
    private const int DescriptorLength = 16;
    private const int DescriptorsMax = 64;
    private const int Mapped = 0;
    private const int Deallocated = 1;
    private const int Anchored = 2;

    private static readonly CommandStep s_known = Known;

    public static CommandOutcome GetLbaStatus(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var descriptor = command.Command.Descriptor;
        var lba = descriptor.Layout.Find("STARTING LOGICAL BLOCK ADDRESS")!.Value.Get(command.Cdb);
        if (lba >= unit.CapacityBlocks) return Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange);
        // REPORT TYPE: all states, or those that are mapped or deallocated alike; nothing is ever wanting.
        var reportType = descriptor.Layout.Find("REPORT TYPE")!.Value;
        if (reportType.Get(command.Cdb) != 0) return reportType.Invalid();
        var allocation = (long)descriptor.AllocationLength!.Value.Get(command.Cdb);
        // At least one descriptor is made, whatever there is room for: the length field tells of it.
        var count = Math.Clamp((allocation - HeaderLength) / DescriptorLength, 1, DescriptorsMax);
        var end = unit.CapacityBlocks;
        if (descriptor.Layout.Find("SCAN LENGTH") is { } scan && scan.Get(command.Cdb) is > 0 and var blocks)
            end = Math.Min(end, lba + Math.Min(blocks, end - lba));
        task.Range = new BlockRange(lba, 0);
        task.Length = HeaderLength + ((int)count * DescriptorLength);
        task.Done = HeaderLength;
        var answer = task.Notes as Answer ?? new Answer();
        task.Notes = answer;
        answer.End = end;
        answer.AllocationLength = allocation;
        return Ask(task, lba);
    }

    private static CommandOutcome Ask(DiskTask task, ulong lba)
    {
        task.Ask(StoreOperation.MapStatus, (long)lba << task.Unit.BlockShift, 0);
        return task.GoInTurn(s_known);
    }

    private static void Known(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var answer = (Answer)task.Notes!;
        if (task.Request.Result != StoreResult.Ok)
        {
            task.End(task.Unit.OutcomeOf(task.Request));
            return;
        }
        var extent = task.Request.Extent;
        var shift = task.Unit.BlockShift;
        // SBC-5, GET LBA STATUS parameter data: the first descriptor begins at the block that was asked for, wherever
        // the store's extent does.
        var lba = (ulong)task.Request.Offset >> shift;
        // A block that is mapped in part is mapped; a run ends with the block before it.
        var next = Math.Min(((ulong)(extent.Offset + extent.Length) >> shift), answer.End);
        var mapped = extent.Allocated;
        if (mapped && task.Unit.TracksUnmapped)
        {
            mapped = !task.Unit.Unmapped.Contains(task.Request.Offset, out var until);
            next = Math.Min(next, (ulong)until >> shift);
        }
        if (next <= lba)
        {
            next = lba + 1;
            mapped = true;
        }
        next = Math.Min(next, lba + uint.MaxValue);
        Append(task, answer, lba, (uint)(next - lba), StatusOf(mapped, task.Unit.Disk));
        if (next >= answer.End || task.Done + DescriptorLength > task.Length) Deliver(task, answer);
        else Ask(task, next);
    }

    private static int StatusOf(bool mapped, DiskOptions disk)
    {
        if (mapped) return Mapped;
        return disk.Thin ? Deallocated : Anchored;
    }

    private static void Append(DiskTask task, Answer answer, ulong lba, uint count, int status)
    {
        var at = (int)task.Done;
        var last = at > HeaderLength ? answer.Bytes.AsSpan(at - DescriptorLength) : default;
        // Two runs of one kind that touch are one.
        if (!last.IsEmpty && last[12] == status
            && BinaryPrimitives.ReadUInt32BigEndian(last[8..]) is var before && before <= uint.MaxValue - count)
        {
            BinaryPrimitives.WriteUInt32BigEndian(last[8..], before + count);
            return;
        }
        var descriptor = answer.Bytes.AsSpan(at, DescriptorLength);
        descriptor.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(descriptor, lba);
        BinaryPrimitives.WriteUInt32BigEndian(descriptor[8..], count);
        descriptor[12] = (byte)status;
        task.Done += DescriptorLength;
    }

    private static void Deliver(DiskTask task, Answer answer)
    {
        var bytes = answer.Bytes.AsSpan(0, (int)task.Done);
        bytes[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(bytes.Length - 4));
        task.End(ParameterData.Deliver(task.Task, bytes, answer.AllocationLength));
    }

    private sealed class Answer
    {
        public readonly byte[] Bytes = new byte[HeaderLength + (DescriptorsMax * DescriptorLength)];
        public ulong End;
        public long AllocationLength;
    }
}
