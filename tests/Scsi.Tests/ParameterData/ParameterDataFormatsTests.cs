namespace Lunette.Scsi.Tests;

/// <summary>Golden bytes and round trips of the parameter data that is neither INQUIRY's nor a reservation's.</summary>
public class ParameterDataFormatsTests
{
    private delegate void DataWriter(ref ParameterDataWriter to);

    private static byte[] Write(DataWriter write, int allocation = 1024)
    {
        var to = new ParameterDataWriter(new byte[allocation]);
        write(ref to);
        return to.Written.ToArray();
    }

    [Fact]
    public void LunInventory_RoundTripsAndKeepsItsLengthWhenCut()
    {
        Lun[] luns = [Lun.Zero, Lun.FromNumber(5), Lun.FromNumber(300)];
        var bytes = Write((ref to) => LunInventory.Write(ref to, luns));
        Assert.Equal("0000001800000000" + "0000000000000000" + "0005000000000000" + "412C000000000000",
            Convert.ToHexString(bytes));
        Assert.Equal(luns, LunInventory.Parse(bytes));
        var cut = Write((ref to) => LunInventory.Write(ref to, luns), allocation: 20);
        Assert.Equal(32, LunInventory.FullLength(cut));
        Assert.Equal(luns[..1], LunInventory.Parse(cut));
    }

    [Fact]
    public void ReadCapacity_BothForms_HaveTheStandardsBytes()
    {
        var capacity = new ReadCapacityData
        {
            LastLba = 0x1_0000_0000,
            BlockLength = 512,
            ProtectionEnabled = true,
            ProtectionType = 2,
            LogicalBlocksPerPhysicalBlockExponent = 3,
            ProvisioningManagement = true,
            ReadZeros = true,
            LowestAlignedLba = 7,
        };
        var bytes = Write((ref to) => capacity.Write16(ref to));
        Assert.Equal("0000000100000000" + "00000200" + "05" + "03" + "C007" + new string('0', 32),
            Convert.ToHexString(bytes));
        Assert.Equal(capacity, ReadCapacityData.Parse16(bytes));
        bytes = Write((ref to) => capacity.Write10(ref to));
        Assert.Equal("FFFFFFFF00000200", Convert.ToHexString(bytes));
        Assert.Equal(uint.MaxValue, ReadCapacityData.Parse10(bytes)!.LastLba);
        Assert.Null(ReadCapacityData.Parse10(bytes.AsSpan(0, 7)));
    }

    [Theory]
    [InlineData(false, false, "17009008" + "0000100000000200" + "880A" + "00000000000000000000" + "00")]
    [InlineData(true, false, "001A0090" + "00000008" + "0000100000000200" + "880A" + "00000000000000000000")]
    [InlineData(true, true, "00220090" + "01000010" + "00000000000010000000000000000200" + "880A"
        + "00000000000000000000")]
    public void ModeParameters_HeaderBlockDescriptorAndPage_RoundTrip(bool ten, bool longLba, string expected)
    {
        var header = new ModeParameterHeader
        {
            DeviceSpecificParameter = ModeParameterHeader.DirectAccess(writeProtected: true, dpoAndFua: true),
            LongLba = longLba,
            BlockDescriptorLength = (ushort)(longLba ? 16 : 8),
        };
        var block = new ModeBlockDescriptor(4096, 512);
        var page = new ModePageHeader(ModePageCode.Caching, ParametersSaveable: true, Length: 10);
        var bytes = Write((ref to) =>
        {
            if (ten) header.Begin10(ref to);
            else header.Begin6(ref to);
            if (longLba) block.WriteLong(ref to);
            else block.WriteShort(ref to);
            page.Write(ref to);
            to.WriteZeros(page.Length);
            if (ten) ModeParameterHeader.End10(ref to);
            else Assert.True(ModeParameterHeader.End6(ref to));
        });
        Assert.Equal(ten ? expected : expected[..^2], Convert.ToHexString(bytes));

        var list = new ParameterListReader(bytes);
        var read = ModeParameterHeader.Read(ref list, ten);
        Assert.Equal(header with { ModeDataLength = (ushort)(bytes.Length - (ten ? 2 : 1)) }, read);
        Assert.True(read.WriteProtected && read.DpoAndFua);
        Assert.Equal(block, ModeBlockDescriptor.Read(ref list, longLba));
        Assert.Equal(page, ModePageHeader.Read(ref list));
        list.Skip(10);
        Assert.True(list.IsAtEnd);
    }

    [Fact]
    public void ModePageHeader_Subpage_HasTheLongForm()
    {
        var page = new ModePageHeader(ModePageCode.ControlExtension, ParametersSaveable: false, Length: 28);
        var bytes = Write((ref to) => page.Write(ref to));
        Assert.Equal("4A01001C", Convert.ToHexString(bytes));
        var list = new ParameterListReader(bytes);
        Assert.Equal(page, ModePageHeader.Read(ref list));
        Assert.Equal(4, page.HeaderLength);
    }

    [Fact]
    public void LogPage_WithParameters_RoundTrips()
    {
        var bytes = Write((ref to) =>
        {
            var at = LogPage.Begin(ref to, LogPageCode.Utilization, disableSave: true);
            LogPage.WriteParameter(ref to, 0, LogPage.BinaryList, [0, 1, 0, 0]);
            LogPage.WriteParameter(ref to, 0x102, LogPage.BoundedCounter, [9]);
            LogPage.End(ref to, at);
        });
        Assert.Equal("CE01000D" + "0000030400010000" + "0102020109", Convert.ToHexString(bytes));
        var read = LogPage.Parse(bytes, LogPageCode.Utilization)!;
        Assert.Equal([(ushort)0, (ushort)0x102], read.Select(parameter => parameter.Code));
        Assert.Equal([9], read[1].Value.ToArray());
        Assert.Single(LogPage.Parse(bytes.AsSpan(0, bytes.Length - 1), LogPageCode.Utilization)!);
        Assert.Null(LogPage.Parse(bytes, LogPageCode.StartStopCycleCounter));
    }

    [Fact]
    public void TargetPortGroups_BothFormats_RoundTrip()
    {
        TargetPortGroupDescriptor[] groups =
        [
            new(1, AsymmetricAccessState.ActiveOptimized, true,
                SupportedAccessStates.ActiveOptimized | SupportedAccessStates.Standby
                    | SupportedAccessStates.Transitioning, 2, [1, 2]),
            new(2, AsymmetricAccessState.Standby, false, SupportedAccessStates.Standby, 0, []),
        ];
        var plain = Write((ref to) => TargetPortGroupsData.Write(ref to, groups));
        Assert.Equal("00000018" + "8085000100020002" + "00000001" + "00000002" + "0204000200000000",
            Convert.ToHexString(plain));
        var extended = Write((ref to) => TargetPortGroupsData.Write(ref to, groups, extendedHeader: true, 30));
        Assert.Equal("0000001C" + "101E0000", Convert.ToHexString(extended)[..16]);
        foreach (var (bytes, header) in new[] { (plain, false), (extended, true) })
        {
            var read = TargetPortGroupsData.Parse(bytes, header);
            Assert.Equal(2, read.Count);
            Assert.Equal(groups[0] with { RelativePorts = [] }, read[0] with { RelativePorts = [] });
            Assert.Equal(groups[0].RelativePorts, read[0].RelativePorts);
            Assert.Equal(AsymmetricAccessState.Standby, read[1].State);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SupportedOperationCodes_AllCommands_RoundTrip(bool timeouts)
    {
        var rows = CommandSet.All.Rows;
        CommandTimeouts? seconds = timeouts ? new(0, 30) : null;
        var bytes = Write(
            (ref to) => SupportedOperationCodesData.WriteAll(ref to, rows.Select(row => (row, seconds))), 10_000);
        Assert.Equal(4 + rows.Count * (timeouts ? 20 : 8), bytes.Length);
        Assert.Equal(rows.Select(row => (row.OperationCode, row.ServiceAction, row.Layout.Length)),
            SupportedOperationCodesData.ParseAll(bytes));
    }

    [Fact]
    public void SupportedOperationCodes_OneCommand_HasTheStandardsBytes()
    {
        var bytes = Write((ref to) => SupportedOperationCodesData.WriteOne(
            ref to, PrimaryCommands.ReportLuns, new CommandTimeouts(1, 2)));
        Assert.Equal("0083000C" + "A000FF000000FFFFFFFF0004" + "000A0000" + "00000001" + "00000002",
            Convert.ToHexString(bytes));
        var read = SupportedOperationCodesData.ParseOne(bytes)!;
        Assert.Equal(CommandSupport.Supported, read.Support);
        Assert.Equal(PrimaryCommands.ReportLuns.Layout.UsageMap.ToArray(), read.UsageData.ToArray());
        Assert.Equal("00010000",
            Convert.ToHexString(Write((ref to) => SupportedOperationCodesData.WriteOne(ref to, null, null))));
    }

    [Fact]
    public void SupportedTaskManagementFunctions_BothForms_RoundTrip()
    {
        TaskManagementFunction[] functions =
        [
            TaskManagementFunction.AbortTask, TaskManagementFunction.LogicalUnitReset,
            TaskManagementFunction.QueryTaskSet,
        ];
        var bytes = Write((ref to) => SupportedTaskManagementFunctions.Write(ref to, functions, extended: false));
        Assert.Equal("88020000", Convert.ToHexString(bytes));
        Assert.Equal(functions, SupportedTaskManagementFunctions.Parse(bytes));
        bytes = Write((ref to) => SupportedTaskManagementFunctions.Write(ref to, functions, extended: true));
        Assert.Equal("8802000C" + new string('0', 24), Convert.ToHexString(bytes));
    }

    [Fact]
    public void Parse_CutOrRandomData_NeverThrows()
    {
        var random = new Random(10);
        var bytes = new byte[128];
        for (var i = 0; i < 30_000; i++)
        {
            random.NextBytes(bytes);
            if (i % 2 == 0) bytes.AsSpan(0, 3).Clear();
            if (i % 3 == 0) bytes.AsSpan(4, 3).Clear();
            var part = bytes.AsSpan(0, random.Next(129));
            LunInventory.Parse(part);
            ReadCapacityData.Parse10(part);
            ReadCapacityData.Parse16(part);
            LogPage.Parse(part, (LogPageCode)((bytes[0] & 0x3F) << 8));
            TargetPortGroupsData.Parse(part, i % 5 == 0);
            SupportedOperationCodesData.ParseAll(part);
            SupportedOperationCodesData.ParseOne(part);
            SupportedTaskManagementFunctions.Parse(part);
            PersistentReserveInData.ParseKeys(part);
            PersistentReserveInData.ParseReservation(part);
            PersistentReserveInData.ParseFullStatus(part);
            PersistentReservationCapabilities.Parse(part);
            var list = new ParameterListReader(part);
            ModeParameterHeader.Read(ref list, ten: i % 2 == 0);
            ModeBlockDescriptor.Read(ref list, longLba: i % 2 == 0);
            list.Take(ModePageHeader.Read(ref list).Length);
        }
    }
}
