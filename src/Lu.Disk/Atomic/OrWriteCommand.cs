using System.Numerics;
using System.Runtime.InteropServices;
using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Atomic;

/// <summary>
/// ORWRITE (16) and (32) commands (SBC-5): bits are set, or by ORWRITE (32) cleared, in blocks as one step.
/// </summary>
internal static class OrWriteCommand
{
    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_read = StartRead;
    private static readonly CommandStep s_combine = Combine;
    private static readonly CommandStep s_written = Written;

    public static CommandOutcome OrWrite(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (FindFault(unit, task) is { } fault) return fault;
        if (!task.Range.IsEmpty) return task.AskForAll(task.RangeBytes, s_arrived);
        NoteGeneration(task);
        return CommandOutcome.Good;
    }

    /// <summary>Decodes the CDB; what is wrong with it, or null.</summary>
    public static CommandOutcome? FindFault(DiskUnit unit, DiskTask task)
    {
        task.Range = BlockRange.Decode(task.Cdb);
        if (!unit.TryCheck(task, task.Range, DiskUnit.TransferLengthMax, out var refusal)) return refusal;
        return unit.TryCheckWritable(out refusal) ? FindGenerationFault(task) : refusal;
    }

    /// <summary>Whether the generation that ORWRITE (32) names is not, or no more, the current one.</summary>
    public static CommandOutcome? FindGenerationFault(DiskTask task) =>
        IsLong(task) ? task.Unit.OrWriteGeneration.FindFault(task.Cdb) : null;

    private static bool IsLong(DiskTask task) => task.Cdb[0] == CdbLayout.VariableLength;

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Enter(task.Range, alone: true, s_read);
    }

    private static void StartRead(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (FindGenerationFault(task) is { } fault)
        {
            task.End(fault);
            return;
        }
        // Into memory of the command's own: what a store lends for reading is not to be written to.
        if (!task.TryLeaseScratch((int)task.RangeBytes))
        {
            task.End(CommandOutcome.TaskSetFull);
            return;
        }
        task.Ask(StoreOperation.Read, task.Offset, task.RangeBytes);
        task.Go(s_combine);
    }

    private static void Combine(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (task.Request.Result != StoreResult.Ok)
        {
            task.End(task.Unit.OutcomeOf(task.Request));
            return;
        }
        CombineReceived(task, 0, 0, (int)task.RangeBytes);
        var durable = task.Unit.MustBeDurable(task.Task.Cdb);
        task.Ask(StoreOperation.Write, task.Offset, task.RangeBytes, task.Scratch, durable);
        task.Go(s_written);
    }

    /// <summary>Combines bytes of the Data-Out into what was read: by OR, or by AND where bits are cleared.</summary>
    /// <param name="task">The task; what was read is in its scratch memory.</param>
    /// <param name="at">Where in that.</param>
    /// <param name="receivedAt">Where in the Data-Out.</param>
    /// <param name="length">How many bytes.</param>
    public static void CombineReceived(DiskTask task, int at, int receivedAt, int length)
    {
        foreach (ref readonly var segment in task.Task.DataOut.Segments)
        {
            if (receivedAt >= segment.Length)
            {
                receivedAt -= segment.Length;
                continue;
            }
            var take = Math.Min(length, segment.Length - receivedAt);
            CombineInto(task, at, segment.Span.Slice(receivedAt, take));
            at += take;
            length -= take;
            receivedAt = 0;
            if (length == 0) return;
        }
    }

    private static void CombineInto(DiskTask task, int at, ReadOnlySpan<byte> bytes)
    {
        var clears = IsLong(task) && OrWriteGeneration.Changes(task.Cdb);
        foreach (ref readonly var segment in task.Scratch.Segments)
        {
            if (bytes.IsEmpty) return;
            if (at >= segment.Length)
            {
                at -= segment.Length;
                continue;
            }
            var room = segment.Span[at..];
            var take = Math.Min(room.Length, bytes.Length);
            if (clears) And(room[..take], bytes[..take]);
            else Or(room[..take], bytes[..take]);
            bytes = bytes[take..];
            at = 0;
        }
    }

    private static void Or(Span<byte> into, ReadOnlySpan<byte> bytes)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(into);
        var others = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
        for (var i = 0; i < vectors.Length; i++) vectors[i] |= others[i];
        for (var i = vectors.Length * Vector<byte>.Count; i < into.Length; i++) into[i] |= bytes[i];
    }

    /// <summary>The blocks are written: where bits were cleared a new generation begins.</summary>
    public static void NoteGeneration(DiskTask task)
    {
        if (IsLong(task)) task.Unit.OrWriteGeneration.Written(task.Cdb);
    }

    private static void And(Span<byte> into, ReadOnlySpan<byte> bytes)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(into);
        var others = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
        for (var i = 0; i < vectors.Length; i++) vectors[i] &= others[i];
        for (var i = vectors.Length * Vector<byte>.Count; i < into.Length; i++) into[i] &= bytes[i];
    }

    private static void Written(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result == StoreResult.Ok) NoteGeneration(task);
        task.End(task.Unit.OutcomeOf(task.Request));
    }
}
