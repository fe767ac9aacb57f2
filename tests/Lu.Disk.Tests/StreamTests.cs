using Lunette.Lu.Disk.Streams;
using Lunette.Lu.Disk.Tests.Protection;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Stream control (SBC-5): streams are opened, written, told of and closed.</summary>
public sealed class StreamTests
{
    private static readonly byte[] s_block = [.. Enumerable.Range(0, 512).Select(i => (byte)(i + 7))];

    [Fact]
    public async Task StreamControl_OpenWriteClose_HasTheStandardsBytes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        // PARAMETER LENGTH, reserved, ASSIGNED_STR_ID, reserved.
        Assert.Equal(new byte[] { 7, 0, 0, 0, 0, 1, 0, 0 }, rig.Read(Open(), 64));
        Assert.Equal(new byte[] { 7, 0, 0, 0, 0, 2, 0, 0 }, rig.Read(Open(), 64));
        // PARAMETER DATA LENGTH, reserved, NUMBER OF OPEN STREAMS; then each STREAM IDENTIFIER.
        Assert.Equal(
            new byte[] { 0, 0, 0, 16, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0 },
            rig.Read(Status(0), 64));
        DiskRig.Good(rig.Run(Write(2, 8), s_block));
        Assert.Equal(s_block, rig.Read(Cdb.Blocks(BlockCommands.Read16, 8, 1), 512));
        Assert.Equal(new byte[] { 7, 0, 0, 0, 0, 0, 0, 0 }, rig.Read(Close(1), 64));
        Assert.Equal(new byte[] { 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0 }, rig.Read(Status(1), 64));
        Assert.Equal(new byte[] { 0, 0, 0, 0, 0, 0, 0, 1 }, rig.Read(Status(3), 64));
        // What is closed is given out again.
        Assert.Equal(1, rig.Read(Open(), 64)[5]);
    }

    [Fact]
    public async Task Stream_ThatIsNotOpen_StreamNotOpen()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        foreach (var stream in (ulong[])[0, 1, StreamTable.StreamsMax + 1, ushort.MaxValue])
        {
            DiskRig.Refused(rig.Run(Write(stream, 0), s_block), SenseKey.IllegalRequest, AdditionalSense.StreamNotOpen);
            DiskRig.Refused(rig.Run(Close(stream)), SenseKey.IllegalRequest, AdditionalSense.StreamNotOpen);
        }
        Assert.Equal(new byte[512], rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 1), 512));
    }

    [Fact]
    public async Task StreamControl_AsManyAsThePageSays_MaximumNumberOfStreamsOpen()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var page = rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", 0xB7UL),
            ("ALLOCATION LENGTH", 255UL)), 255);
        var most = BlockLimitsExtension.Parse(page)!.MaximumNumberOfStreams;
        Assert.Equal(StreamTable.StreamsMax, most);
        for (var i = 1; i <= most; i++) Assert.Equal(i, rig.Read(Open(), 64)[5]);
        DiskRig.Refused(rig.Run(Open()), SenseKey.IllegalRequest, AdditionalSense.MaximumNumberOfStreamsOpen);
        Assert.Equal(8 + (8 * most), rig.Read(Status(0), 4096).Length);
        var past = rig.Run(Status(most + 1UL));
        DiskRig.Refused(past, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 4, -1), DiskRig.SenseOf(past).SenseKeySpecific);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task StreamControl_ReservedOperation_InvalidFieldAtIt(int operation)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Of(BlockCommands.StreamControl, ("STR_CTL", (ulong)operation),
            ("ALLOCATION LENGTH", 8UL)));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 1, 6), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    [Fact]
    public async Task Streams_AfterFormatSanitizeResetAndPowerOn_AreClosed()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        rig.Read(Open(), 64);
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatUnit)));
        Assert.Equal(0, rig.Read(Status(0), 64)[7]);
        rig.Read(Open(), 64);
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.SanitizeBlockErase)));
        Assert.Equal(0, rig.Read(Status(0), 64)[7]);
        rig.Read(Open(), 64);
        var reset = rig.Host.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        rig.PumpUntil(() => reset.IsCompleted);
        rig.Run(new byte[6]);
        Assert.Equal(0, rig.Read(Status(0), 64)[7]);
        rig.Read(Open(), 64);
        Assert.True((await rig.Disk.OfflineAsync(TestContext.Current.CancellationToken)).Succeeded);
        Assert.True((await rig.Disk.OnlineAsync(TestContext.Current.CancellationToken)).Succeeded);
        rig.Run(new byte[6]);
        Assert.Equal(0, rig.Read(Status(0), 64)[7]);
    }

    [Fact]
    public async Task WriteStream_Protected_ChecksAndStoresProtectionInformation()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type2);
        rig.Read(Open(), 64);
        var unit = ProtectedRig.Unit(s_block, 0, 5);
        var cdb = Cdb.Blocks(BlockCommands.WriteStream32, 5, 1, ("STR_ID", 1UL), ("WRPROTECT", 1UL),
            ("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 5UL));
        DiskRig.Good(rig.Run(cdb, unit));
        Assert.Equal(unit, ProtectedRig.ReadUnit(rig, 5));
        unit[0] ^= 1;
        Assert.Equal(SenseKey.AbortedCommand, DiskRig.SenseOf(rig.Run(cdb, unit)).Key);
        cdb[5] = 2;
        DiskRig.Refused(rig.Run(cdb, unit), SenseKey.IllegalRequest, AdditionalSense.StreamNotOpen);
    }

    private static byte[] Open() => Control(1, 0);

    private static byte[] Close(ulong stream) => Control(2, stream);

    private static byte[] Control(ulong operation, ulong stream) => Cdb.Of(BlockCommands.StreamControl,
        ("STR_CTL", operation), ("STR_ID", stream), ("ALLOCATION LENGTH", 64UL));

    private static byte[] Status(ulong first) => Cdb.Of(BlockCommands.GetStreamStatus,
        ("STARTING STREAM IDENTIFIER", first), ("ALLOCATION LENGTH", 4096UL));

    private static byte[] Write(ulong stream, ulong lba) =>
        Cdb.Blocks(BlockCommands.WriteStream16, lba, 1, ("STR_ID", stream));
}
