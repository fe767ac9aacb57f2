using System.Buffers.Binary;

namespace Lunette.EndToEnd;

/// <summary>UNMAP with one descriptor (SBC-5, UNMAP command).</summary>
internal static class Unmap
{
    public static byte[] Cdb { get; } = [0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0];

    public static byte[] List(ulong lba, uint blocks)
    {
        var list = new byte[24];
        list[1] = 22;
        list[3] = 16;
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), lba);
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16), blocks);
        return list;
    }
}
