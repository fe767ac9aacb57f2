using System.Buffers.Binary;
using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.Protection;

/// <summary>Rules of SBC-5 about protection information, one by one.</summary>
public sealed class ProtectionRuleTests
{
    private static readonly byte[] s_block = ProtectedRig.Block(1);

    [Theory]
    [InlineData(ProtectionType.Type0, 1, AdditionalSense.InvalidFieldInCdb)]
    [InlineData(ProtectionType.Type1, 6, AdditionalSense.InvalidFieldInCdb)]
    [InlineData(ProtectionType.Type3, 7, AdditionalSense.InvalidFieldInCdb)]
    [InlineData(ProtectionType.Type2, 1, AdditionalSense.InvalidCommandOperationCode)]
    public async Task ProtectField_ThatTheTypeExcludes_Refused(ProtectionType type, int code, AdditionalSense sense)
    {
        await using var rig = await ProtectedRig.StartAsync(type);
        foreach (var command in rig.Disk.Commands.Rows.Select(row => row.Descriptor).Where(d => d.Layout.Length < 32))
        {
            foreach (var name in (string[])["RDPROTECT", "WRPROTECT", "VRPROTECT", "ORPROTECT"])
            {
                if (command.Layout.Find(name) is null) continue;
                var result = rig.Run(Cdb.Of(command, (name, (ulong)code)), new byte[2080]);
                DiskRig.Refused(result, SenseKey.IllegalRequest, sense);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ProtectionType.Type0)]
    [InlineData(ProtectionType.Type1)]
    [InlineData(ProtectionType.Type3)]
    public async Task CdbOf32Bytes_NotOfType2_InvalidOperationCode(ProtectionType? type)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options() with { Protection = type });
        foreach (var command in (CommandDescriptor[])[BlockCommands.Read32, BlockCommands.Write32,
            BlockCommands.Verify32, BlockCommands.WriteAndVerify32, BlockCommands.WriteSame32,
            BlockCommands.WriteAtomic32, BlockCommands.WriteScattered32, BlockCommands.OrWrite32,
            BlockCommands.GetLbaStatus32])
        {
            DiskRig.Refused(rig.Run(Cdb.Of(command)), SenseKey.IllegalRequest,
                AdditionalSense.InvalidCommandOperationCode);
            var asked = Cdb.Of(PrimaryCommands.ReportSupportedOperationCodes, ("REPORTING OPTIONS", 3UL),
                ("REQUESTED OPERATION CODE", 0x7FUL), ("REQUESTED SERVICE ACTION", command.ServiceAction!.Value),
                ("ALLOCATION LENGTH", 64UL));
            Assert.Equal(1, rig.Read(asked, 64)[1] & 7);
        }
    }

    [Fact]
    public async Task Write_WithoutProtection_GuardAndReferenceTagMade()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write6, 65, 2), [.. s_block, .. s_block]));
        var guard = BlockGuard.Of(s_block);
        Assert.Equal(new(guard, 0, 65), ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 65)));
        Assert.Equal(new(guard, 0, 66), ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 66)));
        Assert.Equal(ProtectionInformation.Default, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 67)));
        Assert.Equal([.. s_block, .. s_block], rig.Read(Cdb.Blocks(BlockCommands.Read6, 65, 2), 1024));
    }

    [Fact]
    public async Task Write_ApplicationTagIsTheClients_OnesWhereNoneWasSent()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        ProtectedRig.Control(rig, byte5: 0x80);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 9, 1), s_block));
        Assert.Equal(0xFFFF, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 9)).ApplicationTag);
    }

    // Which of guard, application tag and reference tag each code checks, on a block that has one of them wrong.
    [Theory]
    [InlineData(1, true, true)]
    [InlineData(2, false, true)]
    [InlineData(3, false, false)]
    [InlineData(4, true, false)]
    [InlineData(5, true, true)]
    public async Task Write_WrongInformation_RefusedByTheCodeAndNothingWritten(int code, bool guard, bool tags)
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        ProtectedRig.ApplicationTag(rig, 0x1234);
        ProtectedRig.Control(rig, byte5: 0xA0);     // ATO, ATMPE
        var right = new ProtectionInformation(BlockGuard.Of(s_block), 0x1234, 8);
        foreach (var (wrong, sense, checks) in ((ProtectionInformation, AdditionalSense, bool)[])
        [
            (right with { Guard = (ushort)~right.Guard }, AdditionalSense.LogicalBlockGuardCheckFailed, guard),
            (right with { ApplicationTag = 0x1235 }, AdditionalSense.LogicalBlockApplicationTagCheckFailed, tags),
            (right with { ReferenceTag = 7 }, AdditionalSense.LogicalBlockReferenceTagCheckFailed, tags),
        ])
        {
            byte[] data = [.. ProtectedRig.Unit(s_block, 0x1234, 7), .. ProtectedRig.Unit(s_block, wrong)];
            var result = rig.Run(Cdb.Blocks(BlockCommands.Write16, 7, 2, ("WRPROTECT", (ulong)code)), data);
            if (checks)
            {
                ProtectedRig.Refused(result, sense, lba: 8);
                Assert.Equal(new byte[512], ProtectedRig.ReadUnit(rig, 7)[..512]);
                continue;
            }
            DiskRig.Good(result);
            Assert.Equal(wrong, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 8)));
            // What is on the medium is checked by the same rules when it is read.
            DiskRig.Good(rig.Run(new ScsiRequest(
                Cdb.Blocks(BlockCommands.Read16, 7, 2, ("RDPROTECT", (ulong)code)))
            { DataIn = new byte[1040] }));
            result = rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 7, 2)) { DataIn = new byte[1024] });
            ProtectedRig.Refused(result, sense, lba: 8);
            Assert.Equal(0, result.DataInLength);
            DiskRig.Good(rig.Run([0x04, 0x80, 0, 0, 0, 0]));
        }
    }

    [Fact]
    public async Task Read_BlockChangedOnTheMedium_GuardCheckFailedWithItsAddress()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type3);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 8), new byte[8 * 512]));
        ProtectedRig.Corrupt(rig, (3 * 512) + 100);
        var result = rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 0, 8)) { DataIn = new byte[4096] });
        ProtectedRig.Refused(result, AdditionalSense.LogicalBlockGuardCheckFailed, lba: 3);
        ProtectedRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.Verify16, 0, 8)),
            AdditionalSense.LogicalBlockGuardCheckFailed, lba: 3);
        ProtectedRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.OrWrite16, 3, 1), new byte[512]),
            AdditionalSense.LogicalBlockGuardCheckFailed, lba: 3);
        // DPICZ: where nothing is asked for nothing is checked.
        ProtectedRig.Control(rig, byte2: 0x08);
        rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 8), 4096);
    }

    [Theory]
    [InlineData(5 * 512)]
    [InlineData(1 << 20)]       // where the protection information is
    public async Task Read_MediumError_NoDataAndTheAddress(long badOffset)
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, badOffset, length: 512));
        var result = rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 0, 8)) { DataIn = new byte[4096] });
        DiskRig.Refused(result, SenseKey.MediumError, AdditionalSense.UnrecoveredReadError);
        Assert.Equal((badOffset < 1 << 20 ? 5UL : 0, 0), (DiskRig.SenseOf(result).Information, result.DataInLength));
    }

    [Fact]
    public async Task Write_RejectWriteWithoutProtection_InvalidField()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        ProtectedRig.Control(rig, byte5: 0x10);
        var result = rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 1), s_block);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 1, ("WRPROTECT", 1UL)),
            ProtectedRig.Unit(s_block, 0, 0)));
    }

    [Fact]
    public async Task Type2_ExpectedTags_CountUpAndMask()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type2);
        ProtectedRig.Control(rig, byte5: 0x80);
        byte[] data = [.. ProtectedRig.Unit(s_block, 0xAB01, 0xFFFF_FFFF), .. ProtectedRig.Unit(s_block, 0xAB02, 0)];
        (string, ulong)[] expected =
        [
            ("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 0xFFFF_FFFF),
            ("EXPECTED LOGICAL BLOCK APPLICATION TAG", 0xABCD), ("LOGICAL BLOCK APPLICATION TAG MASK", 0xFF00),
        ];
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write32, 9, 2, [("WRPROTECT", 1UL), .. expected]), data));
        Assert.Equal(data, rig.Read(Cdb.Blocks(BlockCommands.Read32, 9, 2, [("RDPROTECT", 1UL), .. expected]), 1040));
        expected[2] = ("LOGICAL BLOCK APPLICATION TAG MASK", 0xFFFF);
        ProtectedRig.Refused(
            rig.Run(Cdb.Blocks(BlockCommands.Verify32, 9, 2, [("VRPROTECT", 1UL), .. expected])),
            AdditionalSense.LogicalBlockApplicationTagCheckFailed, lba: 9);
        ProtectedRig.Refused(
            rig.Run(Cdb.Blocks(BlockCommands.Verify32, 9, 2, ("VRPROTECT", 1UL))),
            AdditionalSense.LogicalBlockReferenceTagCheckFailed, lba: 9);
        // A CDB without expectations checks the guard, and nothing it does not know.
        Assert.Equal([.. s_block, .. s_block], rig.Read(Cdb.Blocks(BlockCommands.Read10, 9, 2), 1024));
    }

    [Fact]
    public async Task WriteScattered32_EachDescriptor_SaysWhatItExpects()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type2);
        var list = new byte[512];
        foreach (var (i, lba, tag) in ((int, ulong, uint)[])[(1, 3, 77), (2, 100, 5)])
        {
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(32 * i), lba);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan((32 * i) + 8), 1);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan((32 * i) + 12), tag);
        }
        byte[] data = [.. list, .. ProtectedRig.Unit(s_block, 0, 77), .. ProtectedRig.Unit(s_block, 0, 5)];
        var cdb = Cdb.Of(BlockCommands.WriteScattered32, ("WRPROTECT", 1UL), ("LOGICAL BLOCK DATA OFFSET", 1UL),
            ("NUMBER OF LBA RANGE DESCRIPTORS", 2UL), ("BUFFER TRANSFER LENGTH", 3UL));
        DiskRig.Good(rig.Run(cdb, data));
        Assert.Equal(5u, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 100)).ReferenceTag);
        // The second range is wrong: nothing of the first is written either.
        DiskRig.Good(rig.Run([0x04, 0xC0, 0, 0, 0, 0]));
        data[^1] = 6;
        ProtectedRig.Refused(rig.Run(cdb, data), AdditionalSense.LogicalBlockReferenceTagCheckFailed, lba: 100);
        Assert.Equal(new byte[512], ProtectedRig.ReadUnit(rig, 3)[..512]);
    }

    [Theory]
    [InlineData(ProtectionType.Type1, 30u, 31u)]
    [InlineData(ProtectionType.Type3, 30u, 30u)]
    public async Task WriteSame_ReferenceTag_CountsUpByType(ProtectionType type, uint first, uint second)
    {
        await using var rig = await ProtectedRig.StartAsync(type);
        var data = ProtectedRig.Unit(s_block, 4, 30);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 30, 2, ("WRPROTECT", 1UL)), data));
        Assert.Equal((first, 4), (ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 30)).ReferenceTag,
            ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 30)).ApplicationTag));
        Assert.Equal(second, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 31)).ReferenceTag);
        // All ones are written as they are.
        data = ProtectedRig.Unit(s_block, ProtectionInformation.Default);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 30, 2, ("WRPROTECT", 1UL)), data));
        Assert.Equal(ProtectionInformation.Default, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, 31)));
    }

    [Fact]
    public async Task UnmapAndNoData_Blocks_LoseTheirInformation()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 200), new byte[200 * 512]));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 10, 2, ("NDOB", 1UL))));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.WriteSame10, 20, 2, ("UNMAP", 1UL)), new byte[512]));
        byte[] list = [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 100, 0, 0, 0, 0];
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24UL)), list));
        foreach (var lba in (ulong[])[10, 11, 20, 21, 30, 64, 129])
            Assert.Equal(ProtectionInformation.Default, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, lba)));
        foreach (var lba in (ulong[])[9, 12, 22, 29, 130])
            Assert.Equal(new(0, 0, (uint)lba), ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, lba)));
    }

    [Fact]
    public async Task CompareAndWrite_BothHalvesWithInformation_ComparedCheckedAndKept()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        var old = ProtectedRig.Unit(new byte[512], 0, 4);
        var fresh = ProtectedRig.Unit(s_block, 9, 4);
        var cdb = Cdb.Blocks(BlockCommands.CompareAndWrite, 4, 1, ("WRPROTECT", 1UL));
        byte[] wrong = [.. old, .. fresh];
        wrong[^1] ^= 1;
        ProtectedRig.Refused(rig.Run(cdb, wrong), AdditionalSense.LogicalBlockReferenceTagCheckFailed, lba: 4);
        DiskRig.Good(rig.Run(cdb, [.. old, .. fresh]));
        Assert.Equal(fresh, ProtectedRig.ReadUnit(rig, 4));
        var result = rig.Run(cdb, [.. old, .. fresh]);
        DiskRig.Refused(result, SenseKey.Miscompare, AdditionalSense.MiscompareDuringVerifyOperation);
    }

    [Fact]
    public async Task Verify_ByteByByte_MiscompareOfTheFieldThatDiffers()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        ProtectedRig.Control(rig, byte5: 0x80);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 6, 1, ("WRPROTECT", 1UL)),
            ProtectedRig.Unit(s_block, 7, 6)));
        var cdb = Cdb.Blocks(BlockCommands.Verify16, 6, 1, ("VRPROTECT", 3UL), ("BYTCHK", 1UL));
        DiskRig.Good(rig.Run(cdb, ProtectedRig.Unit(s_block, 7, 6)));
        ProtectedRig.Refused(rig.Run(cdb, ProtectedRig.Unit(s_block, 8, 6)),
            AdditionalSense.LogicalBlockApplicationTagCheckFailed, 6, SenseKey.Miscompare);
        ProtectedRig.Refused(rig.Run(cdb, ProtectedRig.Unit(s_block, 7, 5)),
            AdditionalSense.LogicalBlockReferenceTagCheckFailed, 6, SenseKey.Miscompare);
        ProtectedRig.Refused(rig.Run(cdb, ProtectedRig.Unit(ProtectedRig.Block(2), 7, 6)),
            AdditionalSense.MiscompareDuringVerifyOperation, 6, SenseKey.Miscompare);
    }
}
