using System.Buffers.Binary;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Tests;

/// <summary>EXTENDED COPY (LID1) and what tells of it.</summary>
public sealed class ExtendedCopyTests
{
    private const int Segment = 16 + 32;

    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task ExtendedCopy_WithinADisk_BlocksAreThere(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 32 << 20), kind);
        // More than two steps, and no whole number of them.
        var data = new byte[5000 * 512];
        new Random(1).NextBytes(data);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 3, 5000), data));
        DiskRig.Good(Copy(rig, List(rig, source: 3, destination: 20001, blocks: 5000)));
        Assert.Equal(data, rig.Read(Cdb.Blocks(BlockCommands.Read16, 20001, 5000), data.Length));
    }

    [Fact]
    public async Task ReceiveCopyStatus_AfterACopy_CompletedWithItsCount()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var status = Cdb.Of(PrimaryCommands.ReceiveCopyStatusLid1,
            ("LIST IDENTIFIER", 7ul), ("ALLOCATION LENGTH", 64ul));
        DiskRig.Refused(rig.Run(status), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        DiskRig.Good(Copy(rig, List(rig, 0, 100, blocks: 8)));
        byte[] expected =
        [
            0, 0, 0, 8,         // AVAILABLE DATA
            1,                  // completed without errors
            0, 1,               // SEGMENTS PROCESSED
            1,                  // TRANSFER COUNT UNITS: KiB
            0, 0, 0, 4,         // TRANSFER COUNT
        ];
        Assert.Equal(expected, rig.Read(status, 64));
        // Other nexuses have identifiers of their own.
        DiskRig.Refused(
            rig.Run(status, host: rig.Login()), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
    }

    [Fact]
    public async Task ReceiveCopyOperatingParameters_SaysTheBounds()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var cdb = Cdb.Of(PrimaryCommands.ReceiveCopyOperatingParameters, ("ALLOCATION LENGTH", 255ul));
        var parameters = rig.Read(cdb, 255);
        Assert.Equal(49, parameters.Length);
        Assert.Equal(45u, BinaryPrimitives.ReadUInt32BigEndian(parameters));
        Assert.Equal(16, BinaryPrimitives.ReadUInt16BigEndian(parameters.AsSpan(8)));
        Assert.Equal(64, BinaryPrimitives.ReadUInt16BigEndian(parameters.AsSpan(10)));
        Assert.Equal([5, 0x02, 0x07, 0x0A, 0xE4, 0xE6], parameters[43..]);
    }

    [Fact]
    public async Task ExtendedCopy_ListNotInOrder_Refused()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var list = List(rig, 0, 100, blocks: 8);
        DiskRig.Good(Copy(rig, []));
        for (var length = 1; length < list.Length; length++)
            Refused(list[..length], AdditionalSense.ParameterListLengthError);
        Refused(With(16, 0xE0), AdditionalSense.UnsupportedTargetDescriptorTypeCode);
        Refused(With(Segment, 0x03), AdditionalSense.UnsupportedSegmentDescriptorTypeCode);
        Refused(With(17, 0x01), AdditionalSense.InvalidFieldInParameterList);
        DiskRig.Good(Copy(rig, With(17, 0xC0)));
        Refused(With(46, 0x10), AdditionalSense.InvalidFieldInParameterList, at: 45);
        Refused(With(15, 1), AdditionalSense.InlineDataLengthExceeded);

        byte[] With(int at, byte value)
        {
            var changed = (byte[])list.Clone();
            changed[at] = value;
            return changed;
        }

        void Refused(byte[] bytes, AdditionalSense code, int at = 0)
        {
            var result = Copy(rig, bytes);
            DiskRig.Refused(result, SenseKey.IllegalRequest, code);
            if (at > 0) Assert.Equal((uint)at, DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
        }
    }

    [Fact]
    public async Task ExtendedCopy_DesignatorNobodyHasHere_CopyAborted()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var list = List(rig, 0, 100, blocks: 8);
        list[16 + 8 + 15] ^= 1;
        DiskRig.Refused(Copy(rig, list), SenseKey.CopyAborted, AdditionalSense.UnreachableCopyTarget);
    }

    [Fact]
    public async Task ExtendedCopy_PastTheEnd_CopyAbortedAndNothingWritten()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 1), [.. Enumerable.Repeat((byte)7, 512)]));
        var result = Copy(rig, List(rig, 0, 2041, blocks: 8));
        DiskRig.Refused(result, SenseKey.CopyAborted, AdditionalSense.NoAdditionalSenseInformation);
        Assert.Equal(new byte[512], rig.Read(Cdb.Blocks(BlockCommands.Read16, 2041, 1), 512));
    }

    [Fact]
    public async Task ExtendedCopy_DiskWriteProtected_CopyAborted()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options() with { WriteProtected = true });
        var result = Copy(rig, List(rig, 0, 100, blocks: 8));
        DiskRig.Refused(result, SenseKey.CopyAborted, AdditionalSense.ThirdPartyDeviceFailure);
    }

    [Fact]
    public async Task ExtendedCopy_ReservedByAnother_ReservationConflict()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var other = rig.Login();
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.Reserve6), host: other));
        Assert.Equal(ScsiStatus.ReservationConflict, Copy(rig, List(rig, 0, 100, blocks: 8)).Status);
    }

    [Fact]
    public async Task ExtendedCopy_Ordered_DoesNotWaitForItsOwnSteps()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var list = List(rig, 0, 100, blocks: 8);
        DiskRig.Good(rig.Run(Request(list) with { Attribute = TaskAttribute.Ordered }));
    }

    // Other block lengths, other stores; and what the nexus does not see cannot be reached, whoever knows its name.
    [Fact]
    public async Task ExtendedCopy_ToAnotherDisk_OnlyWhileTheNexusSeesIt()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var options = DiskRig.Options(block: 4096) with
        {
            Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 2), Alias = "disk1" },
        };
        var other = new DiskUnit(options, () => new(new RamStore(options.LengthBytes), null));
        await rig.Target.AddAsync(Lun.FromNumber(1), other);
        var data = new byte[8192];
        new Random(2).NextBytes(data);
        rig.Run(new ScsiRequest(new byte[6]));          // takes the attention that the inventory changed
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 16, 16), data));
        var list = Between(rig.Disk, other, source: 16, destination: 5, blocks: 16);
        DiskRig.Good(Copy(rig, list));

        // The attention of the other disk still waits for a command of the initiator's own.
        var read = new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 5, 2))
        {
            Lun = Lun.FromNumber(1),
            DataIn = new byte[8192],
        };
        Assert.Equal(SenseKey.UnitAttention, DiskRig.SenseOf(rig.Run(read)).Key);
        DiskRig.Good(rig.Run(read));
        Assert.Equal(data, read.DataIn.ToArray());

        rig.Target.Remove(Lun.FromNumber(1));
        rig.Run(new ScsiRequest(new byte[6]));
        DiskRig.Refused(Copy(rig, list), SenseKey.CopyAborted, AdditionalSense.UnreachableCopyTarget);
        Assert.True((await other.OfflineAsync(CancellationToken.None)).Succeeded);
    }

    private static ScsiResult Copy(DiskRig rig, byte[] list) => rig.Run(Request(list));

    private static ScsiRequest Request(byte[] list) =>
        new(Cdb.Of(PrimaryCommands.ExtendedCopyLid1, ("PARAMETER LIST LENGTH", (ulong)list.Length)))
        {
            DataOut = list,
        };

    private static byte[] List(DiskRig rig, ulong source, ulong destination, ushort blocks) =>
        Between(rig.Disk, null, source, destination, blocks);

    // CSCD descriptors by NAA identifier, one where source and destination are the same disk, and one segment.
    private static byte[] Between(DiskUnit from, DiskUnit? to, ulong source, ulong destination, ushort blocks)
    {
        var descriptors = to is null ? 32 : 64;
        var list = new byte[16 + descriptors + 28];
        list[0] = 7;
        list[3] = (byte)descriptors;
        list[11] = 28;
        CopyLists.Describe(list.AsSpan(16), from);
        if (to is not null) CopyLists.Describe(list.AsSpan(48), to);
        CopyLists.WriteSegment(
            list.AsSpan(16 + descriptors), 0, (ushort)(to is null ? 0 : 1), source, destination, blocks);
        return list;
    }
}
