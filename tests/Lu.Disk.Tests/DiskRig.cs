using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Tests;

/// <summary>A disk on the virtual port with one initiator, driven by the test's thread.</summary>
internal sealed class DiskRig : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-disk-");
    private readonly BufferPool _pool = new(64 << 20);
    private readonly StoreWorkers _workers = new();
    private readonly List<VirtualInitiator> _hosts = [];

    private DiskRig(DiskOptions options, string kind, Func<StoreOpening>? open)
    {
        Disk = new DiskUnit(options, open ?? (() => Open(options, kind)));
    }

    public DiskUnit Disk { get; }

    public VirtualTarget Target { get; private set; } = null!;

    public VirtualInitiator Host => _hosts[0];

    public static DiskOptions Options(long length = 1 << 20, int block = 512, bool thin = true) => new()
    {
        Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 1), Alias = "disk0" },
        LengthBytes = length,
        BlockLengthBytes = block,
        Thin = thin,
    };

    public static Task<DiskRig> StartAsync(DiskOptions options, string kind = "ram") => StartAsync(options, kind, null);

    public static Task<DiskRig> StartAsync(DiskOptions options, Func<StoreOpening> open) =>
        StartAsync(options, "", open);

    private static async Task<DiskRig> StartAsync(DiskOptions options, string kind, Func<StoreOpening>? open)
    {
        var rig = new DiskRig(options, kind, open);
        rig.Target = await VirtualTarget.StartAsync(rig.Disk);
        rig.Login();
        return rig;
    }

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>One more initiator, past its power-on attention.</summary>
    public VirtualInitiator Login()
    {
        var host = Target.Login($"iqn.2026-11.example:host{_hosts.Count}");
        _hosts.Add(host);
        Run(new ScsiRequest(new byte[6]), host);
        return host;
    }

    public VirtualCommand Start(in ScsiRequest request, VirtualInitiator? host = null) => (host ?? Host).Start(request);

    public ScsiResult Finish(VirtualCommand command)
    {
        PumpUntil(() => command.HasEnded);
        var result = command.ToResult();
        command.Ended = null;
        return result;
    }

    /// <summary>Runs the loops of all initiators until something is so.</summary>
    public void PumpUntil(Func<bool> condition)
    {
        var came = SpinWait.SpinUntil(
            () =>
            {
                foreach (var host in _hosts) ((ManualLoop)host.Loop).Pump();
                return condition();
            },
            s_patience);
        Assert.True(came, "what was waited for never came");
    }

    public ScsiResult Run(in ScsiRequest request, VirtualInitiator? host = null) => Finish(Start(request, host));

    public ScsiResult Run(byte[] cdb, byte[]? dataOut = null, VirtualInitiator? host = null) =>
        Run(new ScsiRequest(cdb) { DataOut = dataOut }, host);

    public byte[] Read(byte[] cdb, int length)
    {
        var bytes = new byte[length];
        var result = Run(new ScsiRequest(cdb) { DataIn = bytes });
        Good(result);
        return bytes[..result.DataInLength];
    }

    public static void Good(ScsiResult result) => Assert.True(result.IsGood, Describe(result));

    public static void Refused(ScsiResult result, SenseKey key, AdditionalSense code)
    {
        Assert.Equal(ScsiStatus.CheckCondition, result.Status);
        Assert.True(Sense.TryParse(result.SenseData.Span, out var sense), "no sense data");
        Assert.Equal((key, code), (sense.Key, sense.Code));
    }

    public static Sense SenseOf(ScsiResult result)
    {
        Assert.True(Sense.TryParse(result.SenseData.Span, out var sense), Describe(result));
        return sense;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            host.Dispose();
            ((ManualLoop)host.Loop).Pump();
            Assert.True(host.IsClosed, "a session does not end");
        }
        Target.Dispose();
        var offline = await Disk.OfflineAsync(CancellationToken.None);
        Assert.True(offline.Succeeded, offline.Reason);
        await _workers.DisposeAsync();
        Assert.Empty(_pool.DescribeLeases());
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    private StoreOpening Open(DiskOptions options, string kind)
    {
        if (kind == "ram") return new(new RamStore(DiskUnit.StoreBytesOf(options)), null);
        return FileStore.Open(
            new FileStoreOptions
            {
                Path = File("disk.img"),
                LengthBytes = DiskUnit.StoreBytesOf(options),
                Creation = StoreCreation.OpenOrCreate,
            },
            _pool, _workers);
    }

    private static string Describe(ScsiResult result) =>
        $"{result.Status} {(result.SenseData.Length > 0 ? Convert.ToHexString(result.SenseData.Span) : "")}";
}
