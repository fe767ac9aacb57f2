using System.Globalization;
using System.Runtime.InteropServices;
using Lunette.Backing.Files;
using Lunette.Backing.Workers;
using Lunette.Runtime.Buffers;
using Lunette.Testing;

namespace Lunette.Backing.Tests;

[Collection(ProcessesAndDevices.Name)]
public sealed partial class FileStoreTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly BufferPool _pool = new(16 << 20);
    private readonly StoreWorkers _workers = new();

    public async ValueTask DisposeAsync()
    {
        await _workers.DisposeAsync();
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Open_FileInUse_RefusedWithThePathInTheReason()
    {
        await using var first = Open("disk.img", 1 << 20);
        var (second, reason, _) = FileStore.Open(Options("disk.img", 1 << 20), _pool, _workers);
        Assert.Null(second);
        Assert.Contains("disk.img is in use", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing/disk.img", StoreCreation.OpenOrCreate)]
    [InlineData("absent.img", StoreCreation.OpenExisting)]
    [InlineData(".", StoreCreation.OpenExisting)]
    public void Open_CannotBe_SaysWhy(string name, StoreCreation creation)
    {
        var options = Options(name, 1 << 20) with { Creation = creation };
        var (store, reason, _) = FileStore.Open(options, _pool, _workers);
        Assert.Null(store);
        Assert.Contains(Path.GetFileName(name), reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptyFileWithoutSize_SaysWhatToGive()
    {
        var (store, reason, _) = FileStore.Open(Options("disk.img", 0), _pool, _workers);
        Assert.Null(store);
        Assert.Contains("give a size", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileCutOffUnderneath_RestReadsZeros()
    {
        await using var store = Open("disk.img", 64 << 10);
        var driver = new StoreDriver(store);
        var bytes = Pattern(64 << 10);
        driver.Write(0, bytes);
        var why = SmallFileSystem.Run("truncate", "-s", "5000", _folder.File("disk.img"));
        Assert.SkipUnless(why is null, $"nothing here cuts a locked file off: {why}");
        bytes.AsSpan(5000).Clear();
        Assert.Equal(bytes, driver.Read(0, 64 << 10));
    }

    [Fact]
    public async Task Unmap_WrittenRange_SpaceComesBackAndExtentsSaySo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "holes are punched on Linux only");
        await using var store = Open("disk.img", 8 << 20);
        var driver = new StoreDriver(store);
        driver.Write(1 << 20, Pattern(1 << 20));
        driver.Do(StoreOperation.Flush, 0, 0);
        var full = store.Space.AllocatedBytes;
        Assert.True(full >= 1 << 20, "written data takes space");
        Assert.Equal(new StoreExtent(0, 1 << 20, false), store.FindExtent(0));
        Assert.True(store.FindExtent(1 << 20) is { Allocated: true, Length: 1 << 20 });

        driver.Do(StoreOperation.Unmap, 1 << 20, 1 << 20);
        Assert.True(store.Space.AllocatedBytes <= full - (1 << 20), "unmapping gave no space back");
        var status = driver.Finish(driver.Start(StoreOperation.MapStatus, 0, 0));
        Assert.Equal(new StoreExtent(0, 8 << 20, false), status.Extent);
    }

    [Fact]
    public async Task Resize_BothWays_LengthAndZeros()
    {
        await using var store = Open("disk.img", 64 << 10);
        var driver = new StoreDriver(store);
        driver.Write(0, Pattern(64 << 10));
        Assert.Equal(StoreResult.Ok, await store.ResizeAsync(8 << 10, TestContext.Current.CancellationToken));
        Assert.Equal(StoreResult.ReadError, driver.Do(StoreOperation.Read, 8 << 10, 512));
        Assert.Equal(StoreResult.Ok, await store.ResizeAsync(32 << 10, TestContext.Current.CancellationToken));
        Assert.Equal(new byte[24 << 10], driver.Read(8 << 10, 24 << 10));
        Assert.Equal(32 << 10, new FileInfo(_folder.File("disk.img")).Length);
    }

    [Fact]
    public async Task Write_ReadOnlyStore_WriteProtected()
    {
        await using (Open("disk.img", 64 << 10))
        {
        }
        var options = Options("disk.img", 0) with { ReadOnly = true, Creation = StoreCreation.OpenExisting };
        var (store, _, _) = FileStore.Open(options, _pool, _workers);
        await using (store)
        {
            var driver = new StoreDriver(store!);
            Assert.Equal(StoreResult.WriteProtected, driver.Write(0, Pattern(512)));
            Assert.Equal(StoreResult.WriteProtected, driver.Do(StoreOperation.Unmap, 0, 512));
            Assert.Equal(new byte[512], driver.Read(0, 512));
        }
    }

    // As while another thread starts a process: until that runs its program, it has all that was open.
    [Fact]
    public async Task Dispose_DescriptorIsInAChildToo_TheLockIsGone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "descriptors are looked for where Linux lists them");
        int child;
        await using (Open("disk.img", 64 << 10)) child = Duplicate(DescriptorOf(_folder.File("disk.img")));
        var (again, reason, _) = FileStore.Open(Options("disk.img", 64 << 10), _pool, _workers);
        Assert.True(again is not null, reason);
        await again.DisposeAsync();
        Assert.Equal(0, Close(child));
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public async Task Write_FileSystemFull_NoSpaceAndGoodAgainWhenSpaceReturns(string kind)
    {
        using var system = SmallFileSystem.Mount(kind);
        var options = Options("", 64 << 20) with { Path = system.File("disk.img") };
        var (store, reason, _) = FileStore.Open(options, _pool, _workers);
        Assert.Null(reason);
        await using var opened = store!;
        var driver = new StoreDriver(opened);
        var piece = Pattern(512 << 10);
        var at = 0L;
        var result = StoreResult.Ok;
        for (; at < 64 << 20 && result == StoreResult.Ok; at += piece.Length) result = driver.Write(at, piece);
        Assert.Equal(StoreResult.NoSpace, result);
        Assert.True(opened.Space.AvailableBytes < piece.Length, "the store says it has space");
        Assert.Equal(piece, driver.Read(0, piece.Length));

        Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.Unmap, 0, 2 << 20));
        driver.Do(StoreOperation.Flush, 0, 0);
        Assert.Equal(StoreResult.Ok, driver.Write(0, piece));
    }

    [Fact]
    public async Task Flushes_ManyOfOneBatch_AllEnd()
    {
        await using var store = Open("disk.img", 1 << 20);
        var driver = new StoreDriver(store);
        var requests = Enumerable.Range(0, 64).Select(i => i % 3 == 0
            ? driver.Start(StoreOperation.Flush, 0, 0)
            : driver.Start(StoreOperation.WriteZeroes, i * 512, 512, fua: i % 5 == 0)).ToList();
        foreach (var request in requests) Assert.Equal(StoreResult.Ok, driver.Finish(request).Result);
        Assert.InRange(_workers.Threads, 1, 4);
    }

    [Fact]
    public async Task Writes_OfOneBatch_HandedOverTogether()
    {
        await using var store = Open("disk.img", 1 << 20);
        var driver = new StoreDriver(store);
        var data = new LeaseList();
        Assert.True(_pool.TryLease(512, "test", data));
        var requests = Enumerable.Range(0, 16)
            .Select(i => driver.Start(StoreOperation.Write, i * 512, 512, data)).ToList();
        Assert.Equal(0, _workers.Threads);
        foreach (var request in requests) Assert.Equal(StoreResult.Ok, driver.Finish(request).Result);
        // One hand-over wakes one thread, and that is enough; none where the file system takes writes without waiting.
        Assert.InRange(_workers.Threads, 0, 1);
        data.Release();
    }

    [Fact]
    public async Task Read_PageCacheHoldsIt_DoneAtOnceAndWithoutAllocation()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads that do not wait are Linux's");
        await using var store = Open("disk.img", 1 << 20);
        var driver = new StoreDriver(store);
        driver.Write(0, Pattern(1 << 20));
        var request = new TestRequest { Loop = driver.Loop, Data = new(), Length = 4096 };
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 200; i++) ReadOnce(store, request, i * 4096);
        }));
    }

    [Fact]
    public async Task Write_SteadyState_AllocatesNothingOnTheLoop()
    {
        await using var store = Open("disk.img", 1 << 20);
        var driver = new StoreDriver(store);
        var data = new LeaseList();
        Assert.True(_pool.TryLease(4096, "test", data));
        var request = new TestRequest { Loop = driver.Loop, Data = data, Length = 4096 };
        request.Operation = StoreOperation.Write;
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 200; i++) WriteOnce(driver, request);
        }));
        data.Release();
    }

    [Fact]
    public async Task Reserve_TakesTheSpaceOfAllBytes_AndLeavesWhatIsThere()
    {
        await using var store = Open("reserved.img", 4 << 20);
        var driver = new StoreDriver(store);
        var bytes = Pattern(8192);
        Assert.Equal(StoreResult.Ok, driver.Write(1 << 20, bytes));
        Assert.InRange(store.Space.AllocatedBytes, 0, 1 << 20);
        Assert.Equal(StoreResult.Ok, store.Reserve());
        Assert.InRange(store.Space.AllocatedBytes, 4 << 20, long.MaxValue);
        Assert.Equal(4 << 20, store.LengthBytes);
        Assert.Equal(bytes, driver.Read(1 << 20, bytes.Length));
        // Zeroing keeps the space, unmapping gives it back.
        Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.WriteZeroes, 0, 4 << 20));
        Assert.InRange(store.Space.AllocatedBytes, 4 << 20, long.MaxValue);
        Assert.Equal(new byte[8192], driver.Read(1 << 20, 8192));
        Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.Unmap, 0, 4 << 20));
        Assert.InRange(store.Space.AllocatedBytes, 0, 1 << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BlockDevice_LoopDevice_ReadsWritesAndUnmaps(bool direct)
    {
        var image = _folder.File("device.img");
        File.WriteAllBytes(image, new byte[8 << 20]);
        var why = SmallFileSystem.Run(out var device, "losetup", "-f", "--show", image);
        Assert.SkipUnless(why is null, $"this machine has no loop device for the test: {why}");
        try
        {
            var options = new FileStoreOptions { Path = device, BlockDevice = true, Direct = direct };
            var (store, reason, _) = FileStore.Open(options, _pool, _workers);
            Assert.Null(reason);
            await using var opened = store!;
            Assert.Equal(8 << 20, opened.LengthBytes);
            var driver = new StoreDriver(opened);
            var bytes = Pattern(256 << 10);
            Assert.Equal(StoreResult.Ok, driver.Write(1 << 20, bytes, fua: true));
            Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.Unmap, (1 << 20) + 4096, 8192));
            Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.WriteZeroes, (1 << 20) + 65536, 512));
            Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.Flush, 0, 0));
            bytes.AsSpan(4096, 8192).Clear();
            bytes.AsSpan(65536, 512).Clear();
            Assert.Equal(bytes, driver.Read(1 << 20, bytes.Length));
            var resized = await opened.ResizeAsync(4 << 20, TestContext.Current.CancellationToken);
            Assert.Equal(StoreResult.NotSupported, resized);
            Assert.Contains("in use", FileStore.Open(options, _pool, _workers).Reason, StringComparison.Ordinal);
        }
        finally
        {
            Assert.Null(SmallFileSystem.Run("losetup", "-d", device));
        }
    }

    private static void ReadOnce(BackingStore store, TestRequest request, long offset)
    {
        request.Offset = offset;
        Assert.True(store.Start(request));
        request.Data.Release();
    }

    private static void WriteOnce(StoreDriver driver, TestRequest request)
    {
        request.IsDone = false;
        if (driver.Store.Start(request)) return;
        var spin = default(SpinWait);
        while (!request.IsDone)
        {
            driver.Loop.Pump();
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private FileStore Open(string name, long length)
    {
        var (store, reason, _) = FileStore.Open(Options(name, length), _pool, _workers);
        Assert.Null(reason);
        return (FileStore)store!;
    }

    private FileStoreOptions Options(string name, long length) => new()
    {
        Path = _folder.File(name),
        LengthBytes = length,
        Creation = StoreCreation.OpenOrCreate,
    };

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static int DescriptorOf(string path) => Directory.EnumerateFiles("/proc/self/fd")
        .Where(descriptor => new FileInfo(descriptor).LinkTarget == path)
        .Select(descriptor => int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)).Single();

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
