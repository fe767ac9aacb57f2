using Lunette.Testing;

namespace Lunette.Scsi.Tests;

public class CdbLayoutTests
{
    [Fact]
    public void Read16_UsageMap_IsTheStandardsCdb() => Assert.Equal(
        Convert.FromHexString("88" + "FD" + "FFFFFFFFFFFFFFFF" + "FFFFFFFF" + "FF" + "04"),
        BlockCommands.Read16.Layout.UsageMap.ToArray());

    [Fact]
    public void Read10_UsageMap_IsTheStandardsCdb() => Assert.Equal(
        Convert.FromHexString("28" + "FC" + "FFFFFFFF" + "3F" + "FFFF" + "04"),
        BlockCommands.Read10.Layout.UsageMap.ToArray());

    [Fact]
    public void Write32_UsageMap_HasServiceActionAndAdditionalLengthAsTheyAre() => Assert.Equal(
        Convert.FromHexString(
            "7F" + "04" + "00000000" + "3F" + "18" + "000B" + "F8" + "07" + "FFFFFFFFFFFFFFFF" + "FFFFFFFF" + "FFFF"
            + "FFFF" + "FFFFFFFF"),
        BlockCommands.Write32.Layout.UsageMap.ToArray());

    [Fact]
    public void ReportSupportedOperationCodes_UsageMap_IsTheStandardsCdb() => Assert.Equal(
        Convert.FromHexString("A3" + "0C" + "87" + "FF" + "FFFF" + "FFFFFFFF" + "00" + "04"),
        PrimaryCommands.ReportSupportedOperationCodes.Layout.UsageMap.ToArray());

    [Theory]
    [InlineData("STREAM CONTROL", "9E 74 0000 FFFF 00000000 FFFFFFFF 00 04")]
    [InlineData("GET STREAM STATUS", "9E 16 0000 FFFF 00000000 FFFFFFFF 00 04")]
    [InlineData("BACKGROUND CONTROL", "9E 15 C0 FF 00000000000000000000 00 04")]
    [InlineData("WRITE STREAM (16)", "9A F8 FFFFFFFFFFFFFFFF FFFF FFFF 3F 04")]
    [InlineData("WRITE STREAM (32)",
        "7F 04 0000 FFFF 3F 18 0010 F8 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFF FFFF FFFFFFFF")]
    [InlineData("FORMAT WITH PRESET", "38 C0 FFFFFFFF 000000 04")]
    [InlineData("REPORT PROVISIONING INITIALIZATION PATTERN", "A3 1D 00000000 FFFFFFFF 00 04")]
    [InlineData("SECURITY PROTOCOL OUT", "B5 FF FFFF 80 00 FFFFFFFF 00 04")]
    [InlineData("CHANGE ALIASES", "A4 0B 00000000 FFFFFFFF 00 04")]
    [InlineData("REPORT ALIASES", "A3 0B 00000000 FFFFFFFF 00 04")]
    [InlineData("WRITE LONG (10)", "3F 40 FFFFFFFF 000000 04")]
    [InlineData("WRITE LONG (16)", "9F 51 FFFFFFFFFFFFFFFF 00000000 00 04")]
    public void Row_UsageMap_IsTheStandardsCdb(string name, string usage) => Assert.Equal(
        usage.Replace(" ", "", StringComparison.Ordinal),
        Convert.ToHexString(CommandSet.All.Rows.Single(row => row.Name == name).Layout.UsageMap));

    [Fact]
    public void Without_AField_RefusesItsBits()
    {
        var narrow = BlockCommands.Read16.Without("RDPROTECT", "DPO");
        var cdb = new byte[16];
        narrow.Begin(cdb);
        Assert.Null(narrow.Check(cdb));
        cdb[1] = 0x10;
        Assert.Equal(Sense.InvalidFieldInCdb(1, 4), narrow.Check(cdb));
        Assert.Null(BlockCommands.Read16.Check(cdb));
        Assert.Throws<ArgumentException>(() => BlockCommands.Read16.Without("NO SUCH FIELD"));
    }

    [Fact]
    public void Add_OverAnotherField_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new CdbLayout(0x12, 6).Bits("EVPD", 1, 0x01).Bits("OTHER", 1, 0x03));

    [Fact]
    public void VariableLength_WrongAdditionalLength_IsPointedAt()
    {
        var cdb = new byte[32];
        BlockCommands.Read32.Begin(cdb);
        cdb[7] = 0x10;
        Assert.Equal(Sense.InvalidFieldInCdb(7), BlockCommands.Read32.Check(cdb));
    }

    [Fact]
    public void FieldInvalid_PartOfAByte_PointsAtTheLeftmostBit()
    {
        Assert.Equal(Sense.InvalidFieldInCdb(1, 7), BlockCommands.Read16.Layout["RDPROTECT"].Invalid());
        Assert.Equal(Sense.InvalidFieldInCdb(2), BlockCommands.Read16.Layout["LOGICAL BLOCK ADDRESS"].Invalid());
    }

    [Fact]
    public void FieldSet_TooGreat_Throws() => Assert.Throws<ArgumentOutOfRangeException>(
        () => BlockCommands.Read6.LogicalBlockAddress!.Value.Set(new byte[6], 0x20_0000));

    [Fact]
    public void Find_UnknownOperationCodeOrAction_SaysWhichIsWrong()
    {
        var table = CommandSet.All;
        byte[] unknown = [0xC1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Null(table.Find(unknown));
        Assert.Equal(Sense.Illegal(AdditionalSense.InvalidCommandOperationCode), table.Refusal(unknown));

        byte[] action = [0xA3, 0x1F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Null(table.Find(action));
        Assert.Equal(Sense.InvalidFieldInCdb(1, 4), table.Refusal(action));

        var variable = new byte[32];
        (variable[0], variable[8], variable[9]) = (0x7F, 0xFF, 0xFF);
        Assert.Null(table.Find(variable));
        Assert.Equal(Sense.InvalidFieldInCdb(8), table.Refusal(variable));
    }

    [Fact]
    public void Find_AnyShortOrRandomCdb_NeverThrows()
    {
        var random = new Random(1);
        var cdb = new byte[40];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(cdb);
            var part = cdb.AsSpan(0, random.Next(cdb.Length + 1));
            if (CommandSet.All.Find(part) is null) CommandSet.All.Refusal(part);
        }
    }

    [Fact]
    public void Find_AllocatesNothing()
    {
        var cdb = new byte[16];
        BlockCommands.Read16.Begin(cdb);
        var found = 0;
        Assert.Equal(0, Allocation.LeastOf(() => found += Look(cdb, 10_000)));
        Assert.True(found > 0 && found % 10_000 == 0);

        static int Look(byte[] cdb, int times)
        {
            var found = 0;
            for (var i = 0; i < times; i++)
            {
                if (CommandSet.All.Find(cdb) is { } row && row.Check(cdb) is null && BlockRange.Decode(cdb).IsEmpty)
                    found++;
            }

            return found;
        }
    }

    [Fact]
    public void CommandTable_TwoRowsOfOneCommand_IsRefused() => Assert.Throws<ArgumentException>(
        () => new CommandTable<CommandDescriptor>([BlockCommands.Read10, BlockCommands.Read10], row => row));

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(100, 0, true)]
    [InlineData(101, 0, false)]
    [InlineData(99, 1, true)]
    [InlineData(99, 2, false)]
    [InlineData(ulong.MaxValue, 1, false)]
    public void BlockRange_IsWithin_DoesNotWrap(ulong lba, uint count, bool within) =>
        Assert.Equal(within, new BlockRange(lba, count).IsWithin(100));
}
