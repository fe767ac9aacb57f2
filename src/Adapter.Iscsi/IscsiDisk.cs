using Lunette.Adapter.Disks;
using Lunette.Adapter.ErrorLog;
using Lunette.Initiator.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Iscsi;

/// <summary>
/// A disk of the network with all it needs around it: loops, initiator, session, adapter, and scdisk's driving over
/// them.
/// <code>
/// await using var opened = await IscsiDisk.OpenAsync("iscsi://192.0.2.1/iqn.2026-11.example:disk/0");
/// await opened.Disk.ReadAsync(lba: 0, block);
/// </code>
/// </summary>
public sealed class IscsiDisk : IAsyncDisposable
{
    private const ulong ScsiId = 1;
    private const long BuffersBytesMax = 256L << 20;

    private readonly BufferPool _buffers = new(BuffersBytesMax);
    private readonly LoopGroup _loops;
    private readonly IscsiInitiator _initiator;
    private ScsiDisk? _disk;

    private IscsiDisk(IscsiSessionOptions session, IscsiDiskOptions options)
    {
        _loops = LoopGroup.Start(options.Loops, _buffers);
        _initiator = new IscsiInitiator(options.Initiator, _loops);
        Adapter = new ScsiAdapter(
            new AdapterAttributes { Name = "iscsi0" }, _loops.LeastLoaded(),
            new IscsiTransport(_initiator, [new IscsiBinding(ScsiId, session)]), Log);
    }

    /// <summary>The disk: read, write, flush, discard, a stream.</summary>
    public ScsiDisk Disk => _disk!;

    /// <summary>The adapter it hangs on, at SCSI ID 1: what a disk does not do, its queue does.</summary>
    public ScsiAdapter Adapter { get; }

    /// <summary>What went wrong, as the driver records it.</summary>
    public SystemErrorLog Log { get; } = new(TimeProvider.System);

    /// <summary>Logs in and opens the disk at a URL, LUN 0 where it names none; nobody has to prove anything.</summary>
    /// <inheritdoc cref="OpenAsync(IscsiSessionOptions, Lun, IscsiDiskOptions)"/>
    /// <exception cref="FormatException">It is no URL of a logical unit.</exception>
    public static Task<IscsiDisk> OpenAsync(string url)
    {
        var parsed = IscsiUrl.Parse(url);
        return OpenAsync(parsed.ToSession(), Lun.FromNumber(parsed.Lun ?? 0));
    }

    /// <summary>Logs in and opens a disk.</summary>
    /// <param name="session">Which target, and how to log in.</param>
    /// <param name="lun">Which of its logical units.</param>
    /// <param name="options">Everything else.</param>
    /// <exception cref="IscsiException">There is no way to the target; the message says why.</exception>
    /// <exception cref="ScsiDiskException">The target answers, the disk does not open.</exception>
    public static async Task<IscsiDisk> OpenAsync(
        IscsiSessionOptions session, Lun lun, IscsiDiskOptions? options = null)
    {
        options ??= new IscsiDiskOptions();
        var disk = new IscsiDisk(session, options);
        try
        {
            disk._disk = await ScsiDisk.OpenAsync(disk.Adapter, ScsiId, lun, options.Disk).ConfigureAwait(false);
            return disk;
        }
        catch (ScsiDiskException failed) when (failed.Errno == Errno.ENODEV)
        {
            await using (disk.ConfigureAwait(false))
            {
                // An adapter driver only says that nobody answered; a login of its own says why.
                var why = await IscsiSession.ConnectAsync(disk._initiator, session).ConfigureAwait(false);
                await why.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch
        {
            await disk.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the disk and logs out.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disk is not null) await _disk.DisposeAsync().ConfigureAwait(false);
        await Adapter.DisposeAsync().ConfigureAwait(false);
        await _initiator.DisposeAsync().ConfigureAwait(false);
        await _loops.DisposeAsync().ConfigureAwait(false);
        _buffers.Dispose();
    }
}
