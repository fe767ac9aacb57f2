using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Backing.Ram;
using Lunette.Backing.Workers;
using Lunette.Lu.Disk.Medium;
using Lunette.Lu.Disk.Tests.Protection;
using Lunette.Lu.Disk.Uncorrectable;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>WRITE LONG (SBC-5): what reads a marked block fails, what writes it heals it.</summary>
public sealed class WriteLongTests
{
    private const ulong Bad = 9;

    private static readonly byte[] s_block = [.. Enumerable.Repeat((byte)0xC3, 512)];

    /// <summary>What heals: commands that write block 9 among others.</summary>
    public static TheoryData<string, byte[], byte[]> Healers => new()
    {
        { "WRITE (10)", Cdb.Blocks(BlockCommands.Write10, Bad, 1), s_block },
        { "WRITE (16), more blocks, FUA", Cdb.Blocks(BlockCommands.Write16, 8, 3, ("FUA", 1UL)), new byte[3 * 512] },
        { "WRITE AND VERIFY (10)", Cdb.Blocks(BlockCommands.WriteAndVerify10, Bad, 1, ("BYTCHK", 1UL)), s_block },
        { "WRITE SAME (16)", Cdb.Blocks(BlockCommands.WriteSame16, 0, 20), s_block },
        { "WRITE SAME (16), UNMAP", Cdb.Blocks(BlockCommands.WriteSame16, 0, 20, ("UNMAP", 1UL), ("NDOB", 1UL)), [] },
        { "WRITE ATOMIC (16)", Cdb.Blocks(BlockCommands.WriteAtomic16, Bad, 1), s_block },
        { "UNMAP", Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24UL)),
            [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0] },
        { "REASSIGN BLOCKS", Cdb.Of(BlockCommands.ReassignBlocks), [0, 0, 0, 4, 0, 0, 0, 9] },
        { "FORMAT UNIT", Cdb.Of(BlockCommands.FormatUnit), [] },
        { "SANITIZE, BLOCK ERASE", Cdb.Of(BlockCommands.SanitizeBlockErase), [] },
        { "SANITIZE, OVERWRITE", Cdb.Of(BlockCommands.SanitizeOverwrite, ("PARAMETER LIST LENGTH", 5UL)),
            [1, 0, 0, 1, 0] },
    };

    [Theory]
    [MemberData(nameof(Healers))]
    public async Task MarkedBlock_ThatIsWritten_ReadsAgain(string name, byte[] cdb, byte[] data)
    {
        await using var rig = await StartAsync("ram");
        DiskRig.Good(rig.Run(cdb, data));
        Assert.Equal((name, true), (name, rig.Disk.Uncorrectable.IsEmpty));
        rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 20), 20 * 512);
    }

    public static TheoryData<string, byte[], byte[]> Readers => new()
    {
        { "READ (10)", Cdb.Blocks(BlockCommands.Read10, Bad, 1), [] },
        { "READ (16), more blocks", Cdb.Blocks(BlockCommands.Read16, 0, 32), [] },
        { "VERIFY (10)", Cdb.Blocks(BlockCommands.Verify10, 4, 16), [] },
        { "COMPARE AND WRITE", Cdb.Blocks(BlockCommands.CompareAndWrite, Bad, 1), new byte[1024] },
        { "ORWRITE (16)", Cdb.Blocks(BlockCommands.OrWrite16, Bad, 1), s_block },
    };

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task MarkedBlock_ThatIsRead_MarkedBadByApplicationClientAtIt(string name, byte[] cdb, byte[] data)
    {
        await using var rig = await StartAsync("file");
        var result = rig.Run(new ScsiRequest(cdb) { DataOut = data, DataIn = new byte[64 * 512] });
        var sense = DiskRig.SenseOf(result);
        Assert.Equal((name, SenseKey.MediumError, AdditionalSense.ReadErrorLbaMarkedBadByApplicationClient, Bad),
            (name, sense.Key, sense.Code, sense.Information));
        Assert.False(rig.Disk.Uncorrectable.IsEmpty);
    }

    [Fact]
    public async Task MarkedBlock_ItsNeighbours_AreReadAndWritten()
    {
        await using var rig = await StartAsync("ram");
        foreach (var lba in (ulong[])[Bad - 1, Bad + 1])
        {
            DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, lba, 1), s_block));
            Assert.Equal(s_block, rig.Read(Cdb.Blocks(BlockCommands.Read16, lba, 1), 512));
        }
        Assert.True(rig.Disk.Uncorrectable.Contains(Bad));
    }

    [Fact]
    public async Task MarkedBlock_ReadErrors_AreNotCounted()
    {
        await using var rig = await StartAsync("ram");
        rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, Bad, 1)) { DataIn = new byte[512] });
        Assert.Equal(0, rig.Disk.Statistics.ReadErrors);
    }

    [Fact]
    public async Task WriteLong_WithoutWrUncor_InvalidFieldAtIt()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        foreach (var row in (CommandDescriptor[])[BlockCommands.WriteLong10, BlockCommands.WriteLong16])
        {
            var result = rig.Run(Cdb.Of(row));
            DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
            Assert.Equal(Sense.FieldPointer(commandData: true, 1, 6), DiskRig.SenseOf(result).SenseKeySpecific);
            var past = Cdb.Of(row, ("WR_UNCOR", 1UL), ("LOGICAL BLOCK ADDRESS", 2048UL));
            DiskRig.Refused(rig.Run(past), SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
        }
        var page = rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", 0x86UL),
            ("ALLOCATION LENGTH", 255UL)), 255);
        Assert.True(ExtendedInquiryData.Parse(page)!.WriteUncorrectable);
    }

    [Fact]
    public async Task WriteLong_MoreBlocksThanThereIsRoomFor_InsufficientResources()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(2 << 20));
        for (var lba = 0UL; lba < UncorrectableBlocks.CountMax; lba++) DiskRig.Good(rig.Run(Mark(lba)));
        DiskRig.Refused(rig.Run(Mark(2000)), SenseKey.IllegalRequest, AdditionalSense.InsufficientResources);
        DiskRig.Good(rig.Run(Mark(0)));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 1), s_block));
        DiskRig.Good(rig.Run(Mark(2000)));
    }

    // Two at once for the last place: both see it free, one gets it.
    [Fact]
    public async Task WriteLong_TwoForTheLastPlace_OneHasInsufficientResources()
    {
        var jobs = new HeldJobs();
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(2 << 20) with { Jobs = jobs });
        for (var lba = 0UL; lba < UncorrectableBlocks.CountMax - 1; lba++) DiskRig.Good(rig.Run(Mark(lba)));
        jobs.Holds = true;
        var first = rig.Start(new ScsiRequest(Mark(2000)));
        var second = rig.Start(new ScsiRequest(Mark(2001)));
        jobs.Release();
        DiskRig.Good(rig.Finish(first));
        DiskRig.Refused(rig.Finish(second), SenseKey.IllegalRequest, AdditionalSense.InsufficientResources);
    }

    // What heals is durable before the mark is forgotten, whatever the write cache says.
    [Theory]
    [MemberData(nameof(Healers))]
    public async Task MarkedBlock_IsHealedByADurableWriteOnly(string name, byte[] cdb, byte[] data)
    {
        await using var rig = await StartAsync("file");
        var watch = rig.Disk.OpenStore!.Push(s => new DurabilityWatch(s))!;
        DiskRig.Good(rig.Run(cdb, data));
        Assert.Equal((name, 0), (name, watch.Volatile));
    }

    [Fact]
    public async Task MarkedBlock_DiskOfflineAndOnline_IsMarkedUntilItsWriteIsRemembered()
    {
        var marks = new Marks();
        await using var rig = await DiskRig.StartAsync(
            DiskRig.Options() with { Marks = marks }, () => new(new RamStore(1 << 20), null));
        DiskRig.Good(rig.Run(Mark(Bad)));
        Assert.Equal([Bad], marks.Uncorrectable);
        // What cannot be remembered is not answered as done.
        marks.Fails = true;
        DiskRig.Refused(rig.Run(Cdb.Blocks(BlockCommands.Write16, Bad, 1), s_block), SenseKey.MediumError,
            AdditionalSense.WriteError);
        DiskRig.Refused(rig.Run(Mark(5)), SenseKey.HardwareError, AdditionalSense.InternalTargetFailure);
        Assert.Equal([Bad], marks.Uncorrectable);
        marks.Fails = false;
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, Bad, 1), s_block));
        Assert.Empty(marks.Uncorrectable);
        marks.Uncorrectable = [3];
        Assert.True((await rig.Disk.OfflineAsync(TestContext.Current.CancellationToken)).Succeeded);
        Assert.True((await rig.Disk.OnlineAsync(TestContext.Current.CancellationToken)).Succeeded);
        Assert.True(rig.Disk.Uncorrectable.Contains(3));
    }

    [Fact]
    public async Task MarkedBlock_CutOff_IsForgotten_OrNothingIsCut()
    {
        var marks = new Marks();
        await using var rig = await DiskRig.StartAsync(
            DiskRig.Options(2 << 20) with { Marks = marks }, () => new(new RamStore(2 << 20), null));
        DiskRig.Good(rig.Run(Mark(Bad)));
        DiskRig.Good(rig.Run(Mark(3000)));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 2999, 1), s_block));
        marks.Fails = true;
        Assert.NotNull(await ResizeAsync(rig, 1 << 20));
        Assert.Equal(s_block, rig.Read(Cdb.Blocks(BlockCommands.Read16, 2999, 1), 512));
        // What grows has nothing to forget.
        Assert.Null(await ResizeAsync(rig, 4 << 20));
        marks.Fails = false;
        Assert.Null(await ResizeAsync(rig, 1 << 20));
        Assert.Equal([Bad], marks.Uncorrectable);
        Assert.Null(await ResizeAsync(rig, 2 << 20));
        DiskRig.Refused(rig.Run(Cdb.Of(PrimaryCommands.TestUnitReady)), SenseKey.UnitAttention,
            AdditionalSense.CapacityDataHasChanged);
        Assert.Equal(new byte[512], rig.Read(Cdb.Blocks(BlockCommands.Read16, 3000, 1), 512));
    }

    [Fact]
    public async Task MarkedBlock_Protected_FailsAndIsHealedWithItsTags()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        DiskRig.Good(rig.Run(Mark(Bad)));
        var read = new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 0, 16)) { DataIn = new byte[16 * 512] };
        DiskRig.Refused(rig.Run(read), SenseKey.MediumError, AdditionalSense.ReadErrorLbaMarkedBadByApplicationClient);
        var unit = ProtectedRig.Unit(s_block, 0, (uint)Bad);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, Bad, 1, ("WRPROTECT", 1UL)), unit));
        Assert.Equal(unit, ProtectedRig.ReadUnit(rig, Bad));
    }

    [Fact]
    public async Task MarkedBlock_Copied_ThirdPartyDeviceFailure()
    {
        await using var rig = await StartAsync("ram");
        var copy = CopyLists.Request(PrimaryCommands.ExtendedCopyLid4,
            CopyLists.Lid4(rig.Disk, rig.Disk, 1, 0, 1000, 16));
        DiskRig.Refused(rig.Run(copy), SenseKey.CopyAborted, AdditionalSense.ThirdPartyDeviceFailure);
        // As a destination it is written like any.
        DiskRig.Good(rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4,
            CopyLists.Lid4(rig.Disk, rig.Disk, 1, 100, 0, 16))));
        Assert.True(rig.Disk.Uncorrectable.IsEmpty);
    }

    private static async Task<string?> ResizeAsync(DiskRig rig, long length) =>
        (await rig.Disk.ResizeAsync(length, TestContext.Current.CancellationToken)).Reason;

    private static async Task<DiskRig> StartAsync(string store)
    {
        var rig = await DiskRig.StartAsync(DiskRig.Options(), store);
        DiskRig.Good(rig.Run(Mark(Bad)));
        return rig;
    }

    private static byte[] Mark(ulong lba) =>
        Cdb.Of(BlockCommands.WriteLong16, ("WR_UNCOR", 1UL), ("LOGICAL BLOCK ADDRESS", lba));

    private sealed class HeldJobs : IJobQueue
    {
        private readonly Queue<BlockingJob> _held = [];

        public bool Holds { get; set; }

        public void Post(BlockingJob job)
        {
            if (Holds) _held.Enqueue(job);
            else job.Run();
        }

        public void Release()
        {
            Holds = false;
            while (_held.TryDequeue(out var job)) job.Run();
        }
    }

    // Counts writes of block 9 that may be lost; what goes over the whole medium flushes it at its end.
    private sealed class DurabilityWatch(BackingStore beneath) : StoreFilter(beneath)
    {
        public int Volatile { get; private set; }

        public override string Name => "watch";

        public override bool Start(StoreRequest request)
        {
            var touches = request.Offset <= (long)Bad * 512 && request.Offset + request.Length > (long)Bad * 512;
            var whole = request.Length >= LengthBytes;
            if (Changes(request) && touches && !whole && !request.ForceUnitAccess) Volatile++;
            return base.Start(request);
        }
    }

    private sealed class Marks : IDiskMarks
    {
        public bool Fails { get; set; }

        public SanitizeKind Sanitizing => SanitizeKind.None;

        public IReadOnlyList<ulong> Uncorrectable { get; set; } = [];

        public string? SetSanitizing(SanitizeKind kind) => null;

        public string? SetUncorrectable(IReadOnlyList<ulong> blocks)
        {
            if (Fails) return "no";
            Uncorrectable = blocks;
            return null;
        }

        public string? SetProtection(ProtectionType type) => null;
    }
}
