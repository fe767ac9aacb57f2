using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Lunette.Backing.Files;
using Lunette.Backing.Workers;
using Lunette.Runtime.Buffers;
using Lunette.Testing;

namespace Lunette.Backing.Tests;

/// <summary>
/// The order of the file store's writes and syncs is recorded under load, and images that a power loss may leave are
/// opened again: what was answered as durable is there. Killing the process alone would prove nothing of it, since the
/// page cache stays.
/// </summary>
[Collection(ProcessesAndDevices.Name)]
public sealed class PowerLossTests : IDisposable
{
    private const int Sectors = 64;
    private const int SectorsAtOnceMax = 8;
    private const int Requests = 400;
    private const int InFlightMax = 6;
    private const int MomentsTried = 150;
    private const int ImagesEach = 4;
    private const long Length = Sectors * CrashImage.SectorBytes;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-power-");
    private LoopDevice? _device;
    private int _images;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PowerLoss_AnyMomentAnyLawfulImage_DurableWritesAreThere(bool onBlockDevice)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the order of writes is recorded on Linux");
        if (onBlockDevice) _device = LoopDevice.Over(Path.Combine(_folder.FullName, "device"), Length);
        var records = await RecordAsync(seed: 7, forgetsDurability: false);
        Assert.Contains(records, record => record.Event == FileEvent.SyncEnded);
        Assert.Null(await FindLossAsync(records, seed: 8));
    }

    [Fact]
    public async Task PowerLoss_FuaNotPassedOn_LossFound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the order of writes is recorded on Linux");
        var records = await RecordAsync(seed: 7, forgetsDurability: true);
        Assert.NotNull(await FindLossAsync(records, seed: 8));
    }

    public void Dispose()
    {
        _device?.Dispose();
        _folder.Delete(recursive: true);
    }

    // Random writes, some durable, and flushes, several at once and none over another.
    private async Task<IReadOnlyList<FileRecord>> RecordAsync(int seed, bool forgetsDurability)
    {
        var random = new Random(seed);
        using var pool = new BufferPool(16 << 20);
        await using var workers = new StoreWorkers();
        var options = new FileStoreOptions
        {
            Path = _device?.Path ?? Path.Combine(_folder.FullName, "recorded"),
            BlockDevice = _device is not null,
            LengthBytes = _device is null ? Length : 0,
            Creation = _device is null ? StoreCreation.CreateNew : StoreCreation.OpenExisting,
        };
        var file = new RecordingFile(LinuxFile.Open(options, out _, out _)!, forgetsDurability);
        await using var store = new FileStore(file, options, pool, workers);
        var driver = new StoreDriver(store);
        List<Pending> inFlight = [];
        ulong number = 0;
        for (var i = 0; i < Requests; i++)
        {
            if (random.Next(10) == 0)
            {
                file.FlushAsked(i);
                inFlight.Add(new(driver.Start(StoreOperation.Flush, 0, 0), i, [], true, null));
            }
            else
            {
                var count = random.Next(1, SectorsAtOnceMax + 1);
                var sector = random.Next(Sectors - count + 1);
                while (inFlight.Exists(one => one.Overlaps(sector, count))) Settle(driver, inFlight, file, 1);
                inFlight.Add(Write(driver, pool, sector, count, ++number, durable: random.Next(3) == 0));
            }
            if (inFlight.Count >= InFlightMax) Settle(driver, inFlight, file, random.Next(1, InFlightMax));
        }
        Settle(driver, inFlight, file, inFlight.Count);
        return file.Records;
    }

    private static Pending Write(
        StoreDriver driver, BufferPool pool, int sector, int count, ulong number, bool durable)
    {
        var bytes = new byte[count * CrashImage.SectorBytes];
        MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan()).Fill(number);
        var data = new LeaseList();
        Assert.True(pool.TryLease(bytes.Length, "recorded write", data));
        data.Write(0, bytes);
        var offset = (long)sector * CrashImage.SectorBytes;
        var request = driver.Start(StoreOperation.Write, offset, bytes.Length, data, durable);
        return new(request, sector, bytes, durable, data);
    }

    private static void Settle(StoreDriver driver, List<Pending> inFlight, RecordingFile file, int count)
    {
        foreach (var pending in inFlight.Take(count).ToArray())
        {
            driver.Finish(pending.Request);
            Assert.Equal(StoreResult.Ok, pending.Request.Result);
            if (pending.Data is null) file.FlushAnswered(pending.Sector);
            else file.Answered((long)pending.Sector * CrashImage.SectorBytes, pending.Bytes, pending.Durable);
            pending.Data?.Release();
            inFlight.Remove(pending);
        }
    }

    // The first durable write that an image does not have; null for none.
    private async Task<string?> FindLossAsync(IReadOnlyList<FileRecord> records, int seed)
    {
        var random = new Random(seed);
        for (var tried = 0; tried < MomentsTried; tried++)
        {
            var moment = random.Next(1, records.Count + 1);
            var promised = PromisedAt(records, moment);
            var image = new CrashImage(records, moment);
            for (var i = 0; i < ImagesEach; i++)
            {
                var found = await ReopenAsync(image.Draw(random, Length));
                for (var sector = 0; sector < Sectors; sector++)
                    if (found[sector] < promised[sector])
                        return $"moment {moment}, sector {sector}: {found[sector]}, and {promised[sector]} was durable";
            }
        }
        return null;
    }

    // Of each sector the newest write whose durability somebody was told of.
    private static ulong[] PromisedAt(IReadOnlyList<FileRecord> records, int moment)
    {
        var (promised, answered) = (new ulong[Sectors], new ulong[Sectors]);
        var asked = new Dictionary<int, ulong[]>();
        for (var i = 0; i < moment; i++)
        {
            var record = records[i];
            if (record.Event == FileEvent.FlushAsked) asked[record.Call] = [.. answered];
            if (record.Event != FileEvent.Answered) continue;
            if (asked.TryGetValue(record.Call, out var flushed))
                for (var sector = 0; sector < Sectors; sector++)
                    promised[sector] = Math.Max(promised[sector], flushed[sector]);
            for (var at = 0; at < record.Bytes.Length; at += CrashImage.SectorBytes)
            {
                var sector = (record.Offset + at) / CrashImage.SectorBytes;
                answered[sector] = BinaryPrimitives.ReadUInt64LittleEndian(record.Bytes.AsSpan(at));
                if (record.Durable) promised[sector] = Math.Max(promised[sector], answered[sector]);
            }
        }
        return promised;
    }

    private async Task<ulong[]> ReopenAsync(byte[] image)
    {
        // A name of its own: a process that another test is just starting may hold the last one's lock for a moment.
        var path = _device?.Path ?? Path.Combine(_folder.FullName, $"image{_images++}");
        await using (var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write))
            await file.WriteAsync(image, TestContext.Current.CancellationToken);
        using var pool = new BufferPool(16 << 20);
        await using var workers = new StoreWorkers();
        var options = new FileStoreOptions { Path = path, BlockDevice = _device is not null };
        var opened = FileStore.Open(options, pool, workers);
        await using var store = opened.Store!;
        var bytes = new StoreDriver(store).Read(0, (int)Length);
        if (_device is null) File.Delete(path);
        var found = new ulong[Sectors];
        for (var sector = 0; sector < Sectors; sector++)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(
                bytes.AsSpan(sector * CrashImage.SectorBytes, CrashImage.SectorBytes));
            found[sector] = words[0];
            Assert.False(words.ContainsAnyExcept(words[0]), "a sector of two writes");
        }
        return found;
    }

    private sealed record Pending(TestRequest Request, int Sector, byte[] Bytes, bool Durable, LeaseList? Data)
    {
        public bool Overlaps(int sector, int count) =>
            Sector < sector + count && sector < Sector + (Bytes.Length / CrashImage.SectorBytes);
    }
}
