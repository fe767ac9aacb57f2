using System.Buffers.Binary;
using System.Numerics;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Protection;
using Lunette.Lu.Disk.Writing;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Streams;

/// <summary>STREAM CONTROL, GET STREAM STATUS and WRITE STREAM (16), (32) commands (SBC-5).</summary>
internal static class StreamCommands
{
    private const int Open = 1;
    private const int Close = 2;
    private const byte ControlDataLength = 7;
    private const int DescriptorLength = 8;

    public static CommandOutcome Control(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var identifier = 0;
        switch (command.Cdb[1] >> 5 & 3)
        {
            case Open when !unit.Streams.TryOpen(out identifier):
                return Sense.Illegal(AdditionalSense.MaximumNumberOfStreamsOpen);
            case Open:
                break;
            case Close when !unit.Streams.TryClose(BinaryPrimitives.ReadUInt16BigEndian(command.Cdb[4..])):
                return Sense.Illegal(AdditionalSense.StreamNotOpen);
            case Close:
                break;
            default:
                return CommandOutcome.InvalidFieldInCdb(1, bit: 6);
        }
        data.WriteByte(ControlDataLength);
        data.WriteZeros(3);
        data.WriteUInt16(identifier);
        data.WriteZeros(2);
        return CommandOutcome.Good;
    }

    public static CommandOutcome Status(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var first = BinaryPrimitives.ReadUInt16BigEndian(command.Cdb[4..]);
        if (first > StreamTable.StreamsMax) return CommandOutcome.InvalidFieldInCdb(4);
        var open = unit.Streams.Open;
        // PARAMETER DATA LENGTH counts the descriptors that follow; all open streams are counted behind it.
        data.WriteUInt32((uint)(BitOperations.PopCount(StreamTable.From(first, open)) * DescriptorLength));
        data.WriteZeros(2);
        data.WriteUInt16(BitOperations.PopCount(open));
        for (var rest = StreamTable.From(first, open); rest != 0; rest &= rest - 1)
        {
            data.WriteZeros(2);
            data.WriteUInt16(BitOperations.TrailingZeroCount(rest) + 1);
            data.WriteZeros(4);
        }
        return CommandOutcome.Good;
    }

    public static CommandOutcome Write(DiskUnit unit, TaskContext command) =>
        FindFault(unit, command) ?? WriteCommands.Write(unit, command);

    /// <summary>What is wrong with the blocks, or else the stream, that the CDB names; null where nothing is.</summary>
    public static CommandOutcome? FindFault(DiskUnit unit, TaskContext command)
    {
        var range = BlockRange.Decode(command.Cdb);
        if (!unit.TryCheck(command, range, DiskUnit.TransferLengthMax, out var refusal)) return refusal;
        var at = command.Cdb[0] == CdbLayout.VariableLength ? 4 : 10;
        return unit.Streams.IsOpen(BinaryPrimitives.ReadUInt16BigEndian(command.Cdb[at..]))
            ? null
            : Sense.Illegal(AdditionalSense.StreamNotOpen);
    }
}

/// <summary>WRITE STREAM commands of a protected disk.</summary>
internal sealed class ProtectedWriteStream(CommandDescriptor descriptor)
    : ProtectedWrite(descriptor, StreamCommands.Write)
{
    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer) =>
        StreamCommands.FindFault(unit, transfer.Task) ?? base.Begin(unit, transfer);
}
