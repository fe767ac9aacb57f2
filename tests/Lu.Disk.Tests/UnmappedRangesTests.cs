using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Backing.Ram;
using Lunette.Lu.Disk.Provisioning;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests;

/// <summary>What a disk remembers of unmapped blocks where its store does not tell it (GET LBA STATUS).</summary>
public sealed class UnmappedRangesTests
{
    private const byte Mapped = 0;
    private const byte Deallocated = 1;

    // Against a byte map: random additions and removals.
    [Fact]
    public void Ranges_AfterAnyChanges_AreWhatAByteMapSays()
    {
        const int Length = 256;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var ranges = new UnmappedRanges();
            var map = new bool[Length];
            for (var step = 0; step < 60; step++)
            {
                var offset = random.Next(Length);
                var length = random.Next(1, Length - offset + 1) / (step % 3 == 0 ? 1 : 8) + 1;
                length = Math.Min(length, Length - offset);
                var adds = random.Next(2) == 0;
                map.AsSpan(offset, length).Fill(adds);
                if (adds) ranges.Add(offset, length);
                else ranges.Remove(offset, length);
            }
            for (var at = 0; at < Length; at++)
            {
                Assert.Equal((seed, at, map[at]), (seed, at, ranges.Contains(at, out var until)));
                var change = Array.FindIndex(map, at, value => value != map[at]);
                if (map[at]) Assert.Equal((seed, at, change < 0 ? Length : change), (seed, at, (int)until));
                else Assert.Equal((seed, at, change < 0 ? long.MaxValue : change), (seed, at, until));
            }
        }
    }

    [Fact]
    public void Ranges_MoreThanThereIsRoomFor_AreNotRemembered()
    {
        var ranges = new UnmappedRanges();
        for (var i = 0; i <= UnmappedRanges.RunsMax; i++) ranges.Add(i * 10, 5);
        Assert.True(ranges.Contains((UnmappedRanges.RunsMax - 1) * 10, out _));
        Assert.False(ranges.Contains(UnmappedRanges.RunsMax * 10, out _));
        // One run that swallows many makes room.
        ranges.Add(0, 1000);
        ranges.Add(UnmappedRanges.RunsMax * 10, 5);
        Assert.True(ranges.Contains(UnmappedRanges.RunsMax * 10, out _));
    }

    // A file system unmaps everything when it is made, and every write after that splits what is left.
    [Fact]
    public void Ranges_WrittenAtRandom_AllocateNothing()
    {
        const long Length = 1L << 40;
        var ranges = new UnmappedRanges();
        var random = new Random(5);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            ranges.Add(0, Length);
            for (var i = 0; i < 4 * UnmappedRanges.RunsMax; i++) ranges.Remove(random.NextInt64(Length) & ~4095L, 4096);
        }));
    }

    // Writes look without a lock. Where runs are put in before it the last one moves on in the table, which for a while
    // tells of it nowhere: a write to it must find it all the same, or it would be called unmapped ever after.
    [Fact]
    public async Task Ranges_WrittenWhileOthersChange_NoneThatIsWrittenStays()
    {
        const long Mine = 1L << 40;
        const int Writes = 1000;
        var ranges = new UnmappedRanges();
        for (var i = 1; i < 1000; i++) ranges.Add(i * 1000, 100);
        using var over = new CancellationTokenSource();
        var changing = Task.Factory.StartNew(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    ranges.Add(0, 100);
                    ranges.Remove(0, 100);
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var round = 0; round < 500; round++)
        {
            ranges.Add(Mine, Writes * 4096);
            for (var i = 0; i < Writes; i++) ranges.Remove(Mine + (i * 4096), 4096);
            Assert.Equal((false, long.MaxValue), (ranges.Contains(Mine, out var until), until));
        }
        await over.CancelAsync();
        await changing;
        for (var i = 1; i < 1000; i++) Assert.True(ranges.Contains(i * 1000, out _));
        Assert.False(ranges.Contains(0, out _));
    }

    [Fact]
    public void Ranges_SplitWithoutRoom_LongerPartStays()
    {
        var ranges = new UnmappedRanges();
        for (var i = 0; i < UnmappedRanges.RunsMax; i++) ranges.Add(i * 200, 100);
        ranges.Remove(20, 10);
        Assert.False(ranges.Contains(10, out _));
        Assert.True(ranges.Contains(30, out var until));
        Assert.Equal(100, until);
        // Now there is room for a split.
        ranges.Remove(200, 100);
        ranges.Remove(440, 10);
        Assert.True(ranges.Contains(430, out _));
        Assert.True(ranges.Contains(450, out _));
    }

    // A store as a block device is: it tells no hole.
    [Fact]
    public async Task Device_WhatWasUnmapped_IsDeallocatedUntilItIsWritten()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), () => new(new Device(), null));
        Assert.Equal([(0UL, 2048U, Mapped)], Status(rig));
        Unmap(rig, 8, 64);
        Assert.Equal([(0UL, 8U, Mapped), (8UL, 64U, Deallocated), (72UL, 1976U, Mapped)], Status(rig));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 16, 8), new byte[4096]));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, 71, 2), new byte[512]));
        Assert.Equal(
            [(0UL, 8U, Mapped), (8UL, 8U, Deallocated), (16UL, 8U, Mapped), (24UL, 47U, Deallocated),
                (71UL, 1977U, Mapped)], Status(rig));
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.SanitizeBlockErase)));
        Assert.Equal([(0UL, 2048U, Deallocated)], Status(rig));
        DiskRig.Good(rig.Run(
            Cdb.Of(BlockCommands.SanitizeOverwrite, ("PARAMETER LIST LENGTH", 5UL)), [1, 0, 0, 1, 0xAA]));
        Assert.Equal([(0UL, 2048U, Mapped)], Status(rig));
        DiskRig.Good(rig.Run(
            Cdb.Blocks(BlockCommands.WriteSame16, 0, 16, ("UNMAP", 1UL), ("NDOB", 1UL))));
        Assert.Equal([(0UL, 16U, Deallocated), (16UL, 2032U, Mapped)], Status(rig));
        Assert.True((await rig.Disk.OfflineAsync(TestContext.Current.CancellationToken)).Succeeded);
        Assert.True((await rig.Disk.OnlineAsync(TestContext.Current.CancellationToken)).Succeeded);
        rig.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        Assert.Equal([(0UL, 2048U, Mapped)], Status(rig));
    }

    // A WRITE on its way when UNMAP comes is waited for, and so its blocks are never called unmapped.
    [Fact]
    public async Task Unmap_WhileAWriteIsInTheStore_ComesAfterIt()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), () => new(new Device(), null));
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == StoreOperation.Write))!;
        var write = rig.Start(new(Cdb.Blocks(BlockCommands.Write16, 8, 8)) { DataOut = new byte[4096] });
        var unmap = rig.Start(new(Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24UL)))
        {
            DataOut = List(8, 8),
        });
        Assert.False(write.HasEnded || unmap.HasEnded);
        hang.Release();
        DiskRig.Good(rig.Finish(write));
        DiskRig.Good(rig.Finish(unmap));
        Assert.Equal([(0UL, 8U, Mapped), (8UL, 8U, Deallocated), (16UL, 2032U, Mapped)], Status(rig));
    }

    private static void Unmap(DiskRig rig, byte lba, byte count) => DiskRig.Good(
        rig.Run(Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24UL)), List(lba, count)));

    private static byte[] List(byte lba, byte count) =>
        [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, lba, 0, 0, 0, count, 0, 0, 0, 0];

    private static List<(ulong Lba, uint Count, byte Status)> Status(DiskRig rig)
    {
        var bytes = rig.Read(Cdb.Of(BlockCommands.GetLbaStatus16, ("ALLOCATION LENGTH", 512UL)), 512);
        List<(ulong, uint, byte)> runs = [];
        for (var at = 8; at < bytes.Length; at += 16)
        {
            runs.Add((System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at)),
                System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 8)), bytes[at + 12]));
        }
        return runs;
    }

    private sealed class Device() : StoreFilter(new RamStore(1 << 20))
    {
        public override string Name => "device";

        public override StoreFeatures Features => Beneath.Features & ~StoreFeatures.Thin;

        public override bool Start(StoreRequest request)
        {
            if (!Beneath.Start(request)) return false;
            if (request.Operation == StoreOperation.MapStatus) request.Extent = FindExtent(request.Offset);
            return true;
        }

        public override StoreExtent FindExtent(long offset) => new(offset, LengthBytes - offset, Allocated: true);
    }
}
