using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.Backing.Workers;
using Lunette.Runtime.Buffers;
using Lunette.Testing;

namespace Lunette.Backing.Tests;

/// <summary>Copies that stores make by themselves, inside one and from one to another.</summary>
[Collection(ProcessesAndDevices.Name)]
public sealed class StoreCopyTests : IAsyncDisposable
{
    private const int Length = 8 << 20;
    private const int Part = 1 << 20;

    private readonly TestFolder _folder = new();
    private readonly BufferPool _pool = new(32 << 20);
    private readonly StoreWorkers _workers = new();

    public async ValueTask DisposeAsync()
    {
        await _workers.DisposeAsync();
        _pool.Dispose();
        _folder.Dispose();
    }

    // Data, a hole, data: the hole is one afterwards too, also where there was data before.
    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    [InlineData("tmpfs")]
    public async Task Copy_FromAnotherFile_BytesAreThereAndHolesStayHoles(string kind)
    {
        using var system = SmallFileSystem.Mount(kind);
        await using var from = Open(system.File("from.img"), 3 * Part);
        await using var to = Open(system.File("to.img"), 4 * Part);
        var (source, destination) = (new StoreDriver(from), new StoreDriver(to));
        var data = Pattern(Part);
        source.Write(0, data);
        source.Write(2 * Part, data.AsSpan(0, Part / 2));
        destination.Write(Part, Pattern(Part));
        var result = destination.Copy(from, 0, 0, 3 * Part);
        Assert.SkipWhen(result == StoreResult.NotSupported, $"{kind} copies nothing between files here");
        Assert.Equal(StoreResult.Ok, result);
        Assert.Equal(source.Read(0, 3 * Part), destination.Read(0, 3 * Part));
        Assert.Equal(new StoreExtent(Part, Part, Allocated: false), to.FindExtent(Part));
        Assert.Equal(new byte[Part], destination.Read(3 * Part, Part));
    }

    [Fact]
    public async Task Copy_OnAFileSystemThatSharesBlocks_TakesNoSpace()
    {
        using var system = SmallFileSystem.Mount("xfs");
        await using var from = Open(system.File("from.img"), 64 * Part);
        await using var to = Open(system.File("to.img"), 64 * Part);
        var (source, destination) = (new StoreDriver(from), new StoreDriver(to));
        var data = Pattern(32 * Part);
        source.Write(0, data);
        source.Do(StoreOperation.Flush, 0, 0);
        var before = to.Space.AvailableBytes;
        Assert.Equal(StoreResult.Ok, destination.Copy(from, 0, 16 * Part, 32 * Part));
        destination.Do(StoreOperation.Flush, 0, 0);
        Assert.True(before - to.Space.AvailableBytes < 4 * Part, "the copy has taken the space of its data");
        Assert.Equal(data, destination.Read(16 * Part, data.Length));
        // From now on each has its own.
        source.Write(0, new byte[4096]);
        Assert.Equal(data, destination.Read(16 * Part, data.Length));
    }

    [Fact]
    public async Task Copy_BetweenRamStores_BytesAreThereAndEmptyPagesTakeNone()
    {
        await using var from = new RamStore(Length);
        await using var to = new RamStore(Length);
        var (source, destination) = (new StoreDriver(from), new StoreDriver(to));
        source.Write(512, Pattern(10_240));
        destination.Write(Part, Pattern(Part));
        Assert.Equal(StoreResult.Ok, destination.Copy(from, 0, 0, 2 * Part));
        Assert.Equal(source.Read(0, 2 * Part), destination.Read(0, 2 * Part));
        Assert.True(to.Space.AllocatedBytes < Part, "empty pages take space");
        // Pages of which only a part is copied.
        Assert.Equal(StoreResult.Ok, destination.Copy(from, 512, 3 * Part - 1024, 9216));
        Assert.Equal(source.Read(512, 9216), destination.Read(3 * Part - 1024, 9216));
    }

    [Fact]
    public async Task Copy_FromAnotherKindOrPastTheEnd_Refused()
    {
        await using var file = Open(_folder.File("disk.img"), Part);
        await using var ram = new RamStore(Part);
        Assert.Equal(StoreResult.NotSupported, new StoreDriver(file).Copy(ram, 0, 0, 4096));
        Assert.Equal(StoreResult.NotSupported, new StoreDriver(ram).Copy(file, 0, 0, 4096));
        Assert.Equal(StoreResult.ReadError, new StoreDriver(file).Copy(null, Part - 512, 0, 4096));
        await using var other = new RamStore(4096);
        Assert.Equal(StoreResult.ReadError, new StoreDriver(ram).Copy(other, 512, 0, 4096));
    }

    private BackingStore Open(string path, long length) => FileStore.Open(
        new FileStoreOptions { Path = path, LengthBytes = length, Creation = StoreCreation.OpenOrCreate },
        _pool, _workers).Store!;

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
