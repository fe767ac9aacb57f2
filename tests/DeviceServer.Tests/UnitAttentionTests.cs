using Lunette.DeviceServer.UnitAttentions;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

public class UnitAttentionTests
{
    [Fact]
    public async Task NewNexus_FirstCommand_PowerOnResetOrBusDeviceReset()
    {
        using var bench = await Bench.StartAsync();
        var host = bench.Stranger("new");
        host.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred);
        host.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task Pending_AllOfThem_ReportedInOrderOfPrecedence_EachOnce()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        var codes = UnitAttentionSet.Precedence.Where(code => code != AdditionalSense.ReportedLunsDataHasChanged);
        foreach (var code in codes.Reverse().Where(code => code != AdditionalSense.PowerOnOccurred))
        {
            bench.Unit.EstablishAttention(code);
            bench.Unit.EstablishAttention(code);
        }
        foreach (var code in codes.Where(code => code != AdditionalSense.PowerOnOccurred))
            a.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Check(SenseKey.UnitAttention, code);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task PowerOn_ClearsAllOthers()
    {
        using var bench = await Bench.StartAsync();
        bench.Unit.EstablishAttention(AdditionalSense.ModeParametersChanged);
        _ = bench.A;
        bench.Unit.EstablishAttention(AdditionalSense.ModeParametersChanged);
        bench.Unit.EstablishAttention(AdditionalSense.PowerOnOccurred);
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.PowerOnOccurred);
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RequestSense_ReportsAndClears_InTheFormatAsked(int desc)
    {
        using var bench = await Bench.StartAsync();
        _ = bench.A;
        bench.Unit.EstablishAttention(AdditionalSense.CapacityDataHasChanged);
        var cdb = Cdb.Of(PrimaryCommands.RequestSense, ("DESC", (ulong)desc), ("ALLOCATION LENGTH", 252));
        var sense = bench.A.Ask(cdb);
        byte[] golden = desc == 0
            ? [0x70, 0, 0x06, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x2A, 0x09, 0, 0, 0, 0]
            : [0x72, 0x06, 0x2A, 0x09, 0, 0, 0, 0];
        Assert.Equal(golden, sense);
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
        Assert.Equal(desc == 0 ? 0x70 : 0x72, bench.A.Ask(cdb)[0]);
    }

    [Fact]
    public async Task InventoryChanged_ToldOnce_AndReportLunsClearsItEverywhere()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        var second = BlockUnit.Make(options => options with { Id = new(0x6000_0000_0000_0001, 3) });
        await bench.Target.AddAsync(Lun.FromNumber(1), second);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.ReportedLunsDataHasChanged);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady), lun: 1)
            .Check(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady), lun: 1).Good();

        bench.Target.Remove(Lun.FromNumber(1));
        await bench.Target.AddAsync(Lun.FromNumber(300), BlockUnit.Make());
        var luns = LunInventory.Parse(a.Ask(Cdb.Of(PrimaryCommands.ReportLuns, ("ALLOCATION LENGTH", 4096))));
        Assert.Equal([Lun.Zero, Lun.FromNumber(300)], luns);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Interlock_DecidesWhetherReportingClears(int interlock)
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        ModeParameters.SetControl(a, 4, (byte)(interlock << 4));
        bench.Unit.EstablishAttention(AdditionalSense.CapacityDataHasChanged);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.CapacityDataHasChanged);
        var again = a.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        if (interlock == 0)
        {
            again.Good();
            return;
        }
        again.Check(SenseKey.UnitAttention, AdditionalSense.CapacityDataHasChanged);
        a.Ask(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252)));
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    // SAM-6, Status precedence.
    [Fact]
    public async Task ReservationConflict_BeforeAttentions_ButNotThoseOfResets()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        a.Register(1).Good();
        a.Reserve(1, PersistentReservationType.ExclusiveAccess).Good();
        bench.Unit.EstablishAttention(AdditionalSense.CapacityDataHasChanged);
        bench.Unit.EstablishAttention(AdditionalSense.BusDeviceResetFunctionOccurred);
        b.Run(Cdb.Read10(0), dataIn: new byte[512])
            .Check(SenseKey.UnitAttention, AdditionalSense.BusDeviceResetFunctionOccurred);
        b.Run(Cdb.Read10(0), dataIn: new byte[512]).Is(ScsiStatus.ReservationConflict);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.CapacityDataHasChanged);
    }

    [Fact]
    public async Task Interlock3_ReservationConflict_LeavesAnAttention()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        ModeParameters.SetControl(a, 4, 0x30);
        b.Ask(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252)));
        a.Register(1).Good();
        a.Reserve(1, PersistentReservationType.ExclusiveAccess).Good();
        b.Run(Cdb.Read10(0), dataIn: new byte[512]).Is(ScsiStatus.ReservationConflict);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Check(SenseKey.UnitAttention, (AdditionalSense)0x2C09);
        b.Ask(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252)));
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }
}
