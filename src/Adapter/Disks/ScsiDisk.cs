using System.Collections.Immutable;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Disks;

/// <summary>
/// A disk as scdisk drives it, with a friendly face: asynchronous reads and writes of whole blocks, flush, discard, a
/// <see cref="Stream"/>; a bounded queue; retries; unit attentions taken; several paths. Any thread.
/// </summary>
public sealed partial class ScsiDisk : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<DiskRequest> _idle = [];
    private readonly PathControl _control;
    private readonly OpenExtension _extension;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _healthChecks;
    private DiskRequest? _firstWaiting;
    private DiskRequest? _lastWaiting;
    private int _waiting;
    private int _inFlight;
    private bool _runsAlone;
    private bool _sendsWaiting;
    private Task? _closing;
    private bool _closed;
    private int _maxTransferBytes = 32768;
    private int _cdbLengthMax = TransportCommand.CdbLengthMin;
    private ReadCapacityData _capacity = new();

    private ScsiDisk(ScsiDiskOptions options, OpenExtension extension, IReadOnlyList<DiskPath> paths)
    {
        RetainsReservation = (extension & OpenExtension.RetainReservation) != 0;
        Options = options;
        _extension = extension;
        _control = new PathControl(options.Algorithm, paths);
    }

    /// <summary>Its attributes.</summary>
    public ScsiDiskOptions Options { get; }

    /// <summary>SC_RETAIN_RESERVATION of any of its opens: closing does not release.</summary>
    internal bool RetainsReservation { get; set; }

    /// <summary>Length of a block in bytes.</summary>
    public int BlockLengthBytes => (int)_capacity.BlockLength;

    /// <summary>How many blocks it has.</summary>
    public ulong BlockCount => _capacity.LastLba + 1;

    /// <summary>Its length in bytes.</summary>
    public long LengthBytes => (long)BlockCount * BlockLengthBytes;

    /// <summary>Whether it can be asked to forget blocks.</summary>
    public bool CanDiscard => _capacity.ProvisioningManagement;

    /// <summary>Its paths.</summary>
    public IReadOnlyList<DiskPath> Paths => _control.Paths;

    /// <summary>Opens a disk with one path.</summary>
    /// <exception cref="ScsiDiskException">It could not be opened.</exception>
    public static Task<ScsiDisk> OpenAsync(ScsiAdapter adapter, ulong scsiId, Lun lun, ScsiDiskOptions? options = null,
        OpenExtension extension = OpenExtension.None) =>
        OpenAsync([new DiskPathOptions(adapter, scsiId, lun)], options, extension);

    /// <summary>Opens a disk: starts its paths, waits until it is ready, reserves as its policy says, and reads its
    /// capacity.</summary>
    /// <param name="paths">Its paths.</param>
    /// <param name="options">Its attributes.</param>
    /// <param name="extension">Forced open, no reserve, retain, exclusive (for DKFORMAT), PR shared; diagnostic: no
    /// command is sent, and only operations work. Who else has it open is <see cref="DiskSpecialFile"/>'s.</param>
    /// <exception cref="ScsiDiskException">It could not be opened: EBUSY where another initiator has it reserved,
    /// EINVAL where a path is in use or the attributes contradict themselves.</exception>
    public static async Task<ScsiDisk> OpenAsync(IReadOnlyList<DiskPathOptions> paths, ScsiDiskOptions? options = null,
        OpenExtension extension = OpenExtension.None)
    {
        options ??= new ScsiDiskOptions();
        var contradiction = paths.Count == 0
            || options is { ReservePolicy: ReservePolicy.SinglePath, Algorithm: not PathAlgorithm.FailOver }
            || options is { ReservationKey: 0, ReservePolicy: >= ReservePolicy.PersistentExclusive }
            || options.ReservationKey == 0 && (extension & OpenExtension.PrSharedRegister) != 0;
        if (contradiction)
            throw new ScsiDiskException(options.Name, Errno.EINVAL, "it has no path, or its attributes contradict it");
        var opened = ImmutableArray.CreateBuilder<DiskPath>();
        for (var i = 0; i < paths.Count; i++)
        {
            var error = paths[i].Adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file);
            if (error != Errno.None)
            {
                foreach (var path in opened) path.File.Dispose();
                throw new ScsiDiskException(options.Name, error, null, null);
            }
            opened.Add(new DiskPath(i, paths[i], file!));
        }
        var disk = new ScsiDisk(options, extension, opened.ToImmutable());
        try
        {
            await disk.BringUpAsync().ConfigureAwait(false);
            return disk;
        }
        catch
        {
            await disk.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Reads whole blocks. Cancelled, it ends at once where its command has not gone to the device; where it has, the
    /// command is aborted there, alone, and the call ends when nothing can come into the memory any more. A transport
    /// that cannot abort (SG_IO), or a device that does not answer to it, keeps the memory until the command ends or
    /// its time is over (<c>rw_timeout</c>). What was done by then counts: the call may still succeed.
    /// </summary>
    /// <param name="lba">The first block.</param>
    /// <param name="to">Where to; a multiple of the block length.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ScsiDiskException">It failed; ENXIO beyond the end.</exception>
    /// <exception cref="OperationCanceledException">It was given up; part of the memory may be filled.</exception>
    public ValueTask ReadAsync(ulong lba, Memory<byte> to, CancellationToken cancellation = default) =>
        MoveAsync(lba, to, isRead: true, cancellation);

    /// <summary>Writes whole blocks. Cancelled, it ends as a read does; some or all of the blocks may be
    /// written.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="from">What; a multiple of the block length. It is not changed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ScsiDiskException">It failed; ENXIO beyond the end, EWRPROTECT on a protected
    /// medium.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public ValueTask WriteAsync(ulong lba, ReadOnlyMemory<byte> from, CancellationToken cancellation = default) =>
        MoveAsync(lba, System.Runtime.InteropServices.MemoryMarshal.AsMemory(from), isRead: false, cancellation);

    /// <summary>Makes what was written durable.</summary>
    /// <param name="cancellation">Gives up, as with a read.</param>
    /// <exception cref="ScsiDiskException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellation = default)
    {
        ThrowUnlessOpenForData(cancellation);
        var cdb = BlockCommands.SynchronizeCache16.Begin(new byte[16]).ToArray();
        Throw(await CommandAsync(cdb, TransferDirection.None, default, cancellation: cancellation)
            .ConfigureAwait(false));
    }

    /// <summary>Tells the disk that blocks hold nothing any more; where it cannot be told, nothing happens.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="count">How many blocks.</param>
    /// <param name="cancellation">Gives up, as with a read.</param>
    /// <exception cref="ScsiDiskException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was given up; some or all of the blocks may hold nothing any
    /// more.</exception>
    public async ValueTask DiscardAsync(ulong lba, uint count, CancellationToken cancellation = default)
    {
        ThrowUnlessOpenForData(cancellation);
        if (!CanDiscard || count == 0) return;
        ThrowIfBeyond(lba, count);
        var list = new byte[24];
        list[1] = 22;
        list[3] = 16;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), lba);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16), count);
        byte[] unmap = [0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0];
        Throw(await CommandAsync(unmap, TransferDirection.Out, list, cancellation: cancellation)
            .ConfigureAwait(false));
    }

    /// <summary>The disk as a stream: seekable, unaligned access allowed; not to be used by two callers at
    /// once.</summary>
    public Stream OpenStream() => new ScsiDiskStream(this);

    /// <summary>Takes a path out of use, or back in (<c>chpath -s</c>); false for the last enabled one.</summary>
    public bool TrySetPathEnabled(DiskPath path, bool enabled)
    {
        lock (_gate) return _control.TrySetEnabled(path, enabled);
    }

    /// <summary>Closes: what waits for its turn is refused with ENODEV, what is at the device ends, the reservation is
    /// released, the paths are stopped. Requests that come later are refused with ENODEV.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate) return new(_closing ??= CloseAsync());
    }

    private async Task CloseAsync()
    {
        await Task.Yield();         // the lock of whoever asked is not held any more
        if (_healthChecks is not null) await _healthChecks.DisposeAsync().ConfigureAwait(false);
        RefuseWaiting();
        if (_mayHoldReservation && !RetainsReservation) await ReleaseAsync().ConfigureAwait(false);
        Task quiet;
        lock (_gate)
        {
            _closed = true;
            quiet = _inFlight == 0 ? Task.CompletedTask : _quiet.Task;
        }
        RefuseWaiting();
        foreach (var path in Paths)
        {
            if (path.IsStarted) await path.StopAsync().ConfigureAwait(false);
            path.File.Dispose();
        }
        // One that was about to be sent again finds that it may not.
        await quiet.ConfigureAwait(false);
    }
}
