using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Parameter lists of the third-party copy commands, and their CDBs.</summary>
internal static class CopyLists
{
    public const int HeaderLid4 = 48;

    public static ScsiRequest Request(CommandDescriptor command, byte[] list, ulong listId = 0)
    {
        var cdb = Cdb.Of(command, ("PARAMETER LIST LENGTH", (ulong)list.Length));
        if (command.Layout.Find("LIST IDENTIFIER") is { } field) field.Set(cdb, listId);
        return new(cdb) { DataOut = list };
    }

    public static byte[] Ask(CommandDescriptor command, ulong listId, ulong allocated = 1024) =>
        command.Layout.Find("LIST IDENTIFIER") is null
            ? Cdb.Of(command, ("ALLOCATION LENGTH", allocated))
            : Cdb.Of(command, ("LIST IDENTIFIER", listId), ("ALLOCATION LENGTH", allocated));

    /// <summary>EXTENDED COPY (LID4) with CSCD descriptors for source and destination, and one segment.</summary>
    public static byte[] Lid4(DiskUnit from, DiskUnit to, uint listId, ulong source, ulong destination, ushort blocks,
        byte flags = 0)
    {
        var list = new byte[HeaderLid4 + 64 + 28];
        list[0] = 0x01;
        list[3] = 0x20;
        list[15] = flags;
        list[16] = 0xFF;
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(20), listId);
        list[43] = 64;
        list[45] = 28;
        Describe(list.AsSpan(HeaderLid4), from);
        Describe(list.AsSpan(HeaderLid4 + 32), to);
        WriteSegment(list.AsSpan(HeaderLid4 + 64), 0, 1, source, destination, blocks);
        return list;
    }

    public static void Describe(Span<byte> descriptor, DiskUnit disk)
    {
        descriptor[0] = 0xE4;
        descriptor[4] = 1;      // binary
        descriptor[5] = 3;      // NAA, of the logical unit
        descriptor[7] = 16;
        disk.Id.Write(descriptor[8..24]);
        BinaryPrimitives.WriteUInt32BigEndian(descriptor[28..], (uint)disk.BlockLengthBytes);
    }

    public static void WriteSegment(
        Span<byte> segment, ushort from, ushort to, ulong source, ulong destination, ushort blocks)
    {
        segment[0] = 0x02;
        segment[3] = 24;
        BinaryPrimitives.WriteUInt16BigEndian(segment[4..], from);
        BinaryPrimitives.WriteUInt16BigEndian(segment[6..], to);
        BinaryPrimitives.WriteUInt16BigEndian(segment[10..], blocks);
        BinaryPrimitives.WriteUInt64BigEndian(segment[12..], source);
        BinaryPrimitives.WriteUInt64BigEndian(segment[20..], destination);
    }

    public static byte[] Populate(byte flags = 0, uint inactivity = 0, RodType type = 0,
        params (ulong Lba, uint Count)[] ranges)
    {
        var list = new byte[16 + (16 * ranges.Length)];
        list[2] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(4), inactivity);
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(8), (uint)type);
        return WithRanges(list, 16, ranges);
    }

    public static byte[] WriteUsing(
        byte[] token, ulong offset, byte flags = 0, params (ulong Lba, uint Count)[] ranges)
    {
        var list = new byte[536 + (16 * ranges.Length)];
        list[2] = flags;
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), offset);
        token.CopyTo(list.AsSpan(16));
        return WithRanges(list, 536, ranges);
    }

    public static byte[] ZeroToken()
    {
        var token = new byte[RodToken.Length];
        BinaryPrimitives.WriteUInt32BigEndian(token, (uint)RodType.BlockDeviceZero);
        BinaryPrimitives.WriteUInt16BigEndian(token.AsSpan(6), 0x01F8);
        return token;
    }

    private static byte[] WithRanges(byte[] list, int first, (ulong Lba, uint Count)[] ranges)
    {
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(first - 2), (ushort)(list.Length - first));
        for (var i = 0; i < ranges.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(first + (16 * i)), ranges[i].Lba);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(first + (16 * i) + 8), ranges[i].Count);
        }
        return list;
    }
}
