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

    private static byte[] Vpd(Bench bench, int page) => bench.A.Ask(Cdb.Of(PrimaryCommands.Inquiry,
        ("EVPD", 1), ("PAGE CODE", (ulong)page), ("ALLOCATION LENGTH", 4096)));
}
