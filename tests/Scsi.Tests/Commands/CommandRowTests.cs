using System.Reflection;

namespace Lunette.Scsi.Tests;

/// <summary>What holds for every row, because the rows are data.</summary>
public class CommandRowTests
{
    public static TheoryData<string> Names => new(CommandSet.All.Rows.Select(row => row.Name));

    private static CommandDescriptor Row(string name) => CommandSet.All.Rows.Single(row => row.Name == name);

    [Fact]
    public void All_HoldsEveryRowThatAClassDeclares()
    {
        Type[] classes = [typeof(PrimaryCommands), typeof(BlockCommands)];
        var declared = classes
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(property => property.PropertyType == typeof(CommandDescriptor))
            .Select(property => (CommandDescriptor)property.GetValue(null)!)
            .ToHashSet();
        Assert.Equal(declared, CommandSet.All.Rows.ToHashSet());
        Assert.Equal(declared.Count, CommandSet.All.Rows.Count);
        Assert.Equal(declared.Count, declared.Select(row => row.Name).Distinct().Count());
        Assert.True(declared.Count > 130, $"{declared.Count} rows");
    }

    [Theory, MemberData(nameof(Names))]
    public void Row_Length_IsThatOfTheOperationCodesGroup(string name)
    {
        var row = Row(name);
        var length = (row.OperationCode >> 5) switch
        {
            0 => 6,
            1 or 2 => 10,
            4 => 16,
            5 => 12,
            _ => row.OperationCode == CdbLayout.VariableLength ? row.Layout.Length : 0,
        };
        Assert.Equal(length, row.Layout.Length);
        if (row.OperationCode == CdbLayout.VariableLength) Assert.Equal(0, length % 4);
    }

    [Theory, MemberData(nameof(Names))]
    public void Row_UsageMap_IsTheUnionOfItsFields(string name)
    {
        var layout = Row(name).Layout;
        var map = new byte[layout.Length];
        foreach (var field in layout.Fields)
        {
            if (field.FixedValue is { } value) field.Set(map, value);
            else field.Set(map, field.MaxValue);
            Assert.True(field.Index + field.Count <= layout.Length, field.Name);
            if (field.Count > 1) Assert.Equal(0, field.Mask & field.Mask + 1);      // the mask ends on the byte's end
        }

        Assert.Equal(map, layout.UsageMap.ToArray());
        Assert.Equal(layout.Fields.Count, layout.Fields.Select(field => field.Name).Distinct().Count());
    }

    [Theory, MemberData(nameof(Names))]
    public void Row_ControlByte_IsWhereTheStandardPutsIt(string name)
    {
        var layout = Row(name).Layout;
        var control = layout["CONTROL"];
        Assert.Equal(layout.OperationCode == CdbLayout.VariableLength ? 1 : layout.Length - 1, control.Index);
        Assert.Equal(0x04, control.Mask);
        var cdb = new byte[layout.Length];
        Row(name).Begin(cdb);
        control.Set(cdb, 1);
        Assert.True(ControlByte.Of(cdb).NormalAca);
    }

    [Theory, MemberData(nameof(Names))]
    public void Row_DataPhase_AgreesWithItsLengthFields(string name)
    {
        var row = Row(name);
        if (row.AllocationLength is not null) Assert.Equal(DataPhase.InParameterData, row.Data);
        if (row.ParameterListLength is not null) Assert.Equal(DataPhase.OutParameterList, row.Data);
        if (row.Data is DataPhase.In or DataPhase.Out) Assert.NotNull(row.TransferLength);
        Assert.False(string.IsNullOrEmpty(row.Standard));
        if (row.IsObsolete) Assert.False(string.IsNullOrEmpty(row.Note), "an obsolete row says why");
    }

    [Theory, MemberData(nameof(Names))]
    public void EachBit_OutsideTheUsageMap_IsPointedAtAndNoneInsideIs(string name)
    {
        var row = Row(name);
        foreach (var padding in (int[])[0, 16])
        {
            var cdb = new byte[row.Layout.Length + padding];
            for (var bit = 8; bit < row.Layout.Length * 8; bit++)
            {
                row.Begin(cdb);
                var (at, mask) = (bit / 8, (byte)(1 << bit % 8));
                if (IsFixed(row, at, mask)) continue;
                cdb[at] |= mask;
                var looked = (row.Layout.UsageMap[at] & mask) != 0;
                Assert.Equal(looked ? null : Sense.InvalidFieldInCdb(at, bit % 8), row.Check(cdb));
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Find_ByCdbAndByCode_IsTheRowItself(string name)
    {
        var row = Row(name);
        var cdb = row.Begin(new byte[32]);
        Assert.Same(row, CommandSet.All.Find(cdb));
        Assert.Same(row, CommandSet.All.Find(row.OperationCode, row.ServiceAction ?? 0));
        Assert.True(CommandSet.All.Knows(row.OperationCode));
        Assert.Null(row.Check(cdb));
    }

    [Theory, MemberData(nameof(Names))]
    public void BlockRangeDecode_AgreesWithTheLayout(string name)
    {
        var row = Row(name);
        if (row.LogicalBlockAddress is not { } lba || row.TransferLength is not { } length) return;
        if (length.Name.StartsWith("BYTE", StringComparison.Ordinal)) return;
        var random = new Random(row.OperationCode << 16 | row.ServiceAction ?? 0);
        var cdb = new byte[row.Layout.Length];
        for (var i = 0; i < 500; i++)
        {
            random.NextBytes(cdb);
            foreach (var field in row.Layout.Fields)
                if (field.FixedValue is { } value) field.Set(cdb, value);
            if (i == 0) length.Set(cdb, 0);
            var count = (uint)length.Get(cdb);
            if (row.Layout.Length == 6 && count == 0) count = 256;
            Assert.Equal(new BlockRange(lba.Get(cdb), count), BlockRange.Decode(cdb));
        }
    }

    private static bool IsFixed(CommandDescriptor row, int at, byte mask) => row.Layout.Fields.Any(field =>
        field.FixedValue is not null && at >= field.Index && at < field.Index + field.Count
        && ((at == field.Index ? field.Mask : 0xFF) & mask) != 0);
}
