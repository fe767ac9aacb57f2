using System.Buffers.Binary;
using Lunette.Lu.Disk.Tests.Protection;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// Parameter lists whose length no field of the CDB counts in bytes, cut off at each byte of what the transport brings
/// and stretched: those of FORMAT UNIT, REASSIGN BLOCKS and WRITE SCATTERED.
/// </summary>
public sealed class UncountedListTests
{
    private const int Stretch = 40;
    private const int Block = 512;
    private const string Protected = ", type 2";

    // INVALID FIELD IN COMMAND INFORMATION UNIT (0E03): the transport brings less than the CDB says there is.
    // CDB, list, and what each length of data gives: GOOD, or the additional sense code.
    private static readonly Dictionary<string, (byte[] Cdb, byte[] List, string Outcomes)> s_lists = new()
    {
        ["FORMAT UNIT"] = (Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL)), new byte[4], "0-3 0E03, 4- Good"),
        ["FORMAT UNIT, LONGLIST"] = (Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL), ("LONGLIST", 1UL)),
            new byte[8], "0-7 0E03, 8- Good"),
        ["REASSIGN BLOCKS"] = (Cdb.Of(BlockCommands.ReassignBlocks), Addresses(4, longList: false),
            "0-11 1A00, 12- Good"),
        ["REASSIGN BLOCKS, LONGLBA, LONGLIST"] =
            (Cdb.Of(BlockCommands.ReassignBlocks, ("LONGLBA", 1UL), ("LONGLIST", 1UL)), Addresses(8, longList: true),
                "0-19 1A00, 20- Good"),
        ["WRITE SCATTERED (16)"] = (
            Cdb.Of(BlockCommands.WriteScattered16, ("LOGICAL BLOCK DATA OFFSET", 1UL),
                ("NUMBER OF LBA RANGE DESCRIPTORS", 2UL), ("BUFFER TRANSFER LENGTH", 3UL)),
            Scattered(), "0-1535 0E03, 1536- Good"),
        ["FORMAT UNIT, FMTPINFO" + Protected] = (Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL), ("FMTPINFO", 3UL)),
            [0, 0, 0, 0], "0-3 0E03, 4- Good"),
        ["FORMAT UNIT, FMTPINFO, LONGLIST" + Protected] = (
            Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL), ("FMTPINFO", 3UL), ("LONGLIST", 1UL)),
            new byte[8], "0-7 0E03, 8- Good"),
        ["WRITE SCATTERED (32)" + Protected] = (
            Cdb.Of(BlockCommands.WriteScattered32, ("LOGICAL BLOCK DATA OFFSET", 1UL),
                ("NUMBER OF LBA RANGE DESCRIPTORS", 2UL), ("BUFFER TRANSFER LENGTH", 3UL)),
            Scattered(), "0-1535 0E03, 1536- Good"),
        ["WRITE SCATTERED (32), WRPROTECT" + Protected] = (
            Cdb.Of(BlockCommands.WriteScattered32, ("WRPROTECT", 1UL), ("LOGICAL BLOCK DATA OFFSET", 1UL),
                ("NUMBER OF LBA RANGE DESCRIPTORS", 2UL), ("BUFFER TRANSFER LENGTH", 3UL)),
            ScatteredWithTags(), "0-1551 0E03, 1552- Good"),
    };

    public static TheoryData<string> Lists => [.. s_lists.Keys];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_OfEveryLength_GivesWhatTheTableSays(string name)
    {
        var (cdb, golden, expected) = s_lists[name];
        await using var rig = await StartAsync(name);
        List<string> outcomes = [];
        for (var length = 0; length <= golden.Length + Stretch; length++)
        {
            var list = new byte[length];
            golden.AsSpan(0, Math.Min(length, golden.Length)).CopyTo(list);
            outcomes.Add(ParameterListTests.Outcome(rig.Run(cdb, list)));
        }
        Assert.Equal(expected, ParameterListTests.Told(outcomes));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_AnyBitOther_IsTakenOrRefusedWithAPointerIntoIt(string name)
    {
        var (cdb, golden, _) = s_lists[name];
        await using var rig = await StartAsync(name);
        // What follows the descriptors of WRITE SCATTERED are blocks.
        var described = Math.Min(golden.Length, 96);
        for (var bit = 0; bit < described * 8; bit++)
        {
            var list = golden.ToArray();
            list[bit / 8] ^= (byte)(1 << (bit % 8));
            var result = rig.Run(cdb, list);
            if (result.IsGood)
            {
                // IMMED, or another type: the format goes on, or the disk is not what the next bit is for.
                rig.PumpUntil(() => rig.Run(new byte[6]).IsGood);
                if (name.StartsWith("FORMAT", StringComparison.Ordinal)) DiskRig.Good(rig.Run(cdb, golden));
                continue;
            }
            var sense = DiskRig.SenseOf(result);
            // What a descriptor says of tags is not found in the blocks.
            if (sense.Key == SenseKey.AbortedCommand && name.Contains("WRPROTECT", StringComparison.Ordinal)) continue;
            Assert.Equal((bit, SenseKey.IllegalRequest), (bit, sense.Key));
            if (sense.Code != AdditionalSense.InvalidFieldInParameterList) continue;
            // SPC-6, Field pointer: SKSV, and C/D zero.
            Assert.True((sense.SenseKeySpecific & 0xC0_0000) == 0x80_0000, $"bit {bit}: no pointer into the list");
            Assert.InRange(sense.SenseKeySpecific & 0xFFFF, 0u, (uint)described - 1);
        }
    }

    // Header, and the addresses of two blocks.
    private static byte[] Addresses(int width, bool longList)
    {
        var list = new byte[4 + (2 * width)];
        if (longList) BinaryPrimitives.WriteInt32BigEndian(list, 2 * width);
        else BinaryPrimitives.WriteInt16BigEndian(list.AsSpan(2), (short)(2 * width));
        list[4 + width - 1] = 8;
        list[^1] = 9;
        return list;
    }

    private static Task<DiskRig> StartAsync(string name) => DiskRig.StartAsync(DiskRig.Options() with
    {
        Protection = name.EndsWith(Protected, StringComparison.Ordinal) ? ProtectionType.Type2 : null,
    });

    // The same, with protection information behind each block, and what the descriptors expect of it.
    private static byte[] ScatteredWithTags()
    {
        var list = Scattered();
        list[47] = 16;
        list[79] = 32;
        var block = list[Block..(2 * Block)];
        return [.. list[..Block], .. ProtectedRig.Unit(block, 0, 16), .. ProtectedRig.Unit(block, 0, 32)];
    }

    // Header, two descriptors of a block each, and in the next two blocks their data.
    private static byte[] Scattered()
    {
        var list = new byte[3 * Block];
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(32), 16);
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(40), 1);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(64), 32);
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(72), 1);
        list.AsSpan(Block).Fill(0xA5);
        return list;
    }
}
