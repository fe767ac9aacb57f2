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

    public DiskRequest(ScsiDisk disk)
    {
        _disk = disk;
        _delay = new DelayTimer(this);
        _source.RunContinuationsAsynchronously = !disk.Options.InlineContinuations;
        AutosenseBuffer = _sense;
        IoDone = static ended => ((DiskRequest)ended)._disk.Ended((DiskRequest)ended);
    }

    public DiskRequest? NextWaiting { get; set; }

    public DiskPath? Path { get; set; }

    /// <summary>A path the caller insists on; null where path control chooses.</summary>
    public DiskPath? OnlyPath { get; set; }

    public int Attempts { get; set; }

    /// <summary>Sent once; nothing of it is logged.</summary>
    public bool NoRetry { get; set; }

    /// <summary>Waits until the disk has nothing else, and nothing else goes before it has ended.</summary>
    public bool RunsAlone { get; set; }

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
        NextWaiting = null;
        ClearResult();
    }

    /// <summary>Its adapter's loop has ended.</summary>
    public bool IsAdapterDead => Adapter is { HasEnded: true };

    /// <summary>Goes on later; on the adapter's loop, which may end before.</summary>
    public void SendAfter(TimeSpan delay)
    {
        Adapter!.Loop.Arm(_delay, delay);
        Adapter.Loop.AtEnd(_delay.AtEnd);
    }

    public void Complete(Errno error) => _source.SetResult(new DiskAnswer(
        error,
        StatusValidity,
        ScsiStatus,
        AdapterStatus,
        QueueStatus,
        Bufstruct.Residual,
        AutosenseLength == 0 ? [] : SenseBytes.ToArray()));

    DiskAnswer IValueTaskSource<DiskAnswer>.GetResult(short token)
    {
        var answer = _source.GetResult(token);
        _disk.Recycle(this);
        return answer;
    }

    ValueTaskSourceStatus IValueTaskSource<DiskAnswer>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<DiskAnswer>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

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
            var loop = _request.Adapter!.Loop;
            loop.Disarm(this);
            loop.NotAtEnd(AtEnd);
            _request._disk.Resend(_request);
        }

        private sealed class Over(DelayTimer delay) : LoopWork
        {
            public override void Run() => delay.Fire();
        }
    }
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
