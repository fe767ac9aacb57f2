using Lunette.Adapter.Disks;
using Lunette.Adapter.Iscsi;
using Lunette.Initiator.Iscsi;
using Lunette.Scsi;

namespace Lunette.Cli.Disks;

/// <summary>A disk at a URL, driven as scdisk does: retries, unit attentions, a deep queue.</summary>
internal sealed class UrlDisk : IBlocks
{
    private readonly IscsiDisk _opened;

    private UrlDisk(IscsiDisk opened) => _opened = opened;

    public long LengthBytes => Disk.LengthBytes;

    public int BlockLengthBytes => Disk.BlockLengthBytes;

    public bool IsZeroed => false;

    private ScsiDisk Disk => _opened.Disk;

    /// <summary>Logs in and opens the disk.</summary>
    /// <exception cref="DiskCommandException">It cannot; the message says why.</exception>
    public static async Task<UrlDisk> OpenAsync(UrlLogin login, IscsiUrl url, int depth)
    {
        var options = new IscsiDiskOptions
        {
            Initiator = login.Node,
            Disk = new ScsiDiskOptions { QueueDepth = depth },
        };
        try
        {
            return new(await IscsiDisk.OpenAsync(login.Session(url), Lun.FromNumber(url.Lun ?? 0), options));
        }
        catch (IscsiException failed)
        {
            throw new DiskCommandException(failed.Fault.Text);
        }
        catch (ScsiDiskException failed)
        {
            throw new DiskCommandException(failed.Message);
        }
    }

    public ValueTask ReadAsync(long offset, Memory<byte> to) => Disk.ReadAsync((ulong)(offset / BlockLengthBytes), to);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> from) =>
        Disk.WriteAsync((ulong)(offset / BlockLengthBytes), from);

    public ValueTask FlushAsync() => Disk.FlushAsync();

    public ValueTask DisposeAsync() => _opened.DisposeAsync();
}
