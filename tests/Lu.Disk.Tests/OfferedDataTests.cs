using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Data-Out that is more or less than a command needs, and limits a disk tells of.</summary>
public sealed class OfferedDataTests
{
    [Theory]
    [InlineData(0, 512 * 512)]
    [InlineData(1, 1536)]
    public async Task CompareAndWrite_MoreDataThanTwiceTheBlocks_InvalidFieldAtTheCount(int blocks, int bytes)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Blocks(BlockCommands.CompareAndWrite, 0, (ulong)blocks), new byte[bytes]);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(13u, DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
    }

    [Fact]
    public async Task WriteSame_MoreDataThanOneBlock_RefusedAndNothingWritten()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        byte[] data = [.. Enumerable.Repeat((byte)7, 1024)];
        var result = rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 0, 2), data);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(new byte[1024], rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 2), 1024));
    }

    [Fact]
    public async Task WriteAndVerify_LessDataThanBlocks_WholeBlocksWrittenAndTheRestIsResidual()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        byte[] data = [.. Enumerable.Repeat((byte)7, 512)];
        var result = rig.Run(Cdb.Blocks(BlockCommands.WriteAndVerify10, 0, 2, ("BYTCHK", 1ul)), [.. data, 1, 2, 3]);
        DiskRig.Good(result);
        Assert.Equal(512 - 3, result.Residual);
        Assert.Equal([.. data, .. new byte[512]], rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 2), 1024));
    }

    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task GetLbaStatus_BlockInsideAnExtent_FirstDescriptorBeginsThere(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), kind);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 64), new byte[64 * 512]));
        var cdb = Cdb.Of(BlockCommands.GetLbaStatus16, ("STARTING LOGICAL BLOCK ADDRESS", 3ul),
            ("ALLOCATION LENGTH", 24ul));
        var status = rig.Read(cdb, 24);
        Assert.Equal(3ul, BinaryPrimitives.ReadUInt64BigEndian(status.AsSpan(8)));
    }

    [Fact]
    public async Task GroupNumber_AnyCommandThatHasOne_TakenAndNotUsed()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 1, ("GROUP NUMBER", 5ul)), 512);
        var fetched = rig.Run(Cdb.Blocks(BlockCommands.PreFetch10, 0, 1, ("GROUP NUMBER", 31ul)));
        Assert.Equal(ScsiStatus.ConditionMet, fetched.Status);
    }

    [Fact]
    public async Task Unmap_MoreThanTheMaximumUnmapLbaCount_InvalidFieldInParameterList()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 1L << 30));
        var list = new byte[24];
        list[1] = 22;
        list[3] = 16;
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16), (1 << 20) + 1);
        var cdb = Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24ul));
        var refused = rig.Run(new ScsiRequest(cdb) { DataOut = list });
        DiskRig.Refused(refused, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
        list[19]--;
        DiskRig.Good(rig.Run(new ScsiRequest(cdb) { DataOut = list }));
    }
}
