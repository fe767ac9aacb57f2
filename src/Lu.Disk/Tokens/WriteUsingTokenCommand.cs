using System.Buffers.Binary;
using System.Numerics;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tokens;

/// <summary>WRITE USING TOKEN command (SBC-5).</summary>
internal static class WriteUsingTokenCommand
{
    /// <summary>The longest parameter list that is looked at, in bytes: what its length fields can say.</summary>
    public const int ListLengthMax = HeaderLength + ushort.MaxValue;

    private const int HeaderLength = 536;
    private const int TokenAt = 16;

    public static CommandOutcome WriteUsingToken(DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CommandOutcome.Good;
        var task = (DiskTask)command;
        if (RangeList.Parse(unit, list, HeaderLength, out var ranges) is { } refusal) return refusal;
        var reader = new ParameterListReader(list);
        reader.Skip(2);
        var flags = reader.ReadByte();
        if ((flags & 0xFC) != 0) reader.Refuse(2, BitOperations.Log2(flags));
        reader.Reserved(5);
        var offset = reader.ReadUInt64();
        var token = reader.ReadBytes(RodToken.Length);
        reader.Reserved(6);
        if (reader.Failure is { } failure) return failure;
        if (!unit.TryCheck(task, new BlockRange(0, 0), 0, out var notNow)) return notNow;
        if (!unit.TryCheckWritable(out var isProtected)) return isProtected;
        // SBC-5: OFFSET INTO ROD counts blocks of the logical unit that is written.
        if (offset > (ulong)(CopyLimits.TokenBytesMax >> unit.BlockShift))
            return CommandOutcome.InvalidFieldInParameterList(8);
        var use = new TokenUse(null, (long)offset << unit.BlockShift, (flags & 0x02) != 0, (flags & 0x01) != 0);
        if (TryFind(task, token, out var entry) is { } unusable) return unusable;
        return Begin(task, ranges, use with { Token = entry }, list);
    }

    // A token is found by the logical unit that made it, among those the nexus sees; nobody else's is known here.
    private static CommandOutcome? TryFind(DiskTask task, ReadOnlySpan<byte> token, out RodTokenEntry? entry)
    {
        entry = null;
        if (RodToken.LengthOf(token) != RodToken.Length - 8)
            return Sense.Illegal(AdditionalSense.InvalidTokenOperationInvalidTokenLength);
        switch (RodToken.TypeOf(token))
        {
            case RodType.BlockDeviceZero:
                return null;
            case RodType.PointInTimeChangeVulnerable:
                break;
            default:
                return Sense.Illegal(AdditionalSense.InvalidTokenOperationUnsupportedTokenType);
        }
        if (ExtendedCopyList.Find(RodToken.CreatorOf(token), task.Task.Nexus.Map) is not { } source)
            return Sense.Illegal(AdditionalSense.InvalidTokenOperationTokenUnknown);
        entry = source.Tokens.TryUse(token, out var refusal);
        return entry is null ? Sense.Illegal(refusal) : null;
    }

    private static CommandOutcome Begin(DiskTask task, BlockRange[] ranges, in TokenUse use, ReadOnlySpan<byte> list)
    {
        var token = use.Token;
        CommandOutcome outcome;
        if (token is not null && use.OffsetBytes >= token.LengthBytes)
        {
            outcome = CommandOutcome.InvalidFieldInParameterList(8);
        }
        else
        {
            var write = new TokenWrite(BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]), task.Unit, ranges, use)
            {
                ServiceAction = (byte)(task.Cdb[1] & 0x1F),
            };
            outcome = CopyRun.Begin(task, write, list);
            // From here on the operation lets go of the token, where it is one that has begun.
            if (task.Copy?.Operation == write) return outcome;
        }
        token?.Unit.Tokens.Release(token, deletes: false);
        return outcome;
    }
}
