using System.Runtime.InteropServices;
using Lunette.Backing.Ram;
using Lunette.Runtime.Buffers;
using Lunette.Testing;

namespace Lunette.Backing.Tests;

public sealed class RamStoreTests
{
    private const int Page = 4096;
    private const int ReadsWanted = 50;

    [Fact]
    public async Task Read_PageOverwrittenAndUnmappedAndStoreClosed_LeaseKeepsWhatWasRead()
    {
        var store = new RamStore(1 << 20);
        var driver = new StoreDriver(store);
        driver.Write(0, Filled(Page, 1));
        var read = driver.Start(StoreOperation.Read, 0, Page);

        driver.Write(0, Filled(Page, 2));
        driver.Do(StoreOperation.Unmap, 0, Page);
        await store.DisposeAsync();

        var bytes = new byte[Page];
        read.Data.Read(0, bytes);
        Assert.Equal(Filled(Page, 1), bytes);
        read.Data.Release();
    }

    [Fact]
    public async Task Reserve_WhereLessIsKeptThanTheLength_NoSpace()
    {
        await using var whole = new RamStore(1 << 20);
        await using var less = new RamStore(1 << 20, dataBytesMax: 1 << 19);
        Assert.Equal((StoreResult.Ok, StoreResult.NoSpace), (whole.Reserve(), less.Reserve()));
        // Zeroed pages are given back where there is room for them again, and kept where there is not.
        foreach (var (store, left) in new[] { (whole, 0L), (less, 8L * Page) })
        {
            var driver = new StoreDriver(store);
            driver.Write(0, Filled(8 * Page, 3));
            Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.WriteZeroes, 0, 8 * Page));
            Assert.Equal(left, store.Space.AllocatedBytes);
            Assert.Equal(new byte[8 * Page], driver.Read(0, 8 * Page));
        }
    }

    [Fact]
    public async Task TryLeaseForWrite_PagesFilledAndWritten_TakenOverWithoutCopying()
    {
        await using var store = new RamStore(1 << 20);
        var driver = new StoreDriver(store);
        var data = new LeaseList();
        Assert.True(store.TryLeaseForWrite(8 * Page, 32 * Page, data));
        Assert.Equal(32 * Page, data.Length);
        data.Write(0, Filled(32 * Page, 7));
        var first = data[0].Address;

        Assert.Equal(StoreResult.Ok, driver.Start(StoreOperation.Write, 8 * Page, 32 * Page, data).Result);
        Assert.Equal(0, data.Count);

        var read = driver.Start(StoreOperation.Read, 8 * Page, Page);
        Assert.Equal(first, read.Data[0].Address);
        read.Data.Release();
        Assert.Equal(Filled(32 * Page, 7), driver.Read(8 * Page, 32 * Page));
    }

    [Theory]
    [InlineData(512, Page)]
    [InlineData(0, 512)]
    public async Task TryLeaseForWrite_PartOfAPage_Refused(long offset, int length)
    {
        await using var store = new RamStore(1 << 20);
        var data = new LeaseList();
        Assert.False(store.TryLeaseForWrite(offset, length, data));
        Assert.Equal(0, data.Count);
    }

    [Fact]
    public async Task Write_ThreeSlabs_EveryPageIsItsOwn()
    {
        const int Pages = (12 << 20) / Page;
        await using var store = new RamStore(Pages * (long)Page);
        var driver = new StoreDriver(store);
        for (var i = 0; i < Pages; i++) driver.Write(i * (long)Page, Numbered(i));
        for (var i = 0; i < Pages; i++) Assert.Equal(Numbered(i), driver.Read(i * (long)Page, Page));
        driver.Do(StoreOperation.Unmap, 0, Pages * (long)Page);
        for (var i = Pages - 1; i >= 0; i--) driver.Write(i * (long)Page, Numbered(-i));
        for (var i = 0; i < Pages; i++) Assert.Equal(Numbered(-i), driver.Read(i * (long)Page, Page));
    }

    [Theory]
    [InlineData(0, 2 * Page)]
    [InlineData(512, 512)]
    [InlineData(8 * Page, Page)]                // a hole
    [InlineData(1 << 20, Page)]                 // just behind the end
    [InlineData((1 << 20) - 512, 1L << 40)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(-1, 1)]
    public async Task Foresee_AnyRange_NothingChanges(long offset, long length)
    {
        var store = new RamStore(1 << 20);
        var driver = new StoreDriver(store);
        driver.Write(0, Filled(2 * Page, 9));
        for (var ahead = 2; ahead >= 0; ahead--) store.Foresee(offset, length, ahead);
        Assert.Equal(Filled(2 * Page, 9), driver.Read(0, 2 * Page));
        Assert.Equal(2 * Page, store.Space.AllocatedBytes);
        await store.DisposeAsync();
        for (var ahead = 2; ahead >= 0; ahead--) store.Foresee(offset, length, ahead);
    }

    [Fact]
    public async Task Foresee_WhileTheStoreCloses_HurtsNobody()
    {
        for (var round = 0; round < 50; round++)
        {
            var store = new RamStore(1 << 20);
            new StoreDriver(store).Write(0, Filled(1 << 20, 1));
            var closed = false;
            var hints = new Thread(() =>
            {
                for (var i = 0; !Volatile.Read(ref closed) || i < 1000; i++)
                    store.Foresee(i % 256 * (long)Page, 4 * Page, i % 3);
            });
            hints.Start();
            await store.DisposeAsync();
            Volatile.Write(ref closed, true);
            hints.Join();
        }
    }

    // A large transfer keeps lying in one piece, whoever wrote before, so that a large read is a few leases.
    [Fact]
    public async Task Read_WrittenInLargePieces_FewLeasesAndEachPageGivenBack()
    {
        const int Length = 128 << 10;
        await using var store = new RamStore(4 << 20);
        var driver = new StoreDriver(store);
        for (var round = 0; round < 5; round++)
            for (var at = 0; at < 4 << 20; at += Length) WriteOwnPages(driver, at, Length, (byte)(round + at / Length));
        var leases = 0;
        for (var at = 0; at < 4 << 20; at += Length)
        {
            var read = driver.Finish(driver.Start(StoreOperation.Read, at + 512, Length - 1024));
            leases += read.Data.Count;
            // One page is written anew while it is held: the reader sees what it read.
            driver.Write(at + 8192, new byte[4096]);
            var bytes = new byte[Length - 1024];
            Assert.Equal(bytes.Length, read.Data.Read(0, bytes));
            Assert.All(bytes, value => Assert.Equal((byte)(4 + at / Length), value));
            read.Data.Release();
            Assert.All(driver.Read(at + 8192, 4096), value => Assert.Equal(0, value));
        }
        Assert.InRange(leases, 32, 32 * 4);
        // Nothing was lost: all of it can be written again and again within the bound.
        for (var round = 0; round < 5; round++)
            for (var at = 0; at < 4 << 20; at += Length) WriteOwnPages(driver, at, Length, 1);
    }

    private static void WriteOwnPages(StoreDriver driver, long offset, int length, byte value)
    {
        var pages = new LeaseList();
        Assert.True(driver.Store.TryLeaseForWrite(offset, length, pages));
        foreach (ref readonly var lease in pages.Segments) lease.Span.Fill(value);
        Assert.Equal(StoreResult.Ok, driver.Finish(driver.Start(StoreOperation.Write, offset, length, pages)).Result);
    }

    [Fact]
    public async Task Write_DataBoundReached_NoSpaceUntilUnmapped()
    {
        await using var store = new RamStore(1 << 20, dataBytesMax: 4 * Page);
        var driver = new StoreDriver(store);
        Assert.Equal(StoreResult.Ok, driver.Write(0, Filled(4 * Page, 1)));
        Assert.Equal(0, store.Space.AvailableBytes);

        Assert.Equal(StoreResult.NoSpace, driver.Write(8 * Page, Filled(Page, 1)));
        Assert.Equal(StoreResult.Ok, driver.Write(0, Filled(Page, 2)));
        driver.Do(StoreOperation.Unmap, 0, Page);
        Assert.Equal(StoreResult.Ok, driver.Write(8 * Page, Filled(Page, 1)));
    }

    [Fact]
    public async Task Resize_ShrunkAndGrown_NewPartReadsZeros()
    {
        await using var store = new RamStore(1 << 20);
        var driver = new StoreDriver(store);
        driver.Write(0, Filled(1 << 20, 5));
        Assert.Equal(StoreResult.Ok, await store.ResizeAsync(Page, TestContext.Current.CancellationToken));
        Assert.Equal(StoreResult.ReadError, driver.Do(StoreOperation.Read, Page, 512));
        Assert.Equal(StoreResult.Ok, await store.ResizeAsync(4 << 20, TestContext.Current.CancellationToken));
        Assert.Equal(Filled(Page, 5), driver.Read(0, Page));
        Assert.Equal(new byte[(4 << 20) - Page], driver.Read(Page, (4 << 20) - Page));
    }

    [Fact]
    public async Task FindExtent_DataAndHoles_RunsOfBoth()
    {
        await using var store = new RamStore(64 << 20);
        var driver = new StoreDriver(store);
        driver.Write(2 * Page, Filled(2 * Page, 1));
        Assert.Equal(new StoreExtent(0, 2 * Page, false), store.FindExtent(0));
        Assert.Equal(new StoreExtent(2 * Page, 2 * Page, true), store.FindExtent(2 * Page));
        Assert.Equal(new StoreExtent(4 * Page, (64 << 20) - (4 * Page), false), store.FindExtent(4 * Page));
    }

    [Fact]
    public async Task ReadsAndWrites_SteadyState_AllocateNothing()
    {
        await using var store = new RamStore(1 << 20);
        var driver = new StoreDriver(store);
        var block = Filled(Page, 3);
        var data = new LeaseList();
        var request = new TestRequest { Loop = driver.Loop, Data = data };
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 1000; i++) Round(store, request, block);
        }));
    }

    [Fact]
    public async Task Read_WhileOthersWrite_NeverTorn()
    {
        await using var store = new RamStore(64 * Page);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var torn = 0;
        var reads = 0;
        var threads = Enumerable.Range(0, 4).Select(n => new Thread(() =>
        {
            if (n % 2 == 0) WriteUniformPages(store, n, stop.Token);
            else Interlocked.Add(ref reads, CountReads(store, ref torn, n, stop.Token));
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, torn);
        Assert.True(reads > 2 * ReadsWanted, $"only {reads} reads were made");
    }

    [Fact]
    public async Task Write_NeighbouringBlocksOfOnePageAtOnce_NoneIsLost()
    {
        await using var store = new RamStore(Page);
        var lost = 0;
        var threads = Enumerable.Range(0, 4).Select(n => new Thread(() =>
        {
            var driver = new StoreDriver(store);
            for (var i = 1; i <= 20_000; i++)
            {
                var block = Filled(512, (byte)i);
                store.TryWriteNow(n * 512, block, false, out _);
                var read = driver.Start(StoreOperation.Read, n * 512, 512);
                if (!read.Data[0].Span.SequenceEqual(block)) Interlocked.Increment(ref lost);
                read.Data.Release();
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, lost);
    }

    private static void Round(RamStore store, TestRequest request, byte[] block)
    {
        store.TryWriteNow(0, block, false, out _);
        (request.Operation, request.Offset, request.Length) = (StoreOperation.Read, 0, Page);
        store.Start(request);
        store.TryWriteNow(0, block, false, out _);      // to a page that is being read
        request.Data.Release();
        store.TryLeaseForWrite(Page, 4 * Page, request.Data);
        (request.Operation, request.Offset, request.Length) = (StoreOperation.Write, Page, 4 * Page);
        store.Start(request);
    }

    private static void WriteUniformPages(RamStore store, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        var driver = new StoreDriver(store);
        while (!stop.IsCancellationRequested)
        {
            var page = Filled(Page, (byte)random.Next(256));
            var at = random.Next(64) * (long)Page;
            switch (random.Next(4))
            {
                case 0:
                    var data = new LeaseList();
                    Assert.True(store.TryLeaseForWrite(at, Page, data));
                    data.Write(0, page);
                    driver.Start(StoreOperation.Write, at, Page, data);
                    break;
                case 1:
                    driver.Do(StoreOperation.Unmap, at, Page);
                    break;
                default:
                    store.TryWriteNow(at, page, false, out _);
                    break;
            }
        }
    }

    private static int CountReads(RamStore store, ref int torn, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        var driver = new StoreDriver(store);
        var reads = 0;
        // However little of its time a busy machine gives to this thread.
        for (; reads <= ReadsWanted || !stop.IsCancellationRequested; reads++)
        {
            var read = driver.Start(StoreOperation.Read, random.Next(64) * (long)Page, Page);
            var bytes = read.Data[0].Span;
            // Looked at twice with the writers running between: a leased page does not change.
            if (bytes.IndexOfAnyExcept(bytes[0]) >= 0) Interlocked.Increment(ref torn);
            var numbers = MemoryMarshal.Cast<byte, long>(bytes);
            if (numbers.IndexOfAnyExcept(numbers[0]) >= 0) Interlocked.Increment(ref torn);
            read.Data.Release();
        }
        return reads;
    }

    private static byte[] Numbered(int number)
    {
        var page = new byte[Page];
        MemoryMarshal.Cast<byte, int>(page.AsSpan()).Fill(number);
        return page;
    }

    private static byte[] Filled(int length, byte value)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
