using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.Backing.Workers;
using Lunette.Runtime.Buffers;
using Lunette.Testing;

namespace Lunette.Backing.Tests;

/// <summary>Every kind of store against an array of bytes, by random requests from a seed.</summary>
public sealed class StoreModelTests
{
    private const int Length = 1 << 20;

    public static TheoryData<string, int> Stores => new MatrixTheoryData<string, int>(
        ["ram", "file", "file-direct", "file-portable", "file-in-memory"], [1, 2, 3]);

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task AnyRequests_ReadBackWhatAnArrayWouldHold(string kind, int seed)
    {
        using var folder = new TestFolder();
        using var pool = new BufferPool(64 << 20);
        var inMemory = new FileInfo(Path.Combine("/dev/shm", $"lunette-{Guid.NewGuid():N}.img"));
        Assert.SkipWhen(kind == "file-in-memory" && !inMemory.Directory!.Exists, "this system has no /dev/shm");
        await using var workers = new StoreWorkers();
        try
        {
            var path = kind == "file-in-memory" ? inMemory.FullName : folder.File("disk.img");
            await using var store = Open(kind, path, pool, workers);
            Exercise(new StoreDriver(store), store.BlockLengthBytes, new Random(seed), $"{kind}, seed {seed}");
        }
        finally
        {
            inMemory.Delete();
        }
    }

    private static BackingStore Open(string kind, string path, BufferPool pool, StoreWorkers workers)
    {
        if (kind == "ram") return new RamStore(Length);
        var options = new FileStoreOptions
        {
            Path = path,
            LengthBytes = Length,
            Creation = StoreCreation.CreateNew,
            Direct = kind == "file-direct",
            Portable = kind == "file-portable",
        };
        var (store, reason, _) = FileStore.Open(options, pool, workers);
        Assert.SkipWhen(kind == "file-direct" && store is null, $"no direct I/O here: {reason}");
        Assert.Null(reason);
        return store!;
    }

    private static void Exercise(StoreDriver driver, int block, Random random, string what)
    {
        var oracle = new byte[Length];
        for (var step = 0; step < 600; step++)
        {
            var length = random.Next(1, random.Next(4) == 0 ? 257 : 17) * block;
            length = Math.Min(length, Length / 2);
            var offset = random.NextInt64((Length - length) / block + 1) * block;
            var source = random.NextInt64((Length - length) / block + 1) * block;
            Step(driver, random, oracle, (int)offset, length, (int)source);
            if (step % 50 == 0 && !driver.Read(0, Length).AsSpan().SequenceEqual(oracle))
                Assert.Fail($"{what}, step {step}: the store holds something else than was written");
        }
        Assert.True(driver.Read(0, Length).AsSpan().SequenceEqual(oracle), $"{what}: differs at the end");
    }

    private static void Step(StoreDriver driver, Random random, byte[] oracle, int offset, int length, int source)
    {
        var there = oracle.AsSpan(offset, length);
        switch (random.Next(8))
        {
            case 0:
                Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.Unmap, offset, length));
                there.Clear();
                break;
            case 1:
                Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.WriteZeroes, offset, length));
                there.Clear();
                break;
            case 2:
                var copied = driver.Do(StoreOperation.Copy, offset, length, source: source);
                if (copied != StoreResult.NotSupported)
                {
                    Assert.Equal(StoreResult.Ok, copied);
                    oracle.AsSpan(source, length).ToArray().CopyTo(there);
                }
                break;
            case 3:
                Assert.Equal(StoreResult.Ok, driver.Do(StoreOperation.Flush, 0, 0));
                break;
            case 4:
                Assert.True(driver.Read(offset, length).AsSpan().SequenceEqual(there), "a read differs");
                break;
            default:
                random.NextBytes(there);
                Assert.Equal(StoreResult.Ok, driver.Write(offset, there, fua: random.Next(8) == 0));
                break;
        }
    }
}
