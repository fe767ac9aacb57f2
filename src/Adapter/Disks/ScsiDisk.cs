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
        if (contradiction) throw new ScsiDiskException(options.Name, Errno.EINVAL, null, null);
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

    /// <summary>Reads whole blocks.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="to">Where to; a multiple of the block length.</param>
    /// <exception cref="ScsiDiskException">It failed; ENXIO beyond the end.</exception>
    public ValueTask ReadAsync(ulong lba, Memory<byte> to) => MoveAsync(lba, to, isRead: true);

    /// <summary>Writes whole blocks.</summary>
    /// <param name="lba">The first block.</param>
    /// <param name="from">What; a multiple of the block length. It is not changed.</param>
    /// <exception cref="ScsiDiskException">It failed; ENXIO beyond the end, EWRPROTECT on a protected
    /// medium.</exception>
    public ValueTask WriteAsync(ulong lba, ReadOnlyMemory<byte> from) =>
        MoveAsync(lba, System.Runtime.InteropServices.MemoryMarshal.AsMemory(from), isRead: false);

    /// <summary>Makes what was written durable.</summary>
    /// <exception cref="ScsiDiskException">It failed.</exception>
    public async ValueTask FlushAsync()
    {
        ThrowUnlessOpenForData();
        var cdb = BlockCommands.SynchronizeCache16.Begin(new byte[16]).ToArray();
        Throw(await CommandAsync(cdb, TransferDirection.None, default).ConfigureAwait(false));
    }

    /// <summary>Tells the disk that blocks hold nothing any more; where it cannot be told, nothing happens.</summary>
    /// <exception cref="ScsiDiskException">It failed.</exception>
    public async ValueTask DiscardAsync(ulong lba, uint count)
    {
        ThrowUnlessOpenForData();
        if (!CanDiscard || count == 0) return;
        if (lba >= BlockCount || count > BlockCount - lba)
            throw new ScsiDiskException(Options.Name, Errno.ENXIO, null, null);
        var list = new byte[24];
        list[1] = 22;
        list[3] = 16;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), lba);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16), count);
        byte[] unmap = [0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0];
        Throw(await CommandAsync(unmap, TransferDirection.Out, list).ConfigureAwait(false));
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
        if (!RetainsReservation) await ReleaseAsync().ConfigureAwait(false);
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

    private async ValueTask MoveAsync(ulong lba, Memory<byte> data, bool isRead)
    {
        ThrowUnlessOpenForData();
        if (data.Length % BlockLengthBytes != 0) throw new ScsiDiskException(Options.Name, Errno.EINVAL, null, null);
        var count = (ulong)(data.Length / BlockLengthBytes);
        if (lba > BlockCount || count > BlockCount - lba)
            throw new ScsiDiskException(Options.Name, Errno.ENXIO, null, null);
        while (!data.IsEmpty)
        {
            // A request longer than the adapter carries is fragmented.
            var part = data[..Math.Min(data.Length, _maxTransferBytes)];
            var answer = await StartMove(lba, part, isRead).ConfigureAwait(false);
            if (answer.Error != Errno.None) throw answer.ToException(Options.Name);
            // A device that says GOOD and moved less has not carried it out.
            if (answer.Residual != 0) throw ScsiDiskException.Short(Options.Name, part.Length, answer.Residual);
            lba += (ulong)(part.Length / BlockLengthBytes);
            data = data[part.Length..];
        }
    }

    private ValueTask<DiskAnswer> StartMove(ulong lba, Memory<byte> data, bool isRead)
    {
        Span<byte> cdb = stackalloc byte[16];
        cdb.Clear();
        cdb[0] = (byte)(isRead ? 0x88 : 0x8A);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(cdb[2..], lba);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(cdb[10..], (uint)(data.Length / BlockLengthBytes));
        var request = Rent();
        request.Prepare(cdb, isRead ? TransferDirection.In : TransferDirection.Out, data,
            Options.ReadWriteTimeoutSeconds);
        var task = request.Task;
        Enter(request);
        return task;
    }

    private void ThrowUnlessOpenForData()
    {
        if (_closing is not null) throw new ScsiDiskException(Options.Name, Errno.ENODEV, null, null);
        if (IsDiagnostic) throw new ScsiDiskException(Options.Name, Errno.EACCES, null, null);
    }

    private void Throw(DiskAnswer answer)
    {
        if (answer.Error != Errno.None) throw answer.ToException(Options.Name);
    }

    internal ValueTask<DiskAnswer> CommandAsync(ReadOnlySpan<byte> cdb, TransferDirection direction, Memory<byte> data,
        DiskPath? path = null, int? timeoutSeconds = null, bool noRetry = false, bool alone = false)
    {
        var request = Rent();
        request.Prepare(cdb, direction, data, timeoutSeconds ?? Options.ReadWriteTimeoutSeconds);
        request.OnlyPath = path;
        request.NoRetry = noRetry;
        // It comes once, so it must not be turned away because of what happened to others.
        if (noRetry) request.Flags = Transactions.TransactionFlags.Resume;
        request.RunsAlone = alone;
        request.IsLogged = !IsDiagnostic;
        var task = request.Task;
        Enter(request);
        return task;
    }
}
