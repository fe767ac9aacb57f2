using System.Reflection;

namespace Lunette.Scsi.Tests;

public class VpdPageTests
{
    private delegate void PageWriter(ref ParameterDataWriter to);

    private static byte[] Write(PageWriter write, int allocation = 1024)
    {
        var to = new ParameterDataWriter(new byte[allocation]);
        write(ref to);
        return to.Written.ToArray();
    }

    [Fact]
    public void SupportedVpdPages_RoundTrips()
    {
        VpdPageCode[] pages = [VpdPageCode.SupportedVpdPages, VpdPageCode.UnitSerialNumber, VpdPageCode.BlockLimits];
        var bytes = Write((ref to) => SupportedVpdPages.Write(ref to, Peripheral.Disk, pages));
        Assert.Equal("0000000300" + "80" + "B0", Convert.ToHexString(bytes));
        Assert.Equal(pages, SupportedVpdPages.Parse(bytes));
    }

    [Fact]
    public void SoftwareInterfaceIdentification_RoundTripsAndMayBeEmpty()
    {
        byte[] identifiers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        var bytes = Write((ref to) => SoftwareInterfaceIdentification.Write(ref to, Peripheral.Disk, identifiers));
        Assert.Equal("0084000C" + Convert.ToHexString(identifiers), Convert.ToHexString(bytes));
        Assert.Equal(identifiers[6..], SoftwareInterfaceIdentification.Parse(bytes)![1].ToArray());
        Assert.Single(SoftwareInterfaceIdentification.Parse(bytes.AsSpan(0, 12))!);
        bytes = Write((ref to) => SoftwareInterfaceIdentification.Write(ref to, Peripheral.Disk, []));
        Assert.Empty(SoftwareInterfaceIdentification.Parse(bytes)!);
    }

    [Fact]
    public void ScsiFeatureSets_RoundTripsAndMayBeEmpty()
    {
        var bytes = Write((ref to) => ScsiFeatureSets.Write(ref to, Peripheral.Disk, [0x0001, 0x0101]));
        Assert.Equal("00920008" + "00000000" + "00010101", Convert.ToHexString(bytes));
        Assert.Equal([0x0001, 0x0101], ScsiFeatureSets.Parse(bytes)!);
        bytes = Write((ref to) => ScsiFeatureSets.Write(ref to, Peripheral.Disk, []));
        Assert.Equal("0092000400000000", Convert.ToHexString(bytes));
        Assert.Empty(ScsiFeatureSets.Parse(bytes)!);
    }

    [Fact]
    public void UnitSerialNumber_RoundTripsAndEmptyIsFourSpaces()
    {
        var bytes = Write((ref to) => UnitSerialNumber.Write(ref to, Peripheral.Disk, "L42"));
        Assert.Equal("00800003" + "4C3432", Convert.ToHexString(bytes));
        Assert.Equal("L42", UnitSerialNumber.Parse(bytes));
        Assert.Equal("0080000420202020",
            Convert.ToHexString(Write((ref to) => UnitSerialNumber.Write(ref to, Peripheral.Disk, ""))));
    }

    [Fact]
    public void DeviceIdentification_RoundTripsAndEndsWhereItIsCut()
    {
        Designator[] designators =
        [
            Designator.Naa(NaaIdentifier.LocallyAssigned(5)), Designator.RelativeTargetPort(1),
            Designator.ScsiName("iqn.example").For(DesignatorAssociation.TargetPort, ProtocolIdentifier.Iscsi),
        ];
        var bytes = Write((ref to) => DeviceIdentification.Write(ref to, Peripheral.Disk, designators));
        Assert.Equal(bytes.Length, VpdPage.FullLength(bytes));
        Assert.Equal(designators, DeviceIdentification.Parse(bytes));
        Assert.Equal(designators[..2], DeviceIdentification.Parse(bytes.AsSpan(0, bytes.Length - 1)));
    }

    [Fact]
    public void ManagementNetworkAddresses_RoundTripsWithTerminator()
    {
        ManagementNetworkAddress[] addresses =
        [
            new(DesignatorAssociation.LogicalUnit, NetworkServiceType.StorageConfigurationService, "http://a"),
            new(DesignatorAssociation.TargetDevice, NetworkServiceType.Status, "http://abc"),
        ];
        var bytes = Write((ref to) => ManagementNetworkAddresses.Write(ref to, Peripheral.Disk, addresses));
        Assert.Equal("00850020" + "0100000C" + "687474703A2F2F6100000000" + "4300000C" + "687474703A2F2F6162630000",
            Convert.ToHexString(bytes));
        Assert.Equal(addresses, ManagementNetworkAddresses.Parse(bytes));
    }

    [Fact]
    public void ModePagePolicy_RoundTrips()
    {
        ModePagePolicyDescriptor[] descriptors =
            [new(0x08, 0, true, ModePagePolicyKind.Shared), new(0x3F, 0xFF, false, ModePagePolicyKind.PerItNexus)];
        var bytes = Write((ref to) => ModePagePolicy.Write(ref to, Peripheral.Disk, descriptors));
        Assert.Equal("00870008" + "08008000" + "3FFF0300", Convert.ToHexString(bytes));
        Assert.Equal(descriptors, ModePagePolicy.Parse(bytes));
    }

    [Fact]
    public void ScsiPorts_RoundTrips()
    {
        ScsiPort[] ports =
        [
            new(1, null, [Designator.RelativeTargetPort(1)]),
            new(2, TransportId.Sas(7), []),
        ];
        var read = ScsiPorts.Parse(Write((ref to) => ScsiPorts.Write(ref to, Peripheral.Disk, ports)))!;
        Assert.Equal(2, read.Count);
        Assert.Equal((1, ports[0].TargetPorts[0]), (read[0].RelativePortIdentifier, read[0].TargetPorts[0]));
        Assert.Equal((2, ports[1].InitiatorPort), (read[1].RelativePortIdentifier, read[1].InitiatorPort));
    }

    [Fact]
    public void BlockLimits_Page_HasTheStandardsBytes()
    {
        var page = new BlockLimits
        {
            WriteSameNonZero = true,
            MaximumCompareAndWriteLength = 32,
            OptimalTransferLengthGranularity = 8,
            MaximumTransferLength = 0x10000,
            MaximumUnmapLbaCount = uint.MaxValue,
            MaximumUnmapBlockDescriptorCount = 255,
            OptimalUnmapGranularity = 8,
            UnmapGranularityAlignment = 1,
            MaximumWriteSameLength = 0x20000,
        };
        var bytes = Write((ref to) => page.Write(ref to, Peripheral.Disk));
        Assert.Equal("00B0003C" + "01" + "20" + "0008" + "00010000" + "00000000" + "00000000" + "FFFFFFFF" + "000000FF"
            + "00000008" + "80000001" + "0000000000020000" + new string('0', 40), Convert.ToHexString(bytes));
        Assert.Equal(page, BlockLimits.Parse(bytes));
        Assert.Equal(1u, BlockLimits.Parse(bytes)!.UnmapGranularityAlignment);
    }

    [Fact]
    public void LogicalBlockProvisioning_Page_HasTheStandardsBytes()
    {
        var page = new LogicalBlockProvisioning
        {
            ThresholdExponent = 1,
            Unmap = true,
            WriteSame16Unmaps = true,
            ReadZeros = 1,
            Anchors = true,
            ProvisioningType = ProvisioningType.Thin,
            ProvisioningGroup = Designator.Naa(NaaIdentifier.LocallyAssigned(5)),
        };
        var bytes = Write((ref to) => page.Write(ref to, Peripheral.Disk));
        Assert.Equal("00B20010" + "01" + "C7" + "02" + "00" + "01030008" + "3000000000000005",
            Convert.ToHexString(bytes));
        Assert.Equal(page, LogicalBlockProvisioning.Parse(bytes));
    }

    [Fact]
    public void ExtendedInquiryData_Page_HasTheStandardsBytes()
    {
        var page = new ExtendedInquiryData
        {
            HeadOfQueue = true,
            Ordered = true,
            Simple = true,
            VolatileCache = true,
            LogicalUnitItNexusClear = true,
            MaximumSupportedSenseDataLength = 48,
        };
        var bytes = Write((ref to) => page.Write(ref to, Peripheral.Disk));
        Assert.Equal("0086003C" + "00" + "07" + "01" + "01" + "00" + "00" + "0000" + "00" + "30" + new string('0', 100),
            Convert.ToHexString(bytes));
        Assert.Equal(page, ExtendedInquiryData.Parse(bytes));
    }

    [Fact]
    public void FieldPages_EachFieldAlone_RoundTripsInItsOwnBits()
    {
        CheckFields<PowerCondition>(18, (page, ref to) => page.Write(ref to, default), PowerCondition.Parse);
        CheckFields<BlockLimits>(64, (page, ref to) => page.Write(ref to, default), BlockLimits.Parse);
        CheckFields<BlockDeviceCharacteristics>(
            64, (page, ref to) => page.Write(ref to, default), BlockDeviceCharacteristics.Parse);
        CheckFields<Referrals>(16, (page, ref to) => page.Write(ref to, default), Referrals.Parse);
        CheckFields<BlockDeviceCharacteristicsExtension>(
            128, (page, ref to) => page.Write(ref to, default), BlockDeviceCharacteristicsExtension.Parse);
        CheckFields<ZonedBlockDeviceCharacteristics>(
            64, (page, ref to) => page.Write(ref to, default), ZonedBlockDeviceCharacteristics.Parse);
        CheckFields<BlockLimitsExtension>(
            64, (page, ref to) => page.Write(ref to, default), BlockLimitsExtension.Parse);
        CheckFields<ExtendedInquiryData>(
            64, (page, ref to) => page.Write(ref to, default), ExtendedInquiryData.Parse);
    }

    private delegate void FieldPageWriter<TPage>(TPage page, ref ParameterDataWriter to);

    private delegate TPage? FieldPageParser<TPage>(ReadOnlySpan<byte> bytes);

    private static void CheckFields<TPage>(int length, FieldPageWriter<TPage> write, FieldPageParser<TPage> parse)
        where TPage : class, new()
    {
        var taken = new byte[length];
        foreach (var property in typeof(TPage).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var page = new TPage();
            property.SetValue(page, Greatest(property.PropertyType));
            var bytes = Write((ref to) => write(page, ref to));
            Assert.Equal(length, bytes.Length);
            Assert.Equal(length - 4, bytes[2] << 8 | bytes[3]);
            Assert.Contains(bytes[4..], value => value != 0);
            for (var i = 4; i < length; i++)
            {
                Assert.True((taken[i] & bytes[i]) == 0, $"{typeof(TPage).Name}.{property.Name} shares byte {i}");
                taken[i] |= bytes[i];
            }

            var read = parse(bytes)!;
            Assert.Equal(bytes, Write((ref to) => write(read, ref to)));
            Assert.NotEqual(property.GetValue(new TPage()), property.GetValue(read));
        }
    }

    private static object Greatest(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Boolean => true,
        TypeCode.Byte => byte.MaxValue,
        TypeCode.UInt16 => ushort.MaxValue,
        TypeCode.UInt64 => ulong.MaxValue,
        _ => type == typeof(uint?) ? 0x7FFF_FFFFu : uint.MaxValue,
    };

    [Fact]
    public void ListPages_RoundTrip()
    {
        SupportedBlockLength[] lengths = [new(512, 0x4F, 0x0F), new(4096, 0, 1)];
        var bytes = Write((ref to) => SupportedBlockLengths.Write(ref to, Peripheral.Disk, lengths));
        Assert.Equal("00B40010" + "000002004F0F0000" + "0000100000010000", Convert.ToHexString(bytes));
        Assert.Equal(lengths, SupportedBlockLengths.Parse(bytes));

        ConcurrentPositioningRange[] ranges = [new(0, 1, 0, 1000), new(1, 1, 1000, 2000)];
        bytes = Write((ref to) => ConcurrentPositioningRanges.Write(ref to, Peripheral.Disk, ranges));
        Assert.Equal(64 + 64, bytes.Length);
        Assert.Equal(ranges, ConcurrentPositioningRanges.Parse(bytes));

        FormatPreset[] presets = [new(0x100, 1, 3, 4096, 12345, 3, 1)];
        bytes = Write((ref to) => FormatPresets.Write(ref to, Peripheral.Disk, presets));
        Assert.Equal("00B80040" + "00000100" + "01" + "0000" + "03" + "00001000" + "00000000" + "0000000000003039"
            + new string('0', 28) + "C1" + new string('0', 50), Convert.ToHexString(bytes));
        Assert.Equal(presets, FormatPresets.Parse(bytes));
    }

    [Fact]
    public void ThirdPartyCopy_Page_HasTheStandardsBytes()
    {
        CommandDescriptor[] commands =
        [
            PrimaryCommands.ExtendedCopyLid1, PrimaryCommands.PopulateToken, PrimaryCommands.WriteUsingToken,
            PrimaryCommands.ReceiveCopyOperatingParameters, PrimaryCommands.ReceiveRodTokenInformation,
        ];
        var bytes = Write((ref to) =>
        {
            var at = VpdPage.Begin(ref to, Peripheral.Disk, VpdPageCode.ThirdPartyCopy);
            ThirdPartyCopy.WriteSupportedCommands(ref to, commands);
            ThirdPartyCopy.WriteParameterData(ref to, 2, 1, 1024, 0);
            ThirdPartyCopy.WriteSupportedDescriptors(ref to, [0x02, 0xE4]);
            ThirdPartyCopy.WriteSupportedCscdDescriptorIds(ref to, [0xFFFF]);
            ThirdPartyCopy.WriteGeneralCopyOperations(ref to, 8, 8, 0x1000000, 9, 0);
            ThirdPartyCopy.WriteBlockDeviceRodLimits(ref to, 4, 60, 30, 0x10000, 0x8000);
            VpdPage.End(ref to, at);
        });
        Assert.Equal(
            "008F0088"
            + "0001000C" + "09" + "83030010" + "11" + "84020307" + "0000"
            + "0004001C" + "00000000" + "0002" + "0001" + "00000400" + "00000000" + new string('0', 24)
            + "00080004" + "02" + "02E4" + "00"
            + "000C0004" + "0002" + "FFFF"
            + "80010020" + "00000008" + "00000008" + "01000000" + "09" + "00" + new string('0', 36)
            + "00000020" + "000000000000" + "0004" + "0000003C" + "0000001E" + "0000000000010000" + "0000000000008000",
            Convert.ToHexString(bytes));
        var read = ThirdPartyCopy.Parse(bytes)!;
        Assert.Equal(6, read.Count);
        Assert.Equal((ThirdPartyCopyDescriptorType.SupportedDescriptors, 4), (read[2].Type, read[2].Parameters.Length));
    }

    [Fact]
    public void Parse_CutOrRandomPages_NeverThrows()
    {
        var random = new Random(9);
        var bytes = new byte[160];
        foreach (var code in Enum.GetValues<VpdPageCode>())
        {
            for (var i = 0; i < 2_000; i++)
            {
                random.NextBytes(bytes);
                (bytes[1], bytes[2], bytes[3]) = ((byte)code, (byte)(i % 2), (byte)random.Next(256));
                var part = bytes.AsSpan(0, random.Next(161));
                SupportedVpdPages.Parse(part);
                UnitSerialNumber.Parse(part);
                DeviceIdentification.Parse(part);
                ManagementNetworkAddresses.Parse(part);
                ExtendedInquiryData.Parse(part);
                ModePagePolicy.Parse(part);
                ScsiPorts.Parse(part);
                PowerCondition.Parse(part);
                ThirdPartyCopy.Parse(part);
                BlockLimits.Parse(part);
                BlockDeviceCharacteristics.Parse(part);
                LogicalBlockProvisioning.Parse(part);
                Referrals.Parse(part);
                SupportedBlockLengths.Parse(part);
                BlockDeviceCharacteristicsExtension.Parse(part);
                ZonedBlockDeviceCharacteristics.Parse(part);
                BlockLimitsExtension.Parse(part);
                FormatPresets.Parse(part);
                ConcurrentPositioningRanges.Parse(part);
            }
        }
    }
}
