using System.Threading.Tasks.Sources;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Disks;

/// <summary>
/// One command of a disk on its way, through its retries and from path to path. Used again and again; awaited once each
/// time.
/// </summary>
internal sealed class DiskRequest : ScsiBuf, IValueTaskSource<DiskAnswer>
{
    private readonly byte[] _sense = new byte[TransportCommand.SenseLengthMax];
    private readonly ScsiDisk _disk;
    private readonly DelayTimer _delay;
    private ManualResetValueTaskSourceCore<DiskAnswer> _source;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private AbandonWork? _abandoning;

    public DiskRequest(ScsiDisk disk)
    {
        _disk = disk;
        _delay = new DelayTimer(this);
        _source.RunContinuationsAsynchronously = !disk.Options.InlineContinuations;
        AutosenseBuffer = _sense;
        IoDone = static ended => ((DiskRequest)ended)._disk.Ended((DiskRequest)ended);
    }

    public DiskRequest? NextWaiting { get; set; }

    public DiskRequest? PreviousWaiting { get; set; }

    /// <summary>Where it is, as far as somebody else has to know who does not want it any more; under the disk's
    /// lock.</summary>
    public RequestPlace Place { get; set; }

    /// <summary>Which use of the object this is.</summary>
    public short Version => _source.Version;

    public DiskPath? Path { get; set; }

    /// <summary>A path the caller insists on; null where path control chooses.</summary>
    public DiskPath? OnlyPath { get; set; }

    public int Attempts { get; set; }

    /// <summary>Sent once; nothing of it is logged.</summary>
    public bool NoRetry { get; set; }

    /// <summary>Waits until the disk has nothing else, and nothing else goes before it has ended.</summary>
    public bool RunsAlone { get; set; }

    /// <summary>Moves data of the medium that was there when the disk was opened: of no other one.</summary>
    public bool IsOfMedium { get; set; }

    /// <summary>Not counted in the queue depth: it is what others wait for.</summary>
    public bool PassesQueue { get; set; }

    /// <summary>How often the disk had been reserved anew when it was sent.</summary>
    public int SentUnder { get; set; }

    public ValueTask<DiskAnswer> Task => new(this, _source.Version);

    public ReadOnlySpan<byte> SenseBytes => _sense.AsSpan(0, AutosenseLength);

    public void Prepare(ReadOnlySpan<byte> cdb, TransferDirection direction, Memory<byte> data, int timeoutSeconds)
    {
        _source.Reset();
        SetCommand(cdb);
        Bufstruct.Flags = direction == TransferDirection.In ? BufFlags.Read : BufFlags.Write;
        Bufstruct.Memory = data;
        Bufstruct.Count = data.Length;
        TimeoutSeconds = timeoutSeconds;
        Tag = QueueTag.Simple;
        Flags = TransactionFlags.None;
        Path = null;
        OnlyPath = null;
        Attempts = 0;
        NoRetry = false;
        IsLogged = true;
        RunsAlone = false;
        PassesQueue = false;
        IsOfMedium = false;
        NextWaiting = null;
        PreviousWaiting = null;
        IsAbandoned = false;
        ClearResult();
    }

    /// <summary>Ends it when a token says so; before it is entered.</summary>
    public void CancelBy(CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled) return;
        _cancellation = cancellation;
        _abandoning ??= new AbandonWork(this);
        _registration = cancellation.UnsafeRegister(
            static request => ((DiskRequest)request!)._disk.Abandon((DiskRequest)request), this);
    }

    /// <summary>Has its adapter's loop see to it that it ends. Any thread.</summary>
    public void AbandonOn(Loop loop) => _abandoning!.Post(loop);

    /// <summary>Its adapter's loop has ended.</summary>
    public bool IsAdapterDead => Adapter is { HasEnded: true };

    /// <summary>Goes on later; on the adapter's loop, which may end before.</summary>
    public void SendAfter(TimeSpan delay)
    {
        Adapter!.Loop.Arm(_delay, delay);
        Adapter.Loop.AtEnd(_delay.AtEnd);
    }

    /// <summary>The delay that it waited for is over before its time. On the adapter's loop.</summary>
    public void EndDelay() => _delay.Stop();

    public void Complete(Errno error)
    {
        if (IsAbandoned && error != Errno.None)
        {
            _source.SetException(new OperationCanceledException(_cancellation));
            return;
        }
        _source.SetResult(new DiskAnswer(
            error,
            StatusValidity,
            ScsiStatus,
            AdapterStatus,
            QueueStatus,
            Bufstruct.Residual,
            AutosenseLength == 0 ? [] : SenseBytes.ToArray()));
    }

    DiskAnswer IValueTaskSource<DiskAnswer>.GetResult(short token)
    {
        // Waits for a callback that is running: afterwards nobody abandons this use of the object any more.
        _registration.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _registration = default;
            _cancellation = default;
            _disk.Recycle(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<DiskAnswer>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<DiskAnswer>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    // At most once in an inbox. It may still stand there when the object serves another command, so it knows which one
    // it was posted for.
    private sealed class AbandonWork(DiskRequest request) : LoopWork
    {
        private int _version;
        private int _posted;

        public void Post(Loop loop)
        {
            Volatile.Write(ref _version, request.Version);
            if (Interlocked.Exchange(ref _posted, 1) == 0) loop.Post(this);
        }

        public override void Run()
        {
            Volatile.Write(ref _posted, 0);
            request._disk.AbandonHere(request, (short)Volatile.Read(ref _version));
        }

        // With the loop everything ends there.
        public override void Refused() => Volatile.Write(ref _posted, 0);
    }

    private sealed class DelayTimer : LoopTimer
    {
        private readonly DiskRequest _request;

        public DelayTimer(DiskRequest request)
        {
            _request = request;
            AtEnd = new Over(this);
        }

        public LoopWork AtEnd { get; }

        public override void Fire()
        {
            Stop();
            _request._disk.Resend(_request);
        }

        public void Stop()
        {
            var loop = _request.Adapter!.Loop;
            loop.Disarm(this);
            loop.NotAtEnd(AtEnd);
        }

        private sealed class Over(DelayTimer delay) : LoopWork
        {
            public override void Run() => delay.Fire();
        }
    }
}

/// <summary>Where a request of a disk is while nobody works on it.</summary>
internal enum RequestPlace : byte
{
    /// <summary>In the hands of whoever works on it, who looks whether it is abandoned; or nowhere.</summary>
    None,

    /// <summary>Among those that wait for their turn.</summary>
    Waiting,

    /// <summary>Waits until the disk is reserved again; its turn has come.</summary>
    Held,

    /// <summary>Waits until the disk was left alone for a while, on its adapter's loop.</summary>
    Delayed,

    /// <summary>The adapter's.</summary>
    AtAdapter,
}

/// <summary>How a command of a disk ended.</summary>
internal readonly record struct DiskAnswer(Errno Error, StatusValidity Validity, ScsiStatus Status,
    AdapterStatus AdapterStatus, AdapterQueueStatus QueueStatus, int Residual, byte[] SenseBytes)
{
    /// <summary>For the caller's structure.</summary>
    public CommandResult Result => new()
    {
        Validity = Validity,
        Status = Status,
        AdapterStatus = AdapterStatus,
        QueueStatus = QueueStatus,
        Sense = SenseBytes,
        Residual = Residual,
    };

    public Sense? Sense => Scsi.Sense.TryParse(SenseBytes, out var sense) ? sense : null;

    public ScsiDiskException ToException(string disk) =>
        new(disk, Error, Validity == StatusValidity.Scsi ? Status : null, Sense);
}
