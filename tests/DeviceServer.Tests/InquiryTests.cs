using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

public class InquiryTests
{
    [Fact]
    public async Task ThreeLines_ReadABlock()
    {
        using var target = await Port.Virtual.VirtualTarget.StartAsync(BlockUnit.Make());
        using var host = target.Login("iqn.2026-11.test:host");
        host.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred);
        Assert.Equal(512, host.Ask(Cdb.Read10(3), 512).Length);
    }

    [Fact]
    public async Task WriteThenRead_AnyWayTheDataComes_SameBytes()
    {
        using var bench = await Bench.StartAsync();
        foreach (var delivery in Enum.GetValues<Port.Virtual.DataOutDelivery>())
        {
            if (delivery == Port.Virtual.DataOutDelivery.Held) continue;
            bench.A.DataOutDelivery = delivery;
            var bytes = new byte[1024];
            new Random(17 + (int)delivery).NextBytes(bytes);
            bench.A.Run(Cdb.Write10(5, 2), bytes).Good();
            Assert.Equal(bytes, bench.A.Ask(Cdb.Read10(5, 2), 1024));
        }
    }

    [Fact]
    public async Task StandardInquiry_TellsWhoItIs()
    {
        using var bench = await Bench.StartAsync();
        var cdb = Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 96));
        Assert.True(StandardInquiryData.TryParse(bench.A.Ask(cdb), out var data));
        Assert.Equal("LUNETTE", data.VendorIdentification.TrimEnd());
        Assert.Equal(PeripheralDeviceType.DirectAccessBlock, data.Peripheral.DeviceType);
        Assert.True(data.CommandQueuing && data.NormalAca && data.HierarchicalSupport);
    }

    [Fact]
    public async Task StandardInquiry_Golden()
    {
        using var bench = await Bench.StartAsync();
        Assert.Equal([
            0x00, 0x00, 0x06,                               // direct access, not removable, SPC-4
            0x32,                                           // NORMACA, HISUP, RESPONSE DATA FORMAT
            0x5B, 0x10, 0x10, 0x02,                         // length, TPGS implicit, MULTIP, CMDQUE
            .. "LUNETTE "u8, .. "DISK            "u8, .. "0001"u8,
            .. new byte[22],
            0x00, 0xA0, 0x09, 0x60, 0x04, 0x60,             // SAM-5, iSCSI, SPC-4
            .. new byte[32],
        ], bench.A.Ask(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 4096))));
    }

    [Fact]
    public async Task DeviceIdentification_Golden()
    {
        using var bench = await Bench.StartAsync();
        var port = bench.Target.Port;
        byte[] portName = Padded(port.PortName);
        byte[] deviceName = Padded(port.Name);
        byte[] unitName = Padded("naa.60000000000000010000000000000002");
        byte[] designators =
        [
            0x01, 0x03, 0, 16, 0x60, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2,       // NAA of the logical unit
            0x03, 0x08, 0, (byte)unitName.Length, .. unitName,                          // SCSI name string of it
            0x02, 0x01, 0, 40, .. "LUNETTE 60000000000000010000000000000002"u8,         // T10 vendor identification
            0x01, 0x14, 0, 4, 0, 0, 0, 1,                                               // relative target port
            0x01, 0x15, 0, 4, 0, 0, 0, 1,                                               // target port group
            0x53, 0x98, 0, (byte)portName.Length, .. portName,                          // name of the port, iSCSI
            0x53, 0xA8, 0, (byte)deviceName.Length, .. deviceName,                      // name of the device
        ];
        Assert.Equal([0x00, 0x83, (byte)(designators.Length >> 8), (byte)designators.Length, .. designators],
            Vpd(bench, 0x83));
    }

    [Fact]
    public async Task Inquiry_PageCodeWithoutEvpd_InvalidField()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(PrimaryCommands.Inquiry, ("PAGE CODE", 0x80))).CheckField(2);
    }

    [Fact]
    public async Task VpdPages_EachListedPageIsThere_AndNoOther()
    {
        using var bench = await Bench.StartAsync();
        var listed = SupportedVpdPages.Parse(Vpd(bench, 0x00))!;
        for (var page = 0; page < 256; page++)
        {
            var cdb = Cdb.Of(PrimaryCommands.Inquiry,
                ("EVPD", 1), ("PAGE CODE", (ulong)page), ("ALLOCATION LENGTH", 4096));
            var result = bench.A.Run(cdb, dataIn: new byte[4096]);
            if (listed.Contains((VpdPageCode)page)) result.Good();
            else result.CheckField(2);
        }
    }

    [Fact]
    public async Task DeviceIdentification_NamesUnitPortAndDevice()
    {
        using var bench = await Bench.StartAsync();
        var designators = DeviceIdentification.Parse(Vpd(bench, 0x83))!;
        var naa = Assert.Single(designators, d => d.Type == DesignatorType.Naa);
        var id = new byte[16];
        bench.Unit.Id.Write(id);
        Assert.Equal(id, naa.Value.ToArray());
        Assert.Contains(designators, d => d.Type == DesignatorType.RelativeTargetPort);
        Assert.Contains(designators, d => d.Type == DesignatorType.TargetPortGroup);
        Assert.Contains(designators, d => d.Association == DesignatorAssociation.TargetDevice
            && d.GetText() == bench.Target.Port.Name);
    }

    [Fact]
    public async Task FallbackUnit_Inquiry7F_LunsListed_AllElseNotSupported()
    {
        using var bench = await Bench.StartAsync();
        var inquiry = bench.A.Ask(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 36)), lun: 9);
        Assert.Equal(0x7F, inquiry[0]);
        var luns = bench.A.Ask(Cdb.Of(PrimaryCommands.ReportLuns, ("ALLOCATION LENGTH", 4096)), lun: 9);
        Assert.Equal([Lun.Zero], LunInventory.Parse(luns));
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady), lun: 9)
            .Check(SenseKey.IllegalRequest, AdditionalSense.LogicalUnitNotSupported);
        var sense = bench.A.Ask(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252)), lun: 9);
        Assert.Equal((0x05, 0x25, 0x00), (sense[2], sense[12], sense[13]));
    }

    // SPC-6, REPORT LUNS command, SELECT REPORT field; there are no well known or subsidiary logical units.
    [Theory]
    [InlineData(0x00, 1)]
    [InlineData(0x01, 0)]
    [InlineData(0x02, 1)]
    [InlineData(0x10, 0)]
    [InlineData(0x11, 1)]
    [InlineData(0x12, 0)]
    public async Task ReportLuns_EachSelectReport_ItsLogicalUnits(int select, int count)
    {
        using var bench = await Bench.StartAsync();
        var luns = bench.A.Ask(Cdb.Of(PrimaryCommands.ReportLuns,
            ("SELECT REPORT", (ulong)select), ("ALLOCATION LENGTH", 4096)));
        Assert.Equal([0, 0, 0, (byte)(8 * count), 0, 0, 0, 0, .. new byte[8 * count]], luns);
    }

    [Fact]
    public async Task ReportLuns_ReservedSelectReport_InvalidField()
    {
        using var bench = await Bench.StartAsync();
        for (var select = 0; select < 256; select++)
        {
            if (select is 0 or 1 or 2 or 0x10 or 0x11 or 0x12) continue;
            bench.A.Run(Cdb.Of(PrimaryCommands.ReportLuns,
                ("SELECT REPORT", (ulong)select), ("ALLOCATION LENGTH", 16))).CheckField(2);
        }
    }

    private static byte[] Padded(string name)
    {
        var bytes = new byte[(name.Length + 4) & ~3];
        System.Text.Encoding.ASCII.GetBytes(name, bytes);
        return bytes;
    }

    private static byte[] Vpd(Bench bench, int page) => bench.A.Ask(Cdb.Of(PrimaryCommands.Inquiry,
        ("EVPD", 1), ("PAGE CODE", (ulong)page), ("ALLOCATION LENGTH", 4096)));
}
