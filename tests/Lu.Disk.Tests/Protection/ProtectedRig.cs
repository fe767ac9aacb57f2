using System.Buffers.Binary;
using Lunette.Backing;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.Protection;

/// <summary>What tests of protected disks share.</summary>
internal static class ProtectedRig
{
    public static Task<DiskRig> StartAsync(ProtectionType type, string store = "ram", bool thin = true) =>
        DiskRig.StartAsync(DiskRig.Options(thin: thin) with { Protection = type }, store);

    /// <summary>A block and its protection information, as it is transferred.</summary>
    public static byte[] Unit(ReadOnlySpan<byte> block, ushort application, uint reference) =>
        Unit(block, new ProtectionInformation(BlockGuard.Of(block), application, reference));

    public static byte[] Unit(ReadOnlySpan<byte> block, ProtectionInformation tags)
    {
        byte[] unit = [.. block, .. new byte[ProtectionInformation.Length]];
        tags.Write(unit.AsSpan(block.Length));
        return unit;
    }

    public static ProtectionInformation TagsOf(ReadOnlySpan<byte> unit) =>
        ProtectionInformation.Read(unit[^ProtectionInformation.Length..]);

    public static byte[] Block(int seed)
    {
        var block = new byte[512];
        new Random(seed).NextBytes(block);
        return block;
    }

    /// <summary>A block as it is on the medium, with its protection information, whatever that is.</summary>
    public static byte[] ReadUnit(DiskRig rig, ulong lba)
    {
        // 011b checks nothing; type 2 wants the CDB that says what it expects.
        var command = rig.Disk.ProtectionType == ProtectionType.Type2 ? BlockCommands.Read32 : BlockCommands.Read16;
        return rig.Read(Cdb.Blocks(command, lba, 1, ("RDPROTECT", 3UL)), 520);
    }

    /// <summary>Changes a byte of a block on the medium, past everything.</summary>
    public static void Corrupt(DiskRig rig, long offset)
    {
        var store = rig.Disk.OpenStore!.Bottom;
        var request = new Request { Loop = rig.Host.Loop, Data = new LeaseList(), Operation = StoreOperation.Read };
        request.Offset = offset & -512;
        request.Length = 512;
        Assert.True(store.Start(request));
        var sector = new byte[512];
        request.Data.Read(0, sector);
        request.Data.Release();
        sector[offset & 511] ^= 0x40;
        Assert.True(store.TryWriteNow(offset & -512, sector, true, out var result));
        Assert.Equal(StoreResult.Ok, result);
    }

    public static void Refused(
        ScsiResult result, AdditionalSense code, ulong lba, SenseKey key = SenseKey.AbortedCommand)
    {
        DiskRig.Refused(result, key, code);
        Assert.Equal(lba, DiskRig.SenseOf(result).Information);
    }

    /// <summary>Sets fields of the control mode page, by MODE SELECT.</summary>
    public static void Control(DiskRig rig, byte byte2 = 0, byte byte5 = 0)
    {
        byte[] list = [0, 0, 0, 0, 0x0A, 0x0A, byte2, 0x10, 0, byte5, 0, 0, 0, 0, 0, 0];
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.ModeSelect6, ("PF", 1UL), ("PARAMETER LIST LENGTH", 16UL)), list));
    }

    /// <summary>Sets the tag of the application tag mode page.</summary>
    public static void ApplicationTag(DiskRig rig, ushort tag)
    {
        var sense = Cdb.Of(PrimaryCommands.ModeSense6, ("DBD", 1UL), ("PAGE CODE", 0x0AUL), ("SUBPAGE CODE", 2UL),
            ("ALLOCATION LENGTH", 255UL));
        var list = rig.Read(sense, 255);
        list[0] = 0;
        list[2] = 0;
        list[4] &= 0x7F;
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(4 + 22), tag);
        DiskRig.Good(rig.Run(
            Cdb.Of(PrimaryCommands.ModeSelect6, ("PF", 1UL), ("PARAMETER LIST LENGTH", (ulong)list.Length)), list));
    }

    private sealed class Request : StoreRequest
    {
        public override void Run()
        {
        }
    }
}
