using System.Net;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Disks;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Transactions;
using Lunette.Admin.Contracts;
using Lunette.Daemon;
using Lunette.Daemon.Starting;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>The adapter over real sockets against the daemon's target.</summary>
public sealed class IscsiTransportTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lunette-adapter-");
    private readonly BufferPool _buffers = new(64 << 20);
    private readonly SystemErrorLog _log = new(TimeProvider.System);
    private TargetSystem _daemon = null!;
    private LoopGroup _loops = null!;
    private IscsiInitiator _initiator = null!;
    private ScsiAdapter _adapter = null!;
    private byte _lun;

    public async ValueTask InitializeAsync()
    {
        _daemon = await TargetSystem.StartAsync(new ServeOptions
        {
            Home = new LunetteHome(_home.FullName),
            Portals = [new IPEndPoint(IPAddress.Loopback, 0)],
            RamBytes = 16 << 20,
            FirstDiskBytes = 1 << 20,
            Loops = 1,
            StopDeadline = TimeSpan.FromSeconds(1),
        }, NullLoggerFactory.Instance);
        _lun = (byte)_daemon.RamLun!.Value;
        _loops = LoopGroup.Start(new LoopGroupOptions { Count = 1, Spin = false }, _buffers);
        _initiator = new IscsiInitiator(
            new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2026-11.example:adapter") }, _loops);
        var portal = new PortalAddress("127.0.0.1", _daemon.Portals[0].Port);
        var target = (await _initiator.DiscoverAsync(portal)).Single();
        var session = new IscsiSessionOptions { TargetName = target.Name, Portals = [portal] };
        var unknown = session with { TargetName = IscsiName.Parse("iqn.2026-11.example:nobody") };
        _adapter = new ScsiAdapter(
            new AdapterAttributes { Name = "iscsi0", CommandDelaySeconds = 0 }, _loops.LeastLoaded(),
            new IscsiTransport(_initiator, [new IscsiBinding(1, session), new IscsiBinding(2, unknown)]), _log);
    }

    public async ValueTask DisposeAsync()
    {
        await _adapter.DisposeAsync();
        await _initiator.DisposeAsync();
        await _loops.DisposeAsync();
        await _daemon.StopAsync(CancellationToken.None);
        await _daemon.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private AdapterFile OpenFile()
    {
        Assert.Equal(Errno.None, _adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file));
        return file!;
    }

    [Fact]
    public async Task ScsiDisk_WholeDiskDeepQueue_SameBytes()
    {
        var disk = await ScsiDisk.OpenAsync(_adapter, 1, Lun.FromNumber(_lun)).WaitAsync(s_patience);
        Assert.Equal(16L << 20, disk.LengthBytes);
        var bytes = new byte[disk.LengthBytes];
        new Random(7).NextBytes(bytes);
        const int Piece = 64 << 10;
        var pieces = Enumerable.Range(0, bytes.Length / Piece).ToArray();
        await Task.WhenAll(pieces.Select(i => disk.WriteAsync(Lba(i), bytes.AsMemory(i * Piece, Piece)).AsTask()))
            .WaitAsync(s_patience);
        await disk.FlushAsync();

        var read = new byte[bytes.Length];
        await Task.WhenAll(pieces.Select(i => disk.ReadAsync(Lba(i), read.AsMemory(i * Piece, Piece)).AsTask()))
            .WaitAsync(s_patience);

        Assert.Equal(bytes, read);
        await disk.DisposeAsync();

        ulong Lba(int piece) => (ulong)(piece * (Piece / disk.BlockLengthBytes));
    }

    // The observer is the owner's code, told on the thread that asks for the session where the loop is gone: it may
    // wait for whoever asks the transport.
    [Fact]
    public async Task Start_LoopOfTheSessionHasEnded_ObserverIsToldUnderNoLock()
    {
        var loops = LoopGroup.Start(new LoopGroupOptions { Count = 1, Spin = false }, _buffers);
        await using var initiator = new IscsiInitiator(_initiator.Options, loops);
        await loops.DisposeAsync();
        IscsiTransport transport = null!;
        var wasFree = false;
        transport = new IscsiTransport(initiator, [new IscsiBinding(1, new IscsiSessionOptions
        {
            TargetName = IscsiName.Parse("iqn.2026-11.example:nobody"),
            Portals = [new PortalAddress("127.0.0.1", 1)],
            Observer = _ => wasFree = Task.Factory.StartNew(
                () => transport.SettingsOf(1), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Wait(s_patience / 4),
        })]);
        await using var adapter = new ScsiAdapter(
            new AdapterAttributes { Name = "iscsi1" }, _loops.LeastLoaded(), transport, _log);
        Assert.Equal(Errno.None, adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file));
        using var owned = file!;
        var error = await owned.IoctlAsync(IoctlNumber.SCIOSTART, new IdLun(1, 0)).WaitAsync(s_patience);
        var inquiry = new ScInquiry { ScsiId = 1, InquiryLength = 36, Inquiry = new byte[36] };
        if (error == Errno.None) error = await owned.IoctlAsync(IoctlNumber.SCIOINQU, inquiry).WaitAsync(s_patience);
        Assert.Equal((Errno.ENODEV, true), (error, wasFree));
    }

    [Fact]
    public async Task BusResetUnderLoad_EveryRequestOfTheDiskSucceeds()
    {
        var disk = await ScsiDisk.OpenAsync(
            _adapter, 1, Lun.FromNumber(_lun), new ScsiDiskOptions { RetriesMax = 50 }).WaitAsync(s_patience);
        using var file = OpenFile();
        var load = Enumerable.Range(0, 16).Select(i => WriteAndReadAsync(disk, i)).ToArray();
        for (var i = 0; i < 5; i++)
        {
            var error = await file.IoctlAsync(IoctlNumber.SCIORESET, new IdLun(1, _lun)).WaitAsync(s_patience);
            Assert.Equal(Errno.None, error);
        }
        await Task.WhenAll(load).WaitAsync(s_patience);
        await disk.DisposeAsync();
    }

    private static async Task WriteAndReadAsync(ScsiDisk disk, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[4096];
        var read = new byte[4096];
        for (var i = 0; i < 50; i++)
        {
            random.NextBytes(bytes);
            await disk.WriteAsync((ulong)seed * 8, bytes);
            await disk.ReadAsync((ulong)seed * 8, read);
            Assert.Equal(bytes, read);
        }
    }

    [Fact]
    public async Task Halt_OverTheWire_RejectsUntilResume()
    {
        using var file = OpenFile();
        var device = new IdLun(1, _lun);
        Assert.Equal(Errno.None, await file.IoctlAsync(IoctlNumber.SCIOSTART, device));
        await file.IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1, LunId = _lun }).WaitAsync(s_patience);

        Assert.Equal(Errno.None, await file.IoctlAsync(IoctlNumber.SCIOHALT, device).WaitAsync(s_patience));

        Assert.Equal(Errno.ENXIO, await SendAsync(file, TransactionFlags.None));
        Assert.Equal(Errno.None, await SendAsync(file, TransactionFlags.Resume));
        Assert.Equal(Errno.None, await file.IoctlAsync(IoctlNumber.SCIOSTOP, device).WaitAsync(s_patience));
    }

    private async Task<Errno> SendAsync(AdapterFile file, TransactionFlags flags)
    {
        var done = new TaskCompletionSource<Errno>(TaskCreationOptions.RunContinuationsAsynchronously);
        var structure = new ScBuf
        {
            ScsiId = 1,
            LogicalUnitNumber = _lun,
            Flags = flags,
            IoDone = ended => done.SetResult(ended.Bufstruct.Error),
        };
        structure.SetCommand(new byte[6]);
        Assert.Equal(Errno.None, file.Strategy(structure));
        return await done.Task.WaitAsync(s_patience);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public async Task UnknownTarget_ENODEVNotLogged(byte id)
    {
        using var file = OpenFile();
        Assert.Equal(Errno.None, await file.IoctlAsync(IoctlNumber.SCIOSTART, new IdLun(id, 0)));
        var inquiry = new ScInquiry { ScsiId = id, InquiryLength = 36, Inquiry = new byte[36] };

        Assert.Equal(Errno.ENODEV, await file.IoctlAsync(IoctlNumber.SCIOINQU, inquiry).WaitAsync(s_patience));

        Assert.Equal(Errno.ENODEV,
            await file.IoctlAsync(IoctlNumber.SCIOHALT, new IdLun(id, 0)).WaitAsync(s_patience));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Inquiry_LunNotMapped_TheIdAnswers()
    {
        using var file = OpenFile();
        Assert.Equal(Errno.None, await file.IoctlAsync(IoctlNumber.SCIOSTART, new IdLun(1, 200)));
        var inquiry = new ScInquiry { ScsiId = 1, LunId = 200, InquiryLength = 36, Inquiry = new byte[36] };

        Assert.Equal(Errno.None, await file.IoctlAsync(IoctlNumber.SCIOINQU, inquiry).WaitAsync(s_patience));

        Assert.Equal(0x7F, inquiry.Inquiry.Span[0]);
    }
}
