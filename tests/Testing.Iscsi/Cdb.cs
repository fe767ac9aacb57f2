using System.Buffers.Binary;

namespace Lunette.Testing.Iscsi;

/// <summary>The few CDBs the scripts need.</summary>
public static class Cdb
{
    public static byte[] Read10(uint lba, int blocks) => Blocks(0x28, lba, blocks);

    public static byte[] Write10(uint lba, int blocks) => Blocks(0x2A, lba, blocks);

    public static byte[] TestUnitReady { get; } = new byte[6];

    public static byte[] Inquiry(byte length) => [0x12, 0, 0, 0, length, 0];

    public static byte[] ReportLuns(uint length)
    {
        var cdb = new byte[12];
        cdb[0] = 0xA0;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(6), length);
        return cdb;
    }

    private static byte[] Blocks(byte operationCode, uint lba, int blocks)
    {
        var cdb = new byte[10];
        cdb[0] = operationCode;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), lba);
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), (ushort)blocks);
        return cdb;
    }
}
