using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Reading;

/// <summary>VERIFY (10), (12), (16), (32) commands, and the second half of WRITE AND VERIFY (SBC-5).</summary>
internal static class VerifyCommands
{
    private const int StepBytes = 1 << 20;

    private static readonly CommandStep s_arrived = Arrived;
    private static readonly CommandStep s_verify = VerifyNext;
    private static readonly CommandStep s_read = Compare;

    public static CommandOutcome Verify(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Range = BlockRange.Decode(command.Cdb);
        var check = ByteCheck(command.Cdb);
        // Without data only the medium is looked at, and any count of blocks may be.
        var most = check == 1 ? DiskUnit.TransferLengthMax : long.MaxValue;
        if (!unit.TryCheck(command, task.Range, most, out var refusal)) return refusal;
        if (check == 2) return Sense.InvalidFieldInCdb(ByteCheckIndex(command.Cdb), bit: 2);
        if (task.Range.IsEmpty) return CommandOutcome.Good;
        return check switch
        {
            0 => task.Enter(task.Range, alone: false, s_verify),
            1 => task.AskForAll(task.RangeBytes, s_arrived),
            _ => task.AskForAll(unit.BlockLengthBytes, s_arrived),
        };
    }

    /// <summary>BYTCHK: 0 the medium, 1 all data, 3 one block compared with each.</summary>
    public static int ByteCheck(ReadOnlySpan<byte> cdb) => cdb[ByteCheckIndex(cdb)] >> 1 & 3;

    private static int ByteCheckIndex(ReadOnlySpan<byte> cdb) => cdb[0] == CdbLayout.VariableLength ? 10 : 1;

    private static void Arrived(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Enter(task.Range, alone: false, s_verify);
    }

    /// <summary>Reads the next blocks to be looked at, or ends the command.</summary>
    public static void VerifyNext(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var left = task.RangeBytes - task.Done;
        if (left == 0)
        {
            task.End(CommandOutcome.Good);
            return;
        }
        task.Ask(StoreOperation.Read, task.Offset + task.Done, Math.Min(left, StepBytes));
        task.GoInTurn(s_read);
    }

    private static void Compare(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var request = task.Request;
        if (request.Result != StoreResult.Ok)
        {
            task.End(task.Unit.OutcomeOf(request));
            return;
        }
        var differs = ByteCheck(task.Task.Cdb) switch
        {
            0 => -1,
            1 => Comparison.FirstDifference(task.Scratch, 0, task.Task.DataOut, (int)task.Done, (int)request.Length),
            _ => FirstOtherThan(task),
        };
        if (differs >= 0)
        {
            task.End(Miscompare(task.Range.Lba + ((ulong)(task.Done + differs) >> task.Unit.BlockShift)));
            return;
        }
        task.Done += request.Length;
        task.VerifiedBytes = task.Done;
        task.Scratch.Release();
        VerifyNext(unit, command);
    }

    private static int FirstOtherThan(DiskTask task)
    {
        var block = task.Unit.BlockLengthBytes;
        for (var at = 0; at < task.Scratch.Length; at += block)
        {
            var differs = Comparison.FirstDifference(task.Scratch, at, task.Task.DataOut, 0, block);
            if (differs >= 0) return at + differs;
        }
        return -1;
    }

    /// <summary>MISCOMPARE DURING VERIFY OPERATION; what INFORMATION holds, the command says.</summary>
    public static CommandOutcome Miscompare(ulong information) => CommandOutcome.Check(
        new Sense(SenseKey.Miscompare, AdditionalSense.MiscompareDuringVerifyOperation)
        {
            Information = information,
            InformationValid = true,
        });
}
