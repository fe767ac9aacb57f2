using Lunette.Backing.Filters;
using Lunette.Lu.Disk.Medium;
using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>FORMAT UNIT and SANITIZE (SBC-5): progress, ends, failures, restarts.</summary>
public sealed class MediumJobTests
{
    private static readonly byte[] s_testUnitReady = new byte[6];
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i + 1))];

    [Theory]
    [InlineData("ram", true)]
    [InlineData("ram", false)]
    [InlineData("file", true)]
    [InlineData("file", false)]
    public async Task FormatUnit_NotImmediate_EndsWhenAllIsZero(string store, bool thin)
    {
        await using var rig = await StartWithData(DiskRig.Options(thin: thin), store);
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatUnit)));
        Assert.Equal(new byte[4096], ReadFirst(rig));
    }

    [Fact]
    public async Task FormatUnit_Immediate_NotReadyWithProgressUntilItIsDone()
    {
        await using var rig = await StartWithData(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL)), [0, 0x82, 0, 0]));
        var result = rig.Run(s_testUnitReady);
        DiskRig.Refused(result, SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyFormatInProgress);
        Assert.NotEqual(0u, DiskRig.SenseOf(result).SenseKeySpecific & 0x80_0000);
        DiskRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.Read10, 0, 1)), SenseKey.NotReady,
            AdditionalSense.LogicalUnitNotReadyFormatInProgress);
        rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 96UL)), 96);
        hang.Release();
        UntilReady(rig);
        Assert.Equal(new byte[4096], ReadFirst(rig));
    }

    [Theory]
    [InlineData(0, 0x01, new byte[] { 0, 0, 0, 0 }, 0)]        // PROTECTION FIELDS USAGE without protection
    [InlineData(1, 0x08, new byte[] { 0, 0, 0, 0 }, 1)]        // IP without FOV
    [InlineData(3, 0x04, new byte[] { 0, 0, 0, 0 }, 2)]        // a defect list
    public async Task FormatUnit_HeaderThatIsNotSupported_InvalidFieldAtIt(int index, byte value, byte[] header, int at)
    {
        await using var rig = await StartWithData(DiskRig.Options());
        header[index] = value;
        var result = rig.Run(Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL)), header);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
        Assert.Equal((uint)at, DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
        Assert.Equal(s_data, ReadFirst(rig));
    }

    [Theory]
    [InlineData("ram", 1, false, new byte[] { 0xA5, 0x5A })]
    [InlineData("file", 2, true, new byte[] { 1, 2, 3 })]
    public async Task SanitizeOverwrite_Pattern_EveryBlockBeginsWithIt(
        string store, byte count, bool inverts, byte[] pattern)
    {
        await using var rig = await StartWithData(DiskRig.Options(), store);
        byte[] list = [(byte)(count | (inverts ? 0x80 : 0)), 0, 0, (byte)pattern.Length, .. pattern];
        var cdb = Cdb.Of(BlockCommands.SanitizeOverwrite, ("PARAMETER LIST LENGTH", (ulong)list.Length));
        DiskRig.Good(rig.Run(cdb, list));
        var last = inverts && count % 2 == 0;
        var block = Enumerable.Range(0, 512).Select(i => pattern[i % pattern.Length]).Select(b => last ? (byte)~b : b);
        var all = rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 2048), 1 << 20);
        Assert.Equal(Enumerable.Repeat(block, 2048).SelectMany(b => b), all);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0 })]
    public async Task SanitizeOverwrite_ListWithoutPattern_InvalidFieldInCdb(byte[] list)
    {
        await using var rig = await StartWithData(DiskRig.Options());
        var cdb = Cdb.Of(BlockCommands.SanitizeOverwrite, ("PARAMETER LIST LENGTH", (ulong)list.Length));
        DiskRig.Refused(rig.Run(cdb, list), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
    }

    [Fact]
    public async Task Sanitize_ZoneBitOnADiskWithoutZones_InvalidFieldAtIt()
    {
        await using var rig = await StartWithData(DiskRig.Options());
        var result = rig.Run(Cdb.Of(BlockCommands.SanitizeBlockErase, ("ZNR", 1UL)));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 1, 6), DiskRig.SenseOf(result).SenseKeySpecific);
        Assert.Equal(s_data, ReadFirst(rig));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sanitize_StoreFails_FailureModeUntilLeftWhereAllowed(bool allowsExit)
    {
        await using var rig = await StartWithData(DiskRig.Options());
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, 0, 512, reads: false));
        var erase = Cdb.Of(BlockCommands.SanitizeBlockErase, ("AUSE", allowsExit ? 1UL : 0));
        DiskRig.Refused(rig.Run(erase), SenseKey.MediumError, AdditionalSense.SanitizeCommandFailed);
        DiskRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.Read10, 0, 1)), SenseKey.MediumError,
            AdditionalSense.SanitizeCommandFailed);
        Assert.True(await rig.Disk.OpenStore.PopAsync());
        var exit = rig.Run(Cdb.Of(BlockCommands.SanitizeExitFailureMode));
        if (allowsExit)
        {
            DiskRig.Good(exit);
        }
        else
        {
            DiskRig.Refused(exit, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
            DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.SanitizeCryptographicErase)));
        }
        UntilReady(rig);
    }

    [Fact]
    public async Task Sanitize_OfflineInTheMiddle_BegunAnewWhenOnlineAgain()
    {
        var marks = new Marks();
        await using var rig = await StartWithData(DiskRig.Options() with { Marks = marks }, "file");
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.SanitizeBlockErase, ("IMMED", 1UL))));
        Assert.Equal(SanitizeKind.BlockErase, marks.Sanitizing);
        Assert.True(SpinWait.SpinUntil(() => hang.Held == 1, TimeSpan.FromSeconds(120)));
        // The step in the store is let go without an effect, as if the power had gone before it.
        var offline = rig.Disk.OfflineAsync(CancellationToken.None);
        hang.Release();
        Assert.True((await offline).Succeeded);
        Assert.Equal(SanitizeKind.BlockErase, marks.Sanitizing);

        Assert.True((await rig.Disk.OnlineAsync(CancellationToken.None)).Succeeded);
        rig.Run(s_testUnitReady);       // power on
        UntilReady(rig);
        Assert.Equal(SanitizeKind.None, marks.Sanitizing);
        Assert.Equal(new byte[4096], ReadFirst(rig));
    }

    [Fact]
    public async Task FormatUnit_AbortedWhileItRuns_CommandEndsAndTheFormatGoesOn()
    {
        await using var rig = await StartWithData(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        var format = rig.Start(new ScsiRequest(Cdb.Of(BlockCommands.FormatUnit)));
        var abort = rig.Host.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: format.Tag);
        rig.Finish(format);
        Assert.False(format.Answered);
        Assert.Equal(ServiceResponse.FunctionComplete, await abort);
        DiskRig.Refused(rig.Run(s_testUnitReady), SenseKey.NotReady,
            AdditionalSense.LogicalUnitNotReadyFormatInProgress);
        Assert.True(SpinWait.SpinUntil(() => hang.Held == 1, TimeSpan.FromSeconds(120)));
        hang.Release();
        UntilReady(rig);
    }

    // SBC-5, Sanitize operations: what needs no medium is answered meanwhile, what has waited for it is refused.
    [Fact]
    public async Task Sanitize_WhileItRuns_InquiryAnsweredAndWaitingWritesRefused()
    {
        await using var rig = await StartWithData(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        var read = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 0, 1)) { DataIn = new byte[512] });
        var sanitize = rig.Start(new ScsiRequest(Cdb.Of(BlockCommands.SanitizeCryptographicErase)));
        var write = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 0, 1)) { DataOut = new byte[512] });
        var inquiry = rig.Start(
            new ScsiRequest(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 36UL))) { DataIn = new byte[36] });
        hang.Release();
        hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        DiskRig.Good(rig.Finish(read));
        DiskRig.Refused(
            rig.Finish(write), SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadySanitizeInProgress);
        DiskRig.Good(rig.Finish(inquiry));
        Assert.False(sanitize.HasEnded);
        foreach (var (cdb, allowed) in DuringSanitize())
        {
            var result = rig.Run(new ScsiRequest(cdb) { DataIn = new byte[255] });
            if (allowed) DiskRig.Good(result);
            else DiskRig.Refused(
                result, SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadySanitizeInProgress);
        }
        Assert.True(SpinWait.SpinUntil(() => hang.Held == 1, TimeSpan.FromSeconds(120)));
        hang.Release();
        DiskRig.Good(rig.Finish(sanitize));
        UntilReady(rig);
    }

    // SBC-5, Commands allowed during sanitize, and some that are not.
    private static IEnumerable<(byte[] Cdb, bool Allowed)> DuringSanitize() =>
    [
        (Cdb.Of(PrimaryCommands.ReportLuns, ("ALLOCATION LENGTH", 255UL)), true),
        (Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252UL)), true),
        (Cdb.Of(BlockCommands.ReadCapacity10), true),
        (Cdb.Of(BlockCommands.ReadCapacity16, ("ALLOCATION LENGTH", 32UL)), true),
        (Cdb.Of(PrimaryCommands.ReportSupportedOperationCodes, ("ALLOCATION LENGTH", 255UL)), true),
        (Cdb.Of(PrimaryCommands.ReportSupportedTaskManagementFunctions, ("ALLOCATION LENGTH", 16UL)), true),
        (Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x0AUL), ("ALLOCATION LENGTH", 255UL)), true),
        (Cdb.Of(PrimaryCommands.ModeSense10, ("PAGE CODE", 0x1CUL), ("ALLOCATION LENGTH", 255UL)), true),
        (Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x01UL), ("ALLOCATION LENGTH", 255UL)), false),
        (Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x3FUL), ("ALLOCATION LENGTH", 255UL)), false),
        (Cdb.Of(PrimaryCommands.TestUnitReady), false),
        (Cdb.Of(PrimaryCommands.PersistentReserveInReadKeys, ("ALLOCATION LENGTH", 255UL)), false),
        (Cdb.Of(PrimaryCommands.LogSense, ("ALLOCATION LENGTH", 255UL)), false),
    ];

    [Fact]
    public async Task ReassignBlocks_AddressPastTheEnd_LbaOutOfRange()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.ReassignBlocks), [0, 0, 0, 4, 0, 0, 0, 9]));
        DiskRig.Refused(rig.Run(Cdb.Of(BlockCommands.ReassignBlocks), [0, 0, 0, 4, 0, 0, 8, 0]),
            SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
        DiskRig.Refused(rig.Run(Cdb.Of(BlockCommands.ReassignBlocks), [0, 0, 0, 8, 0, 0, 0, 0]),
            SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
    }

    // SBC-5, READ DEFECT DATA commands: the header with the lists that were asked for, and no descriptors.
    [Fact]
    public async Task ReadDefectData_AnyListInAnyFormat_HeaderAndNoDefects()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        for (var lists = 0UL; lists < 4; lists++)
        {
            for (var format = 0UL; format < 6; format++)
            {
                var told = (byte)(lists << 3 | format);
                Assert.Equal([0, told, 0, 0], rig.Read(Defects(BlockCommands.ReadDefectData10), 64));
                Assert.Equal([0, told, 0, 0, 0, 0, 0, 0], rig.Read(Defects(BlockCommands.ReadDefectData12), 64));

                byte[] Defects(CommandDescriptor command) => Cdb.Of(command, ("REQ_PLIST", lists >> 1),
                    ("REQ_GLIST", lists & 1), ("DEFECT LIST FORMAT", format), ("ALLOCATION LENGTH", 64UL));
            }
        }
    }

    // 110b is vendor specific, and this vendor has none; 111b is reserved.
    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public async Task ReadDefectData_FormatThereIsNone_InvalidField(ulong format)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        foreach (var command in (CommandDescriptor[])[BlockCommands.ReadDefectData10, BlockCommands.ReadDefectData12])
        {
            DiskRig.Refused(
                rig.Run(Cdb.Of(command, ("DEFECT LIST FORMAT", format), ("ALLOCATION LENGTH", 64UL))),
                SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        }
    }

    private static async Task<DiskRig> StartWithData(DiskOptions options, string store = "ram")
    {
        var rig = await DiskRig.StartAsync(options, store);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 8), s_data));
        return rig;
    }

    private static byte[] ReadFirst(DiskRig rig) => rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 8), 4096);

    private static void UntilReady(DiskRig rig)
    {
        var ready = SpinWait.SpinUntil(
            () => rig.Run(s_testUnitReady).IsGood && ((ManualLoop)rig.Host.Loop).Pump() >= 0,
            TimeSpan.FromSeconds(120));
        Assert.True(ready, "it never becomes ready");
    }

    private sealed class Marks : IDiskMarks
    {
        public SanitizeKind Sanitizing { get; private set; }

        public string? SetSanitizing(SanitizeKind kind)
        {
            Sanitizing = kind;
            return null;
        }

        public IReadOnlyList<ulong> Uncorrectable => [];

        public string? SetUncorrectable(IReadOnlyList<ulong> blocks) => null;

        public string? SetProtection(ProtectionType type) => null;
    }
}
