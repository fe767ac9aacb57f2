using System.Buffers.Binary;
using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.Micro;

/// <summary>SCSI Command PDUs for LUN 0, and their numbers set anew each time they are sent.</summary>
internal static class WireCommand
{
    public const int BlockBytes = 512;

    public static byte[] TestUnitReady() => Build(new byte[6], 0, isWrite: false, []);

    public static byte[] Read(uint lba, int blocks) =>
        Build(Blocks(BlockCommands.Read10, lba, blocks), blocks * BlockBytes, isWrite: false, []);

    /// <summary>All of its data is immediate.</summary>
    public static byte[] Write(uint lba, int blocks) => Build(
        Blocks(BlockCommands.Write10, lba, blocks), blocks * BlockBytes, isWrite: true, new byte[blocks * BlockBytes]);

    public static byte[] Blocks(CommandDescriptor row, uint lba, int blocks)
    {
        var cdb = new byte[10];
        cdb[0] = row.OperationCode;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), lba);
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), (ushort)blocks);
        return cdb;
    }

    public static void Number(Span<byte> pdu, uint number)
    {
        var command = ScsiCommand.Over(pdu);
        command.CmdSn = new CmdSn(number);
        command.InitiatorTaskTag = new InitiatorTaskTag(number & 0xFFFF);
    }

    private static byte[] Build(byte[] cdb, int expected, bool isWrite, byte[] data)
    {
        var pdu = new byte[BasicHeaderSegment.Length + data.Length];
        var command = Pdu.Begin<ScsiCommand>(pdu);
        command.Read = expected > 0 && !isWrite;
        command.Write = isWrite;
        command.Attribute = TaskAttributeCode.Simple;
        command.ExpectedDataTransferLength = (uint)expected;
        command.DataSegmentLength = data.Length;
        command.Cdb = cdb;
        return pdu;
    }
}
