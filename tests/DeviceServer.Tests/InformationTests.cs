using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

public class InformationTests
{
    [Fact]
    public async Task ReadMediaSerialNumber_WholeWords()
    {
        using var bench = await Bench.StartAsync();
        Bench.ClearAttentions(bench.A);
        var data = bench.A.Ask(Cdb.Of(PrimaryCommands.ReadMediaSerialNumber, ("ALLOCATION LENGTH", 64)));
        var serial = System.Text.Encoding.ASCII.GetBytes(bench.Unit.SerialNumber);
        Assert.Equal(serial.Length + 3 & ~3, data[3]);
        Assert.Equal(serial, data[4..(4 + serial.Length)]);
    }

    [Fact]
    public async Task SecurityProtocolIn_Information_SaysThatThereIsNoOther()
    {
        using var bench = await Bench.StartAsync();
        Bench.ClearAttentions(bench.A);
        var data = bench.A.Ask(Cdb.Of(PrimaryCommands.SecurityProtocolIn, ("ALLOCATION LENGTH", 64)));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 0], data);
        // INC_512: one increment is room for 512 bytes; none is room for nothing.
        data = bench.A.Ask(Cdb.Of(PrimaryCommands.SecurityProtocolIn, ("INC_512", 1), ("ALLOCATION LENGTH", 1)));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 0], data);
        Assert.Empty(bench.A.Ask(Cdb.Of(PrimaryCommands.SecurityProtocolIn, ("INC_512", 1))));
        data = bench.A.Ask(Cdb.Of(PrimaryCommands.SecurityProtocolIn, ("SECURITY PROTOCOL SPECIFIC", 1),
            ("ALLOCATION LENGTH", 64)));
        Assert.Equal(new byte[4], data);
        var result = bench.A.Run(Cdb.Of(PrimaryCommands.SecurityProtocolIn, ("SECURITY PROTOCOL", 1)));
        Assert.Equal(AdditionalSense.InvalidFieldInCdb, result.CodeOf());
    }

    [Fact]
    public async Task EchoBuffer_EachNexusItsOwn_EmptyIsACommandSequenceError()
    {
        using var bench = await Bench.StartAsync();
        var read = Cdb.Of(PrimaryCommands.ReadBuffer10, ("MODE", 0x0A), ("ALLOCATION LENGTH", 8));
        bench.A.Run(read, dataIn: new byte[8]).Check(SenseKey.IllegalRequest, AdditionalSense.CommandSequenceError);
        Write(bench.A, [1, 2, 3, 4, 5, 6, 7, 8]);
        Write(bench.B, [9, 9, 9, 9, 9, 9, 9, 9]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], bench.A.Ask(read));
        Assert.Equal([9, 9, 9, 9, 9, 9, 9, 9], bench.B.Ask(read));
        Assert.Equal([1, 0, 0x10, 0],
            bench.A.Ask(Cdb.Of(PrimaryCommands.ReadBuffer10, ("MODE", 0x0B), ("ALLOCATION LENGTH", 8))));
    }

    [Theory]
    [InlineData(0x04)]
    [InlineData(0x05)]
    [InlineData(0x07)]
    [InlineData(0x0D)]
    [InlineData(0x0F)]
    public async Task WriteBuffer_Microcode_Refused(int mode)
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(PrimaryCommands.WriteBuffer, ("MODE", (ulong)mode), ("PARAMETER LIST LENGTH", 4)),
            new byte[4]).CheckField(1, 4);
    }

    [Fact]
    public async Task SelfTests_Good_ReservedCodesRefused()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(PrimaryCommands.SendDiagnostic, ("SELFTEST", 1))).Good();
        foreach (var code in new ulong[] { 1, 2, 5, 6 })
            bench.A.Run(Cdb.Of(PrimaryCommands.SendDiagnostic, ("SELF-TEST CODE", code))).Good();
        // SPC-6: 100b is for whoever has a self-test in the background.
        foreach (var code in new ulong[] { 3, 4, 7 })
            bench.A.Run(Cdb.Of(PrimaryCommands.SendDiagnostic, ("SELF-TEST CODE", code))).CheckField(1, 7);
    }

    [Fact]
    public async Task Timestamp_Set_GoesOnFromThere_OthersHear()
    {
        using var bench = await Bench.StartAsync();
        _ = bench.B;
        var report = Cdb.Of(PrimaryCommands.ReportTimestamp, ("ALLOCATION LENGTH", 12));
        Assert.Equal(3, bench.A.Ask(report)[2]);                    // set by other means
        byte[] list = [0, 0, 0, 0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0, 0];
        bench.A.Run(Cdb.Of(PrimaryCommands.SetTimestamp, ("PARAMETER LIST LENGTH", 12)), list).Good();
        var data = bench.A.Ask(report);
        Assert.Equal((0, 10, 2), (data[0], data[1], data[2]));
        var passed = (BinaryPrimitives.ReadInt64BigEndian(data.AsSpan(2)) & 0xFFFF_FFFF_FFFF) - 0x0102_0304_0506;
        Assert.InRange(passed, 0, 60_000);
        bench.B.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.TimestampChanged);
        list[1] = 1;
        bench.A.Run(Cdb.Of(PrimaryCommands.SetTimestamp, ("PARAMETER LIST LENGTH", 12)), list).CheckParameter(1, 0);
        bench.A.Run(Cdb.Of(PrimaryCommands.SetTimestamp, ("PARAMETER LIST LENGTH", 11)), list[..11])
            .Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
    }

    [Fact]
    public async Task GeneralStatistics_CountWhatWasDone_LogSelectPutsThemToZero()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Ask(Cdb.Read10(0, 3), 1536);
        bench.A.Run(Cdb.Write10(0, 2), new byte[1024]).Good();
        Assert.Equal([1UL, 1, 2, 3], Counters(bench));
        _ = bench.B;
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1))).Good();
        Assert.Equal([0UL, 0, 0, 0], Counters(bench));
        bench.B.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.LogParametersChanged);
    }

    [Fact]
    public async Task LogSense_SupportedPages_AndNoOthers()
    {
        using var bench = await Bench.StartAsync();
        byte[] pages = [0x00, 0x02, 0x03, 0x05, 0x06, 0x07, 0x0B, 0x0D, 0x0E, 0x0F, 0x10, 0x19, 0x1A, 0x2F];
        Assert.Equal([0, 0, 0, (byte)pages.Length, .. pages], bench.A.Ask(Log()));
        byte[] all = [.. pages.SelectMany(page => (byte[])(page == 0x0D
            ? [page, 0, page, 1, page, 2, page, 0xFF]
            : [page, 0, page, 0xFF]))];
        Assert.Equal([0x40, 0xFF, 0, (byte)all.Length, .. all], bench.A.Ask(Log(("SUBPAGE CODE", 0xFF))));
        Assert.Equal([0x59, 0xFF, 0, 4, 0x19, 0, 0x19, 0xFF],
            bench.A.Ask(Log(("PAGE CODE", 0x19), ("SUBPAGE CODE", 0xFF))));
        bench.A.Run(Log(("PAGE CODE", 0x30))).CheckField(2, 5);
        bench.A.Run(Log(("PAGE CODE", 0x19), ("SUBPAGE CODE", 3))).CheckField(3);
        bench.A.Run(Log(("PAGE CODE", 0x19), ("PARAMETER POINTER", 2))).CheckField(5);
    }

    private static byte[] Log(params (string, ulong)[] fields) =>
        Cdb.Of(PrimaryCommands.LogSense, [.. fields, ("PC", 1), ("ALLOCATION LENGTH", 4096)]);

    private static ulong[] Counters(Bench bench)
    {
        var parameters = LogPage.Parse(
            bench.A.Ask(Log(("PAGE CODE", 0x19))), LogPageCode.GeneralStatisticsAndPerformance)!;
        var value = Assert.Single(parameters).Value;
        return [.. Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadUInt64BigEndian(value.Span[(i * 8)..]))];
    }

    private static void Write(Port.Virtual.VirtualInitiator host, byte[] bytes) => host.Run(
        Cdb.Of(PrimaryCommands.WriteBuffer, ("MODE", 0x0A), ("PARAMETER LIST LENGTH", (ulong)bytes.Length)),
        bytes).Good();
}
