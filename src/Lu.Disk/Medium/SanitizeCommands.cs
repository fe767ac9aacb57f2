using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>
/// SANITIZE command (SBC-5). Blocks are erased by giving them back where the disk is thin and by anchoring them
/// where it is not;
/// cryptographic erase has no key to throw away and erases likewise. What was in snapshots, copies or remapped places
/// below the store is out of its reach.
/// </summary>
internal static class SanitizeCommands
{
    private const int HeaderLength = 4;

    public static CommandOutcome Overwrite(DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        if (list.Length <= HeaderLength || list.Length > HeaderLength + unit.BlockLengthBytes)
            return Sense.InvalidFieldInCdb(7);
        var count = list[0] & 0x1F;
        var inverts = (list[0] & 0x80) != 0;
        // TEST: no vendor specific way to see that it works.
        if ((list[0] & 0x60) != 0) return CommandOutcome.InvalidFieldInParameterList(0, bit: 6);
        if (count == 0) return CommandOutcome.InvalidFieldInParameterList(0, bit: 4);
        var length = BinaryPrimitives.ReadUInt16BigEndian(list[2..]);
        if (length == 0 || length != list.Length - HeaderLength) return CommandOutcome.InvalidFieldInParameterList(2);
        var pass = MediumPass.Write(list[HeaderLength..], unit.BlockLengthBytes, inverted: false);
        var other = inverts ? MediumPass.Write(list[HeaderLength..], unit.BlockLengthBytes, inverted: true) : pass;
        var passes = new MediumPass[count];
        for (var i = 0; i < count; i++) passes[i] = i % 2 == 0 ? pass : other;
        return Start(unit, command, passes, SanitizeKind.Overwrite);
    }

    public static CommandOutcome Erase(DiskUnit unit, TaskContext command)
    {
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        if (BinaryPrimitives.ReadUInt16BigEndian(command.Cdb[7..]) != 0) return Sense.InvalidFieldInCdb(7);
        var kind = (SanitizeKind)(command.Cdb[1] & 0x1F);
        return Start(unit, command, PassesFor(unit, kind), kind);
    }

    /// <summary>EXIT FAILURE MODE: leaves it where the failed command said that one may (AUSE).</summary>
    public static CommandOutcome ExitFailureMode(DiskUnit unit, TaskContext command)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(command.Cdb[7..]) != 0) return Sense.InvalidFieldInCdb(7);
        if (unit.RunningJob is { } job) return CommandOutcome.Check(job.Sense);
        return unit.TryExitSanitizeFailure() ? CommandOutcome.Good : Sense.InvalidFieldInCdb(1, bit: 4);
    }

    /// <summary>What an operation does; one begun before a restart is begun anew, an overwrite with zeros.</summary>
    public static IReadOnlyList<MediumPass> PassesFor(DiskUnit unit, SanitizeKind kind)
    {
        if (kind == SanitizeKind.Overwrite) return [MediumPass.Write([0], unit.BlockLengthBytes, inverted: false)];
        return [unit.Disk.Thin ? MediumPass.Unmap() : MediumPass.Zero()];
    }

    private static CommandOutcome Start(
        DiskUnit unit, TaskContext command, IReadOnlyList<MediumPass> passes, SanitizeKind kind)
    {
        var task = (DiskTask)command;
        task.IsImmediate = (command.Cdb[1] & 0x80) != 0;
        unit.AllowSanitizeExit((command.Cdb[1] & 0x20) != 0);
        return unit.StartJob(task, new MediumJob(unit, passes, kind));
    }
}
