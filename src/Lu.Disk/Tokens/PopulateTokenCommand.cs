using System.Buffers.Binary;
using System.Numerics;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tokens;

/// <summary>POPULATE TOKEN (SBC-5) and REPORT ALL ROD TOKENS (SPC-6) commands.</summary>
internal static class PopulateTokenCommand
{
    /// <summary>The longest parameter list that is looked at, in bytes: what its length fields can say.</summary>
    public const int ListLengthMax = HeaderLength + ushort.MaxValue;

    /// <summary>The longest list of tokens, in bytes.</summary>
    public const int TokensLengthMax = 8 + (CopyLimits.TokensMax * RodToken.ManagementLength);

    private const int HeaderLength = 16;

    private static readonly CommandStep s_still = RangeIsStill;

    public static CommandOutcome PopulateToken(DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CommandOutcome.Good;
        var task = (DiskTask)command;
        if (Parse(unit, task, list, out var operation) is { } refusal) return refusal;
        return CopyRun.Begin(task, operation, list, Make);
    }

    public static CommandOutcome ReportAllRodTokens(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var availableAt = data.ReserveUInt32();
        data.WriteZeros(4);
        unit.Tokens.WriteAll(ref data);
        data.CloseUInt32(availableAt);
        return CommandOutcome.Good;
    }

    private static CommandOutcome? Parse(
        DiskUnit unit, DiskTask task, ReadOnlySpan<byte> list, out TokenRead operation)
    {
        operation = null!;
        if (RangeList.Parse(unit, list, HeaderLength, out var ranges) is { } refusal) return refusal;
        var reader = new ParameterListReader(list);
        reader.Skip(2);
        var flags = reader.ReadByte();
        if ((flags & 0xFC) != 0) reader.Refuse(2, BitOperations.Log2(flags));
        reader.Reserved(1);
        var inactivity = reader.ReadUInt32();
        if (inactivity > CopyLimits.InactivitySecondsMax) reader.Refuse(4);
        var type = (RodType)reader.ReadUInt32();
        var isTypeValid = (flags & 0x02) != 0;      // RTV
        if (isTypeValid && type is not (RodType.PointInTimeChangeVulnerable or RodType.PointInTimeAny))
            reader.Refuse(8);
        reader.Reserved(2);
        if (reader.Failure is { } failure) return failure;
        if (!unit.TryCheck(task, new BlockRange(0, 0), 0, out var notNow)) return notNow;
        operation = new TokenRead(BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]), (flags & 0x01) != 0, ranges,
            inactivity == 0 ? CopyLimits.InactivitySecondsDefault : inactivity)
        {
            ServiceAction = (byte)(task.Cdb[1] & 0x1F),
        };
        return null;
    }

    private static CommandOutcome Make(DiskTask task, CopyWork work)
    {
        var operation = (TokenRead)work.Operation;
        operation.Made = task.Unit.Tokens.TryMake(operation.Ranges, operation.InactivitySeconds);
        return operation.Made is null
            ? CopyRun.Ended(work, Sense.Illegal(AdditionalSense.InsufficientResourcesToCreateRodToken))
            : WaitUntilStill(task, work);
    }

    // Whoever wrote when the token was made has left when the range has been had alone once.
    private static CommandOutcome WaitUntilStill(DiskTask task, CopyWork work)
    {
        var operation = (TokenRead)work.Operation;
        while (operation.NextRange is { } range)
        {
            if (CopyRun.IsAborted(work, out var aborted)) return aborted;
            task.Range = range;
            if (!task.Unit.Extents.TryExclude(task, range))
            {
                if (task.Unit.Suspend(task, s_still)) task.Unit.Extents.Await(task);
                return CommandOutcome.Pending;
            }
            task.Unit.Extents.Leave(task);
            operation.RangeIsStill(task.RangeBytes);
        }
        return CopyRun.Ended(work, CommandOutcome.Good);
    }

    private static void RangeIsStill(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        task.Unit.Extents.Leave(task);
        ((TokenRead)task.Copy!.Operation).RangeIsStill(task.RangeBytes);
        var outcome = WaitUntilStill(task, task.Copy);
        if (!outcome.IsPending) task.End(outcome);
    }
}
