using System.Buffers.Binary;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Segments of EXTENDED COPY other than block to block (SPC-6, Segment descriptors).</summary>
public sealed class SegmentTests
{
    private const int Block = 4096;

    // Against arrays: what is around the bytes stays, at either end, within one disk and between two.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Bytes_AnyOffsets_AsArraysWouldHaveIt(int seed)
    {
        await using var rig = await StartAsync();
        var random = new Random(seed);
        byte[][] held = [Fill(rig, 0, 512, random), Fill(rig, 1, Block, random)];
        for (var i = 0; i < 60; i++)
        {
            var (from, to) = (random.Next(2), random.Next(2));
            var count = random.Next(random.Next(2) == 0 ? 600 : 20000);
            var source = random.Next(held[0].Length / 2 - count);
            // Within one disk the halves are apart, so that nothing that is read has been written.
            var destination = (held[0].Length / 2) + random.Next((held[0].Length / 2) - count);
            DiskRig.Good(rig.Run(Request(rig, Bytes(from, source, to, destination, count))));
            held[from].AsSpan(source, count).CopyTo(held[to].AsSpan(destination));
        }
        Assert.Equal(held[0], Read(rig, 0, 512));
        Assert.Equal(held[1], Read(rig, 1, Block));
    }

    [Fact]
    public async Task Bytes_OffsetPastItsBlockOrPastTheEnd_CopyAbortedAndNothingWritten()
    {
        await using var rig = await StartAsync();
        var held = Fill(rig, 1, Block, new Random(4));
        var past = Bytes(0, 0, 1, 0, 8);
        past[29] = 0;
        past[28] = 2;       // byte 512 of a block of 512
        DiskRig.Refused(
            rig.Run(Request(rig, past)), SenseKey.CopyAborted, AdditionalSense.InvalidFieldInParameterList);
        var end = Bytes(0, 0, 1, held.Length - 4, 8);
        DiskRig.Refused(
            rig.Run(Request(rig, end)), SenseKey.CopyAborted, AdditionalSense.NoAdditionalSenseInformation);
        Assert.Equal(held, Read(rig, 1, Block));
    }

    [Fact]
    public async Task Verify_ReachableAndReady_ElseCopyAbortedAtTheSegment()
    {
        await using var rig = await StartAsync();
        DiskRig.Good(rig.Run(Request(rig, [.. Verify(0, test: false), .. Verify(1, test: true)])));
        DiskRig.Good(rig.Run(new ScsiRequest(Cdb.Of(BlockCommands.StartStopUnit)) { Lun = Lun.FromNumber(1) }));
        DiskRig.Good(rig.Run(Request(rig, Verify(1, test: false))));
        var result = rig.Run(Request(rig, [.. Verify(0, test: true), .. Verify(1, test: true)]));
        DiskRig.Refused(result, SenseKey.CopyAborted, AdditionalSense.ThirdPartyDeviceFailure);
        Assert.Equal(1ul, DiskRig.SenseOf(result).CommandSpecificInformation);
        // A null logical unit, and one that is not described.
        foreach (var id in (int[])[0xC000, 7])
        {
            DiskRig.Refused(rig.Run(Request(rig, Verify(id, test: false))), SenseKey.CopyAborted,
                AdditionalSense.UnreachableCopyTarget);
        }
    }

    [Fact]
    public async Task Segments_OfStreams_UnsupportedType()
    {
        await using var rig = await StartAsync();
        foreach (var type in (byte[])[0x00, 0x01, 0x03, 0x04, 0x05, 0x06, 0x08, 0x09, 0x10, 0x11, 0x12, 0x13])
        {
            var segment = new byte[32];
            segment[0] = type;
            segment[3] = 28;
            DiskRig.Refused(rig.Run(Request(rig, segment)), SenseKey.IllegalRequest,
                AdditionalSense.UnsupportedSegmentDescriptorTypeCode);
        }
    }

    private static byte[] Verify(int source, bool test)
    {
        var segment = new byte[12];
        segment[0] = 0x07;
        segment[3] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)source);
        segment[8] = (byte)(test ? 1 : 0);
        return segment;
    }

    private static byte[] Bytes(int from, int source, int to, int destination, int count)
    {
        var (fromBlock, toBlock) = (from == 0 ? 512 : Block, to == 0 ? 512 : Block);
        var segment = new byte[32];
        segment[0] = 0x0A;
        segment[3] = 28;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)from);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(6), (ushort)to);
        BinaryPrimitives.WriteInt32BigEndian(segment.AsSpan(8), count);
        BinaryPrimitives.WriteUInt64BigEndian(segment.AsSpan(12), (ulong)(source / fromBlock));
        BinaryPrimitives.WriteUInt64BigEndian(segment.AsSpan(20), (ulong)(destination / toBlock));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(28), (ushort)(source % fromBlock));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(30), (ushort)(destination % toBlock));
        return segment;
    }

    // EXTENDED COPY (LID1) that describes both disks, 512 and 4096 byte blocks.
    private static ScsiRequest Request(DiskRig rig, byte[] segments)
    {
        var other = (DiskUnit)rig.Host.Nexus.Map.Find(Lun.FromNumber(1))!;
        var list = new byte[16 + 64 + segments.Length];
        list[3] = 64;
        list[11] = (byte)segments.Length;
        CopyLists.Describe(list.AsSpan(16), rig.Disk);
        CopyLists.Describe(list.AsSpan(48), other);
        segments.CopyTo(list, 16 + 64);
        return CopyLists.Request(PrimaryCommands.ExtendedCopyLid1, list);
    }

    private static async Task<DiskRig> StartAsync()
    {
        var rig = await DiskRig.StartAsync(DiskRig.Options());
        var options = DiskRig.Options(block: Block) with
        {
            Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 2), Alias = "disk1" },
        };
        await rig.Target.AddAsync(
            Lun.FromNumber(1), new DiskUnit(options, () => new(new RamStore(options.LengthBytes), null)));
        rig.Run(new ScsiRequest(new byte[6]));
        rig.Run(new ScsiRequest(new byte[6]) { Lun = Lun.FromNumber(1) });
        return rig;
    }

    private static byte[] Fill(DiskRig rig, int lun, int block, Random random)
    {
        var data = new byte[1 << 20];
        random.NextBytes(data);
        var cdb = Cdb.Blocks(BlockCommands.Write16, 0, (ulong)(data.Length / block));
        DiskRig.Good(rig.Run(new ScsiRequest(cdb) { Lun = Lun.FromNumber(lun), DataOut = data }));
        return data;
    }

    private static byte[] Read(DiskRig rig, int lun, int block)
    {
        var data = new byte[1 << 20];
        var cdb = Cdb.Blocks(BlockCommands.Read16, 0, (ulong)(data.Length / block));
        DiskRig.Good(rig.Run(new ScsiRequest(cdb) { Lun = Lun.FromNumber(lun), DataIn = data }));
        return data;
    }
}
