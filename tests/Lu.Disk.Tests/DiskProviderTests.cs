using Lunette.Backing;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Lu.Disk.Metadata;
using Lunette.Lu.Disk.Provider;
using Lunette.Port.Virtual;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Tests;

public sealed class DiskProviderTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-provider-");
    private readonly BufferPool _pool = new(16 << 20);
    private readonly StoreWorkers _workers = new();
    private readonly DiskProvider _provider;

    public DiskProviderTests() => _provider = NewProvider();

    public async ValueTask DisposeAsync()
    {
        await _workers.DisposeAsync();
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Create_ThenImport_SameDiskAndSameBytes()
    {
        var properties = new DiskProperties
        {
            DataPath = Path("a.img"),
            LengthBytes = 4 << 20,
            BlockLengthBytes = 4096,
            Alias = "first",
            VendorId = "ACME",
            ProductId = "TESTDISK",
            SerialNumber = "S-1",
            ManagementUrl = "http://disks.example/",
            WriteCacheDisabled = true,
            ThresholdBytes = 1 << 20,
        };
        var made = await _provider.CreateAsync(properties, _ => false);
        Assert.True(made.Succeeded, made.Reason);
        await Write(made.Disk!, 7);

        var opened = await NewProvider().ImportAsync(Path("a.img"));
        Assert.True(opened.Succeeded, opened.Reason);
        Assert.Equal(Comparable(made.Disk!.Disk), Comparable(opened.Disk!.Disk));
        Assert.Equal(Comparable(made.Disk.Options), Comparable(opened.Disk.Options));
        Assert.Equal(7, await Read(opened.Disk));
        // The data file holds the blocks and nothing else.
        var bytes = await File.ReadAllBytesAsync(Path("a.img"), TestContext.Current.CancellationToken);
        Assert.Equal((4 << 20, 7), (bytes.Length, bytes[0]));
    }

    [Fact]
    public async Task Import_FilesMovedTogether_FoundUnderTheNewName()
    {
        var made = await Make("a.img");
        Directory.CreateDirectory(Path("moved"));
        File.Move(Path("a.img"), Path("moved/b.img"));
        File.Move(Path("a.img.lunette"), Path("moved/b.img.lunette"));
        Assert.Equal(made.Id, (await NewProvider().ImportAsync(Path("moved/b.img"))).Disk!.Id);
        Assert.Equal(made.Id, (await NewProvider().ImportAsync(Path("moved/b.img.lunette"))).Disk!.Id);
    }

    [Fact]
    public async Task Create_MetadataElsewhere_FoundByTheDataPath()
    {
        var result = await _provider.CreateAsync(
            new DiskProperties { DataPath = Path("a.img"), LengthBytes = 1 << 20, MetadataPath = Path("a.meta") },
            _ => false);
        Assert.True(result.Succeeded, result.Reason);
        Assert.Equal(Path("a.meta"), _provider.FindMetadataPath(result.Disk!));
        Assert.Equal(result.Disk!.Id, (await NewProvider().ImportAsync(Path("a.img"))).Disk!.Id);
    }

    [Fact]
    public async Task Import_BlocksLookLikeMetadata_NotTakenForThem()
    {
        // What an initiator writes to its blocks must not become a disk's identity, let alone its path.
        var metadata = new DiskMetadata
        {
            Id = new LogicalUnitId(0x6000_0000_0000_0001, 1),
            DataPath = "/etc/passwd",
            LengthBytes = 1 << 20,
            BlockLengthBytes = 512,
        };
        await File.WriteAllBytesAsync(Path("guest.img"), metadata.Encode(), TestContext.Current.CancellationToken);
        Assert.Equal(DiskRefusal.Metadata, (await _provider.ImportAsync(Path("guest.img"))).Refusal);
    }

    [Theory]
    [InlineData("relative.img", 1 << 20, 512, DiskRefusal.DataPath)]
    [InlineData("/nowhere/at/all/a.img", 1 << 20, 512, DiskRefusal.DataPath)]
    [InlineData("+a.img", 1 << 20, 1000, DiskRefusal.InvalidBlockLength)]
    [InlineData("+a.img", 1 << 20, 65536, DiskRefusal.InvalidBlockLength)]
    [InlineData("+a.img", 4096, 512, DiskRefusal.SizeOutOfRange)]
    [InlineData("+a.img", (1 << 20) + 512, 4096, DiskRefusal.SizeOutOfRange)]
    [InlineData("+a.img.lunette", 1 << 20, 512, DiskRefusal.DataPath)]
    public async Task Create_NoSuchDisk_RefusedAndNothingLeftBehind(
        string name, long length, int block, DiskRefusal why)
    {
        var properties = new DiskProperties
        {
            DataPath = name.StartsWith('+') ? Path(name[1..]) : name,
            LengthBytes = length,
            BlockLengthBytes = block,
        };
        var result = await _provider.CreateAsync(properties, _ => false);
        Assert.Equal(why, result.Refusal);
        Assert.NotEmpty(result.Reason!);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Create_IdTaken_Refused()
    {
        var made = await Make("a.img");
        var result = await _provider.CreateAsync(
            new DiskProperties { DataPath = Path("b.img"), LengthBytes = 1 << 20, Id = made.Id }, id => id == made.Id);
        Assert.Equal(DiskRefusal.Id, result.Refusal);
    }

    [Fact]
    public async Task Import_DataInUse_SaysSo()
    {
        var made = await Make("a.img");
        Assert.True((await made.OnlineAsync(CancellationToken.None)).Succeeded);
        var again = await NewProvider().ImportAsync(Path("a.img"));
        Assert.Equal(DiskRefusal.DataInUse, again.Refusal);
        await made.OfflineAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Import_DataCutOff_Refused()
    {
        await Make("a.img");
        await using (var file = File.OpenWrite(Path("a.img"))) file.SetLength(4096);
        Assert.Equal(DiskRefusal.DataLength, (await NewProvider().ImportAsync(Path("a.img"))).Refusal);
    }

    [Fact]
    public async Task Change_Properties_AtWorkAndInTheMetadata()
    {
        var made = await Make("a.img");
        Assert.True((await made.OnlineAsync(CancellationToken.None)).Succeeded);
        var change = new DiskChange
        {
            Alias = "renamed",
            ManagementUrl = "http://x.example/",
            WriteProtected = true,
            WriteCacheDisabled = true,
            LengthBytes = 2 << 20,
        };
        var changed = await _provider.ChangeAsync(made, change, CancellationToken.None);
        Assert.True(changed.Succeeded, changed.Reason);
        Assert.Equal(("renamed", "http://x.example/"), (made.Alias, made.Options.ManagementUrl));
        Assert.Equal((4096UL, false), (made.CapacityBlocks, made.WriteCacheEnabled));
        await made.OfflineAsync(CancellationToken.None);
        var opened = (await NewProvider().ImportAsync(Path("a.img"))).Disk!;
        Assert.Equal(Comparable(made.Disk), Comparable(opened.Disk));
        Assert.Equal("renamed", opened.Alias);
    }

    [Theory]
    [InlineData("SUNSBDLU")]
    [InlineData("ULDBSNUS")]
    public async Task Import_MetadataOfComstar_RefusedWithAClearWord(string magic)
    {
        var bytes = new byte[1 << 20];
        System.Text.Encoding.ASCII.GetBytes(magic).CopyTo(bytes, 4096);
        await File.WriteAllBytesAsync(Path("sbd"), bytes, TestContext.Current.CancellationToken);
        var refused = await _provider.ImportAsync(Path("sbd"));
        Assert.Equal(DiskRefusal.Metadata, refused.Refusal);
        Assert.Contains("COMSTAR", refused.Reason);
    }

    [Fact]
    public async Task Resize_UpAndDown_InitiatorsAreTold_AndBytesWithinStay()
    {
        var disk = await Make("a.img");
        await Write(disk, 7);
        using var target = await VirtualTarget.StartAsync(disk);
        using var host = target.Login("iqn.2026-11.example:host");
        host.Execute(new ScsiRequest(new byte[6]));
        var before = disk.Disk.LengthBytes;
        foreach (var length in new[] { before * 2, before * 4, before * 2, before })
        {
            var resized = await _provider.ChangeAsync(
                disk, new DiskChange { LengthBytes = length }, CancellationToken.None);
            Assert.True(resized.Succeeded, resized.Reason);
            var told = host.Execute(new ScsiRequest(new byte[6])).SenseData.Span;
            Assert.Equal((0x06, 0x2A, 0x09), (told[2] & 15, told[12], told[13]));
            Assert.True(host.Execute(new ScsiRequest(new byte[6])).IsGood);
            Assert.Equal(length, new FileInfo(Path("a.img")).Length);
        }
        await disk.OfflineAsync(CancellationToken.None);
        Assert.Equal(7, await Read((await NewProvider().ImportAsync(Path("a.img"))).Disk!));
    }

    [Fact]
    public async Task WriteCache_SwitchedOnByAnInitiator_AdministratorSwitchesItOffAgain()
    {
        var disk = await Make("a.img");
        using var target = await VirtualTarget.StartAsync(disk);
        using var host = target.Login("iqn.2026-11.example:host");
        await SetAsync(disabled: true);
        Assert.False(disk.WriteCacheEnabled);
        var page = new byte[24];
        (page[4], page[5], page[6]) = (0x08, 18, 0x04);
        var select = new ScsiRequest(new byte[] { 0x15, 0x11, 0, 0, 24, 0 }) { DataOut = page };
        // Power on, and the mode parameters that have changed.
        for (var attentions = 0; attentions < 2; attentions++) Execute(host, new ScsiRequest(new byte[6]));
        Assert.True(Execute(host, select).IsGood);
        Assert.True(disk.WriteCacheEnabled);
        await _provider.ChangeAsync(disk, new DiskChange { Alias = "renamed" }, CancellationToken.None);
        Assert.True(disk.WriteCacheEnabled);
        await SetAsync(disabled: true);
        Assert.False(disk.WriteCacheEnabled);
        await disk.OfflineAsync(CancellationToken.None);

        async Task SetAsync(bool disabled) => Assert.True((await _provider.ChangeAsync(
            disk, new DiskChange { WriteCacheDisabled = disabled }, CancellationToken.None)).Succeeded);
    }

    [Fact]
    public async Task ManagementUrl_OfTheDiskOrOfAll_IsPage85()
    {
        var disk = await Make("a.img");
        using var target = await VirtualTarget.StartAsync(disk);
        using var host = target.Login("iqn.2026-11.example:host");
        Assert.False(Page85().IsGood);
        _provider.ManagementUrlDefault = "http://all.example/";
        Assert.Contains("http://all.example/", Text(Page85()));
        await _provider.ChangeAsync(
            disk, new DiskChange { ManagementUrl = "http://own.example/" }, CancellationToken.None);
        Assert.Contains("http://own.example/", Text(Page85()));
        _provider.ManagementUrlDefault = "http://others.example/";
        Assert.Contains("http://own.example/", Text(Page85()));
        await _provider.ChangeAsync(disk, new DiskChange { ManagementUrl = "" }, CancellationToken.None);
        Assert.Contains("http://others.example/", Text(Page85()));
        await disk.OfflineAsync(CancellationToken.None);

        ScsiResult Page85() => host.Execute(new ScsiRequest(new byte[] { 0x12, 1, 0x85, 1, 0, 0 }) { DataIn = _page });

        string Text(ScsiResult result)
        {
            Assert.True(result.IsGood);
            return System.Text.Encoding.ASCII.GetString(_page, 0, result.DataInLength);
        }
    }

    private readonly byte[] _page = new byte[256];

    [Fact]
    public async Task Save_StateOfTheDeviceServer_SurvivesAnotherOpen()
    {
        var made = await Make("a.img");
        var loop = new ManualLoop();
        var save = new Saved { Loop = loop };
        made.Options.Persistence!.Save(new byte[] { 1, 2, 3 }, save);
        Assert.True(SpinWait.SpinUntil(() => loop.Pump() >= 0 && save.Done, TimeSpan.FromSeconds(120)));
        Assert.True(save.Succeeded);
        var opened = (await NewProvider().ImportAsync(Path("a.img"))).Disk!;
        Assert.Equal([1, 2, 3], (await opened.Options.Persistence!.LoadAsync(CancellationToken.None)).ToArray());
    }

    [Fact]
    public void TryDecode_EveryByteChangedAndEveryCut_RefusedOrTheSame()
    {
        var metadata = new DiskMetadata
        {
            Id = new LogicalUnitId(0x6024_C550_0000_0001, 5),
            DataPath = "/d/ä.img",
            LengthBytes = 1 << 20,
            BlockLengthBytes = 512,
            Alias = "x",
        };
        var bytes = metadata.Encode();
        Assert.True(DiskMetadata.TryDecode(bytes, out var same, out _));
        Assert.Equal(bytes, same.Encode());
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.False(DiskMetadata.TryDecode(bytes.AsSpan(0, i), out _, out _), $"cut at {i}");
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x10;
            // The minor version may differ: it does not change what is read.
            if (i is not (10 or 11)) Assert.False(DiskMetadata.TryDecode(damaged, out _, out _), $"byte {i}");
        }
    }

    private DiskProvider NewProvider() => new(
        new StoreOpener(_pool, _workers), _workers, new DiskIdSource(TimeProvider.System, SystemEntropy.Instance),
        Path("metadata"), TimeProvider.System);

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    private async Task<DiskUnit> Make(string name)
    {
        var made = await _provider.CreateAsync(
            new DiskProperties { DataPath = Path(name), LengthBytes = 1 << 20 }, _ => false);
        Assert.True(made.Succeeded, made.Reason);
        return made.Disk!;
    }

    private static DiskOptions Comparable(DiskOptions options) => options with { Unit = null!, Marks = null };

    private static UnitOptions Comparable(UnitOptions options) => options with { Persistence = null };

    private static Task<int> Write(DiskUnit disk, byte value) => Use(disk, host =>
    {
        var block = new byte[disk.BlockLengthBytes];
        block.AsSpan().Fill(value);
        DiskRig.Good(Execute(host, new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 0, 1)) { DataOut = block }));
        return 0;
    });

    private static Task<int> Read(DiskUnit disk) => Use(disk, host =>
    {
        var block = new byte[disk.BlockLengthBytes];
        DiskRig.Good(Execute(host, new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 0, 1)) { DataIn = block }));
        return block[0];
    });

    private static async Task<int> Use(DiskUnit disk, Func<VirtualInitiator, int> use)
    {
        using var target = await VirtualTarget.StartAsync(disk);
        var host = target.Login("iqn.2026-11.example:host");
        Execute(host, new ScsiRequest(new byte[6]));
        var result = use(host);
        host.Dispose();
        ((ManualLoop)host.Loop).Pump();
        Assert.True((await disk.OfflineAsync(CancellationToken.None)).Succeeded);
        return result;
    }

    private static ScsiResult Execute(VirtualInitiator host, in ScsiRequest request)
    {
        var command = host.Start(request);
        var ended = SpinWait.SpinUntil(
            () => ((ManualLoop)host.Loop).Pump() >= 0 && command.HasEnded, TimeSpan.FromSeconds(120));
        Assert.True(ended, "the command never ended");
        return command.ToResult();
    }

    private sealed class Saved : SaveRequest
    {
        public bool Done { get; private set; }

        public override void Run() => Done = true;
    }
}
