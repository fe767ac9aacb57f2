using Lunette.Adapter;
using Lunette.Adapter.Disks;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Iscsi;
using Lunette.Initiator.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Cli.Disks;

/// <summary>A disk at a URL, driven as scdisk does: retries, unit attentions, a deep queue.</summary>
internal sealed class UrlDisk : IBlocks
{
    private const ulong ScsiId = 1;
    private const long BuffersBytesMax = 256L << 20;

    private readonly BufferPool _buffers = new(BuffersBytesMax);
    private readonly LoopGroup _loops;
    private readonly IscsiInitiator _initiator;
    private readonly ScsiAdapter _adapter;
    private ScsiDisk _disk = null!;

    private UrlDisk(UrlLogin login, IscsiUrl url)
    {
        _loops = LoopGroup.Start(new LoopGroupOptions { Count = 1 }, _buffers);
        _initiator = new IscsiInitiator(login.Node, _loops);
        _adapter = new ScsiAdapter(new AdapterAttributes { Name = "iscsi0" }, _loops.LeastLoaded(),
            new IscsiTransport(_initiator, [new IscsiBinding(ScsiId, login.Session(url))]),
            new SystemErrorLog(TimeProvider.System));
    }

    public long LengthBytes => _disk.LengthBytes;

    public int BlockLengthBytes => _disk.BlockLengthBytes;

    public bool IsZeroed => false;

    /// <summary>Logs in and opens the disk.</summary>
    /// <exception cref="DiskCommandException">It cannot; the message says why.</exception>
    public static async Task<UrlDisk> OpenAsync(UrlLogin login, IscsiUrl url, int depth)
    {
        var disk = new UrlDisk(login, url);
        try
        {
            disk._disk = await ScsiDisk.OpenAsync(disk._adapter, ScsiId, Lun.FromNumber(url.Lun ?? 0),
                new ScsiDiskOptions { QueueDepth = depth });
            return disk;
        }
        catch (ScsiDiskException failed)
        {
            await disk.EndAsync();
            // An adapter driver only says that nobody answered; a login of its own says why.
            if (failed.Errno == Errno.ENODEV) await (await UrlPort.OpenAsync(login, url)).DisposeAsync();
            throw new DiskCommandException(failed.Message);
        }
    }

    public ValueTask ReadAsync(long offset, Memory<byte> to) => _disk.ReadAsync((ulong)(offset / BlockLengthBytes), to);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> from) =>
        _disk.WriteAsync((ulong)(offset / BlockLengthBytes), from);

    public ValueTask FlushAsync() => _disk.FlushAsync();

    public async ValueTask DisposeAsync()
    {
        await _disk.DisposeAsync();
        await EndAsync();
    }

    private async ValueTask EndAsync()
    {
        await _adapter.DisposeAsync();
        await _initiator.DisposeAsync();
        await _loops.DisposeAsync();
        _buffers.Dispose();
    }
}
