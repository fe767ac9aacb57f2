using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>The token commands as tests say them.</summary>
internal static class TokenCommands
{
    public const uint ListId = 0xA0B0C0D0;

    public static ScsiResult Populate(DiskRig rig, byte[] list) =>
        rig.Run(CopyLists.Request(PrimaryCommands.PopulateToken, list, ListId));

    public static byte[] Populate(DiskRig rig, params (ulong Lba, uint Count)[] ranges)
    {
        DiskRig.Good(Populate(rig, CopyLists.Populate(0, 0, 0, ranges)));
        return TokenOf(rig);
    }

    public static byte[] TokenOf(DiskRig rig)
    {
        var information = rig.Read(CopyLists.Ask(PrimaryCommands.ReceiveRodTokenInformation, ListId), 1024);
        Assert.Equal(514u, BinaryPrimitives.ReadUInt32BigEndian(information.AsSpan(32)));
        return information[38..];
    }

    public static ScsiResult WriteUsing(DiskRig rig, byte[] list) =>
        rig.Run(CopyLists.Request(PrimaryCommands.WriteUsingToken, list, ListId));

    public static (CopyOperationStatus Status, ulong Blocks) StatusOf(DiskRig rig)
    {
        var status = rig.Read(CopyLists.Ask(PrimaryCommands.ReceiveRodTokenInformation, ListId), 1024);
        return ((CopyOperationStatus)status[5], BinaryPrimitives.ReadUInt64BigEndian(status.AsSpan(16)));
    }

    public static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] = value;
        return changed;
    }

    public static byte[] Write(DiskRig rig, ulong lba, int blocks)
    {
        var data = new byte[blocks * 512];
        new Random(blocks).NextBytes(data);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, lba, (ulong)blocks), data));
        return data;
    }

    public static byte[] Read(DiskRig rig, ulong lba, int blocks) =>
        rig.Read(Cdb.Blocks(BlockCommands.Read16, lba, (ulong)blocks), blocks * 512);
}
