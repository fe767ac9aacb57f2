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
    private readonly IscsiTransport _transport;
    private readonly Lock _gate = new();
    private ScsiDisk? _disk;
    private Task? _closing;

    private IscsiDisk(IscsiSessionOptions session, IscsiDiskOptions options)
    {
        _loops = LoopGroup.Start(options.Loops, _buffers);
        _initiator = new IscsiInitiator(options.Initiator, _loops);
        _transport = new IscsiTransport(_initiator, [new IscsiBinding(ScsiId, session)]);
        Adapter = new ScsiAdapter(
            new AdapterAttributes { Name = "iscsi0" }, _loops.LeastLoaded(), _transport, Log);
    }

    /// <summary>The disk: read, write, flush, discard, a stream.</summary>
    public ScsiDisk Disk => _disk!;

    /// <summary>The adapter it hangs on, at SCSI ID 1: what a disk does not do, its queue does.</summary>
    public ScsiAdapter Adapter { get; }

    /// <summary>What its session runs by now: portal, digests, lengths; null while it is being made anew.</summary>
    public IscsiSessionSettings? Settings => _transport.SettingsOf(ScsiId);

    /// <summary>What went wrong, as the driver records it.</summary>
    public SystemErrorLog Log { get; } = new(TimeProvider.System);

    /// <summary>Logs in and opens the disk at a URL, LUN 0 where it names none; nobody has to prove anything.</summary>
    /// <inheritdoc cref="OpenAsync(IscsiSessionOptions, Lun, IscsiDiskOptions, CancellationToken)"/>
    /// <exception cref="FormatException">It is no URL of a logical unit.</exception>
    public static Task<IscsiDisk> OpenAsync(string url, CancellationToken cancellation = default)
    {
        var parsed = IscsiUrl.Parse(url);
        return OpenAsync(parsed.ToSession(), Lun.FromNumber(parsed.Lun ?? 0), null, cancellation);
    }

    /// <summary>Logs in and opens a disk.</summary>
    /// <param name="session">Which target, and how to log in.</param>
    /// <param name="lun">Which of its logical units.</param>
    /// <param name="options">Everything else.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IscsiException">There is no way to the target; the message says why.</exception>
    /// <exception cref="ScsiDiskException">The target answers, the disk does not open.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    /// <exception cref="ArgumentException">The session's options contradict themselves.</exception>
    public static async Task<IscsiDisk> OpenAsync(
        IscsiSessionOptions session, Lun lun, IscsiDiskOptions? options = null,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        options ??= new IscsiDiskOptions();
        var disk = new IscsiDisk(session, options);
        try
        {
            // With the initiator everything that the opening waits for ends.
            using (cancellation.UnsafeRegister(static disk => _ = ((IscsiDisk)disk!).GiveUpAsync(), disk))
                await disk.BringUpAsync(session, lun, options.Disk).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return disk;
        }
        catch (Exception failed)
        {
            await disk.DisposeAsync().ConfigureAwait(false);
            if (failed is IscsiException or ScsiDiskException or ObjectDisposedException)
                cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Closes the disk and logs out. Requests that are outstanding end, with ENODEV where they cannot be
    /// carried out any more.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate) return new(_closing ??= CloseAsync());
    }

    private async Task BringUpAsync(IscsiSessionOptions session, Lun lun, ScsiDiskOptions options)
    {
        try
        {
            _disk = await ScsiDisk.OpenAsync(Adapter, ScsiId, lun, options).ConfigureAwait(false);
        }
        catch (ScsiDiskException failed) when (failed.Errno == Errno.ENODEV)
        {
            // An adapter driver only says that nobody answered; a login of its own says why.
            var why = await IscsiSession.ConnectAsync(_initiator, session).ConfigureAwait(false);
            await why.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task GiveUpAsync() => _initiator.DisposeAsync().AsTask();

    private async Task CloseAsync()
    {
        if (_disk is not null) await _disk.DisposeAsync().ConfigureAwait(false);
        await Adapter.DisposeAsync().ConfigureAwait(false);
        await _initiator.DisposeAsync().ConfigureAwait(false);
        await _loops.DisposeAsync().ConfigureAwait(false);
        _buffers.Dispose();
    }
}
