using System.Buffers.Binary;
using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Rules of SBC-5 one by one.</summary>
public sealed class DiskCommandTests
{
    private static readonly byte[] s_block = [.. Enumerable.Range(0, 512).Select(i => (byte)i)];

    public static TheoryData<string> CommandsWithBlocks => new(DiskRows().Select(r => r.Name));

    [Theory]
    [MemberData(nameof(CommandsWithBlocks))]
    public async Task Command_LbaPastCapacity_LbaOutOfRange(string name)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var command = DiskRows().Single(r => r.Name == name);
        var lba = Math.Min(2048ul, command.LogicalBlockAddress!.Value.MaxValue);
        var data = new byte[4096];
        var cdb = Cdb.Blocks(command, lba, 1);
        DiskRig.Refused(rig.Run(cdb, data), SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
        // One block too many, and an address whose end wraps around.
        cdb = Cdb.Blocks(command, 2047, 2);
        DiskRig.Refused(rig.Run(cdb, data), SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
        if (command.LogicalBlockAddress!.Value.MaxValue != ulong.MaxValue) return;
        cdb = Cdb.Blocks(command, ulong.MaxValue, 1);
        DiskRig.Refused(rig.Run(cdb, data), SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
    }

    [Theory]
    [InlineData("READ (16)")]
    [InlineData("WRITE (16)")]
    [InlineData("VERIFY (16)")]
    public async Task Command_MoreThanTheMaximumTransferLength_InvalidFieldAtTheLength(string name)
    {
        var options = DiskRig.Options(length: 32 << 20);
        await using var rig = await DiskRig.StartAsync(options);
        var command = DiskRows().Single(r => r.Name == name);
        var cdb = Cdb.Blocks(command, 0, (DiskUnit.TransferLengthMax / 512) + 1);
        if (name.StartsWith("VERIFY", StringComparison.Ordinal)) cdb[1] |= 0x02;
        var result = rig.Run(cdb, new byte[512]);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(10u, DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
    }

    [Fact]
    public async Task Write_LessDataThanBlocks_WholeBlocksWrittenAndTheRestIsResidual()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 2), [.. s_block, 1, 2, 3]);
        DiskRig.Good(result);
        Assert.Equal(512 - 3, result.Residual);
        Assert.Equal([.. s_block, .. new byte[512]], rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 2), 1024));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(2048)]
    public async Task CompareAndWrite_NotTwiceTheBlocks_RefusedAndNothingWritten(int length)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Blocks(BlockCommands.CompareAndWrite, 0, 1), new byte[length]);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
    }

    [Fact]
    public async Task WriteAndVerify_LessDataThanBlocks_WholeBlocksWrittenAndTheRestIsResidual()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Blocks(BlockCommands.WriteAndVerify16, 0, 2, ("BYTCHK", 1UL)), s_block);
        DiskRig.Good(result);
        Assert.Equal(512, result.Residual);
        Assert.Equal(s_block, rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1), 512));
    }

    [Fact]
    public async Task Commands_DiskWriteProtected_DataProtectAndReadsGoOn()
    {
        var options = DiskRig.Options() with { WriteProtected = true };
        await using var rig = await DiskRig.StartAsync(options);
        foreach (var command in (CommandDescriptor[])[BlockCommands.Write10, BlockCommands.WriteSame16,
            BlockCommands.WriteAndVerify10, BlockCommands.OrWrite16, BlockCommands.CompareAndWrite,
            BlockCommands.WriteAtomic16])
        {
            var length = command == BlockCommands.CompareAndWrite ? 1024 : 512;
            var result = rig.Run(Cdb.Blocks(command, 0, 1), new byte[length]);
            DiskRig.Refused(result, SenseKey.DataProtect, AdditionalSense.WriteProtected);
        }
        rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1), 512);
    }

    [Theory]
    [InlineData(false, 0x10, 4)]     // ANCHOR without UNMAP
    [InlineData(true, 0x10, 4)]
    [InlineData(true, 0x18, 4)]      // ANCHOR where nothing is anchored
    public async Task WriteSame_FlagThatDoesNotApply_InvalidFieldAtIt(bool thin, byte flag, int bit)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin));
        var cdb = Cdb.Blocks(BlockCommands.WriteSame16, 0, 1);
        cdb[1] |= flag;
        var result = rig.Run(cdb, s_block);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 1, bit), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    [Fact]
    public async Task WriteSame_NoCountOnAThinDisk_InvalidField()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Blocks(BlockCommands.WriteSame10, 0, 0), s_block);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
    }

    [Fact]
    public async Task WriteSame_NoCount_AllBlocksToTheLast()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: false));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.WriteSame10, 2040, 0), s_block));
        Assert.Equal(new byte[512], rig.Read(Cdb.Blocks(BlockCommands.Read10, 2039, 1), 512));
        for (var lba = 2040u; lba < 2048; lba++)
            Assert.Equal(s_block, rig.Read(Cdb.Blocks(BlockCommands.Read10, lba, 1), 512));
        DiskRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 2048, 0), s_block),
            SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
    }

    [Fact]
    public async Task WriteSame_NoCountAndMoreThanTheMaximum_InvalidFieldAtTheCount()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 33 << 20, thin: false));
        var result = rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 0, 0), s_block);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(10u, DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
    }

    [Fact]
    public async Task Unmap_OneDescriptorOfManyOutOfRange_NothingIsUnmapped()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 1), s_block));
        var list = new byte[8 + 32];
        list[3] = 32;
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16), 1);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(24), 2048);
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(32), 1);
        var result = rig.Run(Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 40UL)), list);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
        Assert.Equal(s_block, rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1), 512));
    }

    [Fact]
    public async Task PreFetch_BlocksInTheMedium_ConditionMet()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Equal(ScsiStatus.ConditionMet, rig.Run(Cdb.Blocks(BlockCommands.PreFetch10, 0, 8)).Status);
        Assert.Equal(ScsiStatus.Good, rig.Run(Cdb.Blocks(BlockCommands.PreFetch16, 0, 0)).Status);
    }

    [Fact]
    public async Task ReadCapacity_OfBothLengths_LastBlockAndLength()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(block: 4096));
        var ten = rig.Read(Cdb.Of(BlockCommands.ReadCapacity10), 8);
        Assert.Equal([0, 0, 0, 255, 0, 0, 16, 0], ten);
        var sixteen = rig.Read(Cdb.Of(BlockCommands.ReadCapacity16, ("ALLOCATION LENGTH", 32UL)), 32);
        var capacity = ReadCapacityData.Parse16(sixteen)!;
        Assert.Equal((255UL, 4096u, true, true),
            (capacity.LastLba, capacity.BlockLength, capacity.ProvisioningManagement, capacity.ReadZeros));
    }

    [Fact]
    public async Task BlockLimits_Page_SaysWhatCommandsAccept()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var cdb = Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", 0xB0UL), ("ALLOCATION LENGTH", 64UL));
        var limits = BlockLimits.Parse(rig.Read(cdb, 64))!;
        Assert.Equal((uint)DiskUnit.TransferLengthMax / 512, limits.MaximumTransferLength);
        Assert.Equal(255, limits.MaximumCompareAndWriteLength);
        Assert.True(limits.WriteSameNonZero);
        Assert.Equal(256u, limits.MaximumUnmapBlockDescriptorCount);
    }

    [Fact]
    public async Task Writes_CacheOnAndOff_DurableExactlyWhenTheyMustBe()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), "file");
        var trace = rig.Disk.OpenStore!.Push(s => new TraceFilter(s))!;
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 1), s_block));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 1, 1, ("FUA", 1UL)), s_block));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.SynchronizeCache10, 0, 0)));
        rig.Disk.Change(rig.Disk.Disk with { WriteCacheDisabled = true });
        rig.Run(new byte[6]);       // MODE PARAMETERS CHANGED
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 2, 1), s_block));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 3, 1), new byte[512]));
        rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1, ("FUA", 1UL)), 512);

        Assert.Equal(
            [
                (StoreOperation.Write, false), (StoreOperation.Write, true), (StoreOperation.Flush, false),
                (StoreOperation.Write, true), (StoreOperation.WriteZeroes, true), (StoreOperation.Flush, false),
                (StoreOperation.Read, false),
            ],
            trace.Entries.Select(e => (e.Operation, e.ForceUnitAccess)));
    }

    [Fact]
    public async Task ModeSelect_CacheSwitchedOff_FlushedBeforeItEnds()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), "file");
        var trace = rig.Disk.OpenStore!.Push(s => new TraceFilter(s))!;
        var page = new byte[4 + 20];
        page[4] = 0x08;
        page[5] = 18;
        var cdb = Cdb.Of(PrimaryCommands.ModeSelect6, ("PF", 1UL), ("PARAMETER LIST LENGTH", 24UL));
        DiskRig.Good(rig.Run(cdb, page));
        Assert.False(rig.Disk.WriteCacheEnabled);
        Assert.Equal((StoreOperation.Flush, StoreResult.Ok), (trace.Entries[^1].Operation, trace.Entries[^1].Result));
    }

    [Fact]
    public async Task Write_StoreFull_SpaceAllocationFailedAndGoodWhenSpaceReturns()
    {
        var options = DiskRig.Options(length: 64 << 20) with { ThresholdBytes = 4 << 20 };
        await using var rig = await DiskRig.StartAsync(options);
        var full = rig.Disk.OpenStore!.Push(s => new NoSpaceFilter(s, availableBytes: 8 << 20))!;
        var data = new byte[1 << 20];
        var attention = 0;
        ScsiResult result;
        var lba = 0UL;
        do
        {
            ((Runtime.Loops.ManualLoop)rig.Host.Loop).Advance(TimeSpan.FromSeconds(1));
            result = rig.Run(Cdb.Blocks(BlockCommands.Write16, lba, 2048), data);
            if (result.Status == ScsiStatus.CheckCondition && DiskRig.SenseOf(result).Key == SenseKey.UnitAttention)
            {
                Assert.Equal(AdditionalSense.ThinProvisioningSoftThresholdReached, DiskRig.SenseOf(result).Code);
                Assert.True(full.AvailableBytes > 0, "the threshold is told before space is out");
                attention++;
                continue;
            }
            lba += 2048;
        }
        while (result.Status == ScsiStatus.Good || DiskRig.SenseOf(result).Key == SenseKey.UnitAttention);
        DiskRig.Refused(result, SenseKey.DataProtect, AdditionalSense.SpaceAllocationFailedWriteProtect);
        Assert.Equal(1, attention);
        rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 8), 4096);

        full.AvailableBytes = 64 << 20;
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, lba, 8), data[..4096]));
    }

    [Fact]
    public async Task Read_MediumError_SenseNamesTheBlock()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, offset: 5 * 512, length: 512));
        var result = rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 2, 8)) { DataIn = new byte[4096] });
        DiskRig.Refused(result, SenseKey.MediumError, AdditionalSense.UnrecoveredReadError);
        Assert.Equal((5UL, 0), (DiskRig.SenseOf(result).Information, result.DataInLength));
        DiskRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.Write10, 5, 1), s_block),
            SenseKey.MediumError, AdditionalSense.WriteError);
    }

    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task Resize_Grown_CapacityAttentionAndZerosBehind(string store)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), store);
        var resized = await rig.Disk.ResizeAsync(2 << 20, TestContext.Current.CancellationToken);
        Assert.True(resized.Succeeded, resized.Reason);
        DiskRig.Refused(rig.Run(new byte[6]), SenseKey.UnitAttention, AdditionalSense.CapacityDataHasChanged);
        Assert.Equal(new byte[512], rig.Read(Cdb.Blocks(BlockCommands.Read10, 4095, 1), 512));
        Assert.False((await rig.Disk.ResizeAsync(100, TestContext.Current.CancellationToken)).Succeeded);
    }

    [Fact]
    public async Task OrWrite32_Generations_OneThatIsNotCurrentIsRefused()
    {
        await using var rig =
            await DiskRig.StartAsync(DiskRig.Options() with { Protection = ProtectionType.Type2 });
        var bits = new byte[512];
        bits[0] = 0xF0;
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.OrWrite32, 3, 1), bits));
        bits[0] = 0x3F;
        var change = Cdb.Blocks(BlockCommands.OrWrite32, 3, 1, ("BMOP", 1UL), ("NEW ORWGENERATION", 9UL));
        DiskRig.Good(rig.Run(change, bits));
        Assert.Equal(0x30, rig.Read(Cdb.Blocks(BlockCommands.Read10, 3, 1), 512)[0]);
        var result = rig.Run(Cdb.Blocks(BlockCommands.OrWrite32, 3, 1), bits);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.OrwriteGenerationDoesNotMatch);
        bits[0] = 1;
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.OrWrite32, 3, 1, ("EXPECTED ORWGENERATION", 9UL)), bits));
        Assert.Equal(0x31, rig.Read(Cdb.Blocks(BlockCommands.Read10, 3, 1), 512)[0]);
        var reserved = Cdb.Blocks(BlockCommands.OrWrite32, 3, 1, ("BMOP", 2UL), ("EXPECTED ORWGENERATION", 9UL));
        result = rig.Run(reserved, bits);
        Assert.Equal(Sense.FieldPointer(commandData: true, 2, 2), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    private static IEnumerable<CommandDescriptor> DiskRows() => new DiskUnit(DiskRig.Options(), () => default)
        .Commands.Rows.Select(r => r.Descriptor)
        .Where(d => d.LogicalBlockAddress is not null && d.TransferLength is not null
            && !d.Name.Contains("LUN", StringComparison.Ordinal));
}
