using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Backing.Ram;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// A disk that is not thin is resource provisioned (SBC-5, Resource provisioned logical units): its space is its own,
/// and what is unmapped is anchored.
/// </summary>
public sealed class ResourceProvisionedTests
{
    private const byte Mapped = 0;
    private const byte Anchored = 2;

    [Fact]
    public async Task Claims_AreOfAResourceProvisionedLogicalUnit()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: false));
        var page = LogicalBlockProvisioning.Parse(rig.Read(Cdb.Of(PrimaryCommands.Inquiry,
            ("EVPD", 1UL), ("PAGE CODE", 0xB2UL), ("ALLOCATION LENGTH", 255UL)), 255))!;
        Assert.Equal((ProvisioningType.Resource, true, true, true, true, 1, 0),
            (page.ProvisioningType, page.Unmap, page.WriteSame10Unmaps, page.WriteSame16Unmaps, page.Anchors,
                page.ReadZeros, page.ThresholdExponent));
        Assert.Equal((true, true), (rig.Disk.Capacity.ProvisioningManagement, rig.Disk.Capacity.ReadZeros));
    }

    public static TheoryData<string, byte[], byte[]> Unmappings => new()
    {
        { "UNMAP", Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24UL)), Eight },
        { "UNMAP, ANCHOR", Cdb.Of(BlockCommands.Unmap, ("ANCHOR", 1UL), ("PARAMETER LIST LENGTH", 24UL)), Eight },
        { "WRITE SAME (10)", Cdb.Blocks(BlockCommands.WriteSame10, 8, 8, ("UNMAP", 1UL)), new byte[512] },
        { "WRITE SAME (16), ANCHOR",
            Cdb.Blocks(BlockCommands.WriteSame16, 8, 8, ("UNMAP", 1UL), ("ANCHOR", 1UL), ("NDOB", 1UL)), [] },
    };

    [Theory]
    [MemberData(nameof(Unmappings))]
    public async Task Unmapping_AnchorsAndReadsAsZeros(string name, byte[] cdb, byte[] data)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: false));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 24), [.. Enumerable.Repeat((byte)1, 24 * 512)]));
        DiskRig.Good(rig.Run(cdb, data));
        Assert.Equal(new byte[8 * 512], rig.Read(Cdb.Blocks(BlockCommands.Read16, 8, 8), 8 * 512));
        Assert.Equal(1, rig.Read(Cdb.Blocks(BlockCommands.Read16, 16, 1), 512)[0]);
        Assert.Equal((name, Anchored, Mapped), (name, StatusOf(rig, 8), StatusOf(rig, 16)));
    }

    [Theory]
    [MemberData(nameof(Unmappings))]
    public async Task Unmapping_OfAFile_ItsSpaceStays(string name, byte[] cdb, byte[] data)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: false), "file");
        var store = rig.Disk.OpenStore!;
        Assert.InRange(store.Space.AllocatedBytes, store.LengthBytes, long.MaxValue);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 24), [.. Enumerable.Repeat((byte)1, 24 * 512)]));
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.SynchronizeCache10)));
        DiskRig.Good(rig.Run(cdb, data));
        Assert.Equal(new byte[8 * 512], rig.Read(Cdb.Blocks(BlockCommands.Read16, 8, 8), 8 * 512));
        Assert.True(store.Space.AllocatedBytes >= store.LengthBytes, name);
    }

    [Fact]
    public async Task Anchor_WithoutUnmap_OrOnAThinDisk_Refused()
    {
        await using var full = await DiskRig.StartAsync(DiskRig.Options(thin: false));
        await using var thin = await DiskRig.StartAsync(DiskRig.Options());
        var alone = Cdb.Blocks(BlockCommands.WriteSame16, 8, 8, ("ANCHOR", 1UL));
        var both = Cdb.Blocks(BlockCommands.WriteSame16, 8, 8, ("ANCHOR", 1UL), ("UNMAP", 1UL));
        foreach (var result in new[] { full.Run(alone, new byte[512]), thin.Run(both, new byte[512]) })
        {
            Assert.Equal(Sense.InvalidFieldInCdb(1, bit: 4), DiskRig.SenseOf(result));
        }
    }

    [Fact]
    public async Task BlockErase_LeavesEveryBlockAnchored()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: false));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 64), [.. Enumerable.Repeat((byte)1, 64 * 512)]));
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.SanitizeBlockErase)));
        var status = Status(rig, 0);
        Assert.Equal(8 + 16, status.Length);
        Assert.Equal(2048, status[18] << 8 | status[19]);
        Assert.Equal(Anchored, status[20]);
    }

    [Theory]
    [InlineData(StoreResult.NoSpace, "make room")]
    [InlineData(StoreResult.NotSupported, "make it thin")]
    public async Task Store_ThatCannotTakeTheSpace_StaysOffline(StoreResult result, string advice)
    {
        var options = DiskRig.Options(thin: false);
        var disk = new DiskUnit(options, () => new(new Unreserved(new RamStore(1 << 20), result), null));
        var online = await disk.OnlineAsync(TestContext.Current.CancellationToken);
        Assert.False(online.Succeeded);
        Assert.Contains(advice, online.Reason, StringComparison.Ordinal);
        var thin = new DiskUnit(
            options with { Thin = true }, () => new(new Unreserved(new RamStore(1 << 20), result), null));
        Assert.True((await thin.OnlineAsync(TestContext.Current.CancellationToken)).Succeeded);
        Assert.True((await thin.OfflineAsync(TestContext.Current.CancellationToken)).Succeeded);
    }

    [Fact]
    public async Task Resize_WithoutTheSpace_LeavesItsSize()
    {
        Unreserved store = null!;
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: false), () =>
        {
            store = new Unreserved(new RamStore(1 << 20), StoreResult.Ok);
            return new(store, null);
        });
        store.Result = StoreResult.NoSpace;
        var resized = await rig.Disk.ResizeAsync(2 << 20, TestContext.Current.CancellationToken);
        Assert.False(resized.Succeeded);
        Assert.Equal((2048UL, 1L << 20), (rig.Disk.CapacityBlocks, store.LengthBytes));
        store.Result = StoreResult.Ok;
        Assert.True((await rig.Disk.ResizeAsync(2 << 20, TestContext.Current.CancellationToken)).Succeeded);
        Assert.Equal(4096UL, rig.Disk.CapacityBlocks);
    }

    // What a store shares or leaves as a hole would have no space of its own.
    [Fact]
    public async Task Copy_ToADiskThatIsNotThin_KeepsItsSpace()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: false), "file");
        var watch = rig.Disk.OpenStore!.Push(s => new CopyWatch(s))!;
        DiskRig.Good(rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4,
            CopyLists.Lid4(rig.Disk, rig.Disk, 1, 0, 1000, 16))));
        Assert.Equal(0, watch.Copies);
    }

    // Block 8, eight blocks.
    private static byte[] Eight => [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0];

    private static byte StatusOf(DiskRig rig, ulong lba) => Status(rig, lba)[20];

    private static byte[] Status(DiskRig rig, ulong lba) => rig.Read(Cdb.Of(BlockCommands.GetLbaStatus16,
        ("STARTING LOGICAL BLOCK ADDRESS", lba), ("ALLOCATION LENGTH", 24UL)), 24);

    private sealed class CopyWatch(BackingStore beneath) : StoreFilter(beneath)
    {
        public int Copies { get; private set; }

        public override string Name => "watch";

        public override bool Start(StoreRequest request)
        {
            if (request.Operation == StoreOperation.Copy) Copies++;
            return base.Start(request);
        }
    }

    private sealed class Unreserved(BackingStore beneath, StoreResult result) : StoreFilter(beneath)
    {
        public StoreResult Result { get; set; } = result;

        public override string Name => "unreserved";

        public override StoreResult Reserve() => Result;

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Beneath.DisposeAsync();
        }
    }
}
