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
        var found = Look(cdb, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        found += Look(cdb, 10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(11_000, found);

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
