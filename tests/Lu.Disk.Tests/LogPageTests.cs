using System.Buffers.Binary;
using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>What log pages of a disk tell of errors, formats and verifications (SBC-5).</summary>
public sealed class LogPageTests
{
    private const ulong Bad = 9;

    [Fact]
    public async Task PendingDefects_WhatCouldNotBeRead_IsListedUntilItIs()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Equal([], Defects(rig));
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, (long)Bad * 512, 512));
        for (var i = 0; i < 2; i++)
        {
            var read = new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 0, 32)) { DataIn = new byte[32 * 512] };
            DiskRig.Refused(rig.Run(read), SenseKey.MediumError, AdditionalSense.UnrecoveredReadError);
        }
        Assert.Equal([Bad], Defects(rig));
        rig.Read(Cdb.Blocks(BlockCommands.Read16, Bad + 1, 1), 512);
        Assert.Equal([Bad], Defects(rig));
        Assert.True(await rig.Disk.OpenStore!.PopAsync());
        rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 32), 32 * 512);
        Assert.Equal([], Defects(rig));
    }

    public static TheoryData<string, byte[], byte[]> Healers => new()
    {
        { "WRITE (10)", Cdb.Blocks(BlockCommands.Write10, Bad, 1), new byte[512] },
        { "WRITE SAME (16)", Cdb.Blocks(BlockCommands.WriteSame16, 0, 20, ("NDOB", 1UL)), [] },
        { "REASSIGN BLOCKS", Cdb.Of(BlockCommands.ReassignBlocks), [0, 0, 0, 4, 0, 0, 0, 9] },
        { "FORMAT UNIT", Cdb.Of(BlockCommands.FormatUnit), [] },
        { "SANITIZE, BLOCK ERASE", Cdb.Of(BlockCommands.SanitizeBlockErase), [] },
    };

    [Theory]
    [MemberData(nameof(Healers))]
    public async Task PendingDefect_WrittenOrReassigned_IsNoneAnyMore(string name, byte[] cdb, byte[] data)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, (long)Bad * 512, 512));
        rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, Bad, 1)) { DataIn = new byte[512] });
        Assert.True(await rig.Disk.OpenStore!.PopAsync());
        Assert.Equal([Bad], Defects(rig));
        DiskRig.Good(rig.Run(cdb, data));
        Assert.Equal((name, 0), (name, Defects(rig).Length));
    }

    // SBC-5, Pending Defects log page: a pseudo unrecovered error is none.
    [Fact]
    public async Task PendingDefects_MarkedByWriteLong_NotListed()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(
            Cdb.Of(BlockCommands.WriteLong16, ("WR_UNCOR", 1UL), ("LOGICAL BLOCK ADDRESS", Bad))));
        rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, Bad, 1)) { DataIn = new byte[512] });
        Assert.Equal([], Defects(rig));
    }

    [Fact]
    public async Task PendingDefectsAndFormat_AfterOfflineAndOnline_AreRemembered()
    {
        var options = DiskRig.Options();
        await using var rig = await DiskRig.StartAsync(
            options with { Unit = options.Unit with { Persistence = new KeptState() } }, "file");
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL)), [0x00, 0x80, 0, 0]));
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, (long)Bad * 512, 512));
        rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, Bad, 1)) { DataIn = new byte[512] });
        // What makes it save is a power condition that was entered.
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.StartStopUnit, ("POWER CONDITION", 2UL))));
        Assert.True((await rig.Disk.OfflineAsync(TestContext.Current.CancellationToken)).Succeeded);
        Assert.True((await rig.Disk.OnlineAsync(TestContext.Current.CancellationToken)).Succeeded);
        rig.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        Assert.Equal([Bad], Defects(rig));
        Assert.Equal("00800000", FormatDataOut(rig));
    }

    [Fact]
    public async Task FormatStatus_TellsOfTheLastFormat()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.All(Log(rig, LogPageCode.FormatStatus), p => Assert.All(p.Value.ToArray(), b => Assert.Equal(0xFF, b)));
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatUnit)));
        var page = Log(rig, LogPageCode.FormatStatus);
        Assert.Equal([0, 1, 2, 3, 4], page.Select(p => (int)p.Code));
        Assert.All(page, p => Assert.All(p.Value.ToArray(), b => Assert.Equal(0, b)));
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatUnit, ("FMTDATA", 1UL), ("LONGLIST", 1UL)),
            [0x00, 0x80, 0, 0, 0, 0, 0, 0]));
        Assert.Equal("0080000000000000", FormatDataOut(rig));
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, 0, 512));
        DiskRig.Refused(rig.Run(Cdb.Of(BlockCommands.FormatUnit)), SenseKey.MediumError,
            AdditionalSense.FormatCommandFailed);
        Assert.Equal("FFFFFFFF", FormatDataOut(rig));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_CountsApart(bool isProtected)
    {
        var options = DiskRig.Options() with { Protection = isProtected ? ProtectionType.Type0 : null };
        await using var rig = await DiskRig.StartAsync(options);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Verify16, 0, 8)));
        Assert.Equal((0UL, 4096UL), Counters(rig, LogPageCode.VerifyErrorCounters));
        Assert.Equal((0UL, 0UL), Counters(rig, LogPageCode.WriteErrorCounters));
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, (long)Bad * 512, 512));
        DiskRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.Verify10, Bad, 1)), SenseKey.MediumError,
            AdditionalSense.UnrecoveredReadError);
        Assert.Equal((1UL, 4096UL), Counters(rig, LogPageCode.VerifyErrorCounters));
        Assert.Equal(0UL, Counters(rig, LogPageCode.ReadErrorCounters).Errors);
    }

    [Fact]
    public async Task PowerOnMinutes_Pass()
    {
        var time = new MovedTime();
        var options = DiskRig.Options();
        await using var rig = await DiskRig.StartAsync(options with { Unit = options.Unit with { Time = time } });
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatUnit)));
        time.Offset += TimeSpan.FromMinutes(90);
        Assert.Equal(90U, BinaryPrimitives.ReadUInt32BigEndian(Log(rig, LogPageCode.BackgroundScan)[0].Value.Span));
        Assert.Equal(90U, BinaryPrimitives.ReadUInt32BigEndian(Log(rig, LogPageCode.FormatStatus)[4].Value.Span));
        Assert.True((await rig.Disk.OfflineAsync(TestContext.Current.CancellationToken)).Succeeded);
        time.Offset += TimeSpan.FromDays(1);
        Assert.True((await rig.Disk.OnlineAsync(TestContext.Current.CancellationToken)).Succeeded);
        time.Offset += TimeSpan.FromMinutes(30);
        rig.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.SendDiagnostic, ("SELFTEST", 1UL))));
        Assert.Equal(2, Log(rig, LogPageCode.SelfTestResults)[0].Value.Span[3]);    // ACCUMULATED POWER ON HOURS
    }

    [Fact]
    public async Task ErrorEvents_TellTheLastOnes_UntilTheyAreReset()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Empty(Log(rig, LogPageCode.LastErrorEvents));
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, (long)Bad * 512, 4 * 512));
        for (var i = 0; i < 20; i++)
        {
            rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, Bad + ((ulong)i % 4), 1))
            {
                DataIn = new byte[512],
            });
        }
        var page = Log(rig, LogPageCode.LastErrorEvents);
        Assert.Equal(Enumerable.Range(0, 16), page.Select(p => (int)p.Code));
        Assert.Equal("READ (16): 3h/11h,00h at LBA 12", System.Text.Encoding.ASCII.GetString(page[15].Value.Span));
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1UL), ("PAGE CODE", 7UL))));
        Assert.Empty(Log(rig, LogPageCode.LastErrorEvents));
    }

    private static string FormatDataOut(DiskRig rig) =>
        Convert.ToHexString(Log(rig, LogPageCode.FormatStatus)[0].Value.Span);

    private static ulong[] Defects(DiskRig rig)
    {
        var page = Log(rig, LogPageCode.PendingDefects);
        Assert.Equal((uint)page.Count - 1, BinaryPrimitives.ReadUInt32BigEndian(page[0].Value.Span));
        return [.. page.Skip(1).Select(p => BinaryPrimitives.ReadUInt64BigEndian(p.Value.Span[4..]))];
    }

    private static (ulong Errors, ulong Bytes) Counters(DiskRig rig, LogPageCode code)
    {
        var page = Log(rig, code);
        return (Value(0x0006), Value(0x0005));

        ulong Value(int parameter) =>
            BinaryPrimitives.ReadUInt64BigEndian(page.Single(p => p.Code == parameter).Value.Span);
    }

    private static IReadOnlyList<LogParameter> Log(DiskRig rig, LogPageCode code) => LogPage.Parse(rig.Read(
        Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL), ("PAGE CODE", (ulong)code >> 8),
            ("SUBPAGE CODE", (ulong)code & 0xFF), ("ALLOCATION LENGTH", 4096UL)), 4096), code)!;

    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override long GetTimestamp() =>
            base.GetTimestamp() + (long)(Offset.TotalSeconds * TimestampFrequency);
    }
}
