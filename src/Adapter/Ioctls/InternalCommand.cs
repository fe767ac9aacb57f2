using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Queues;
using Lunette.Adapter.ErrorRecovery;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Ioctls;

/// <summary>
/// A command that an ioctl carries: with the driver's own resources, past the device queue. Its data lies in memory of
/// its own, so that an ioctl can be answered even where the transport has not let go of the command.
/// </summary>
internal sealed class InternalCommand : LoopTimer
{
    private const uint TimeoutSecondsMax = 24 * 3600;

    private readonly ScsiAdapter _adapter;
    private readonly DeviceQueue _queue;
    private readonly TransportCommand _command;
    private readonly bool _logs;
    private Action<InternalCommand>? _done;
    private bool _timedOut;
    private bool _gaveUp;

    private InternalCommand(ScsiAdapter adapter, DeviceQueue queue, InternalRequest request,
        Action<InternalCommand> done)
    {
        _adapter = adapter;
        _queue = queue;
        Data = request.Data;
        _logs = request.IsLogged;
        _done = done;
        _command = new TransportCommand(Ended);
    }

    public byte[] Data { get; }

    public Errno Error { get; private set; }

    public StatusValidity StatusValidity { get; private set; }

    public ScsiStatus Status { get; private set; }

    public AdapterStatus AdapterStatus { get; private set; }

    public int Transferred => _gaveUp ? 0 : _command.TransferredBytes;

    public int Residual => Data.Length - Transferred;

    /// <summary>All of it for the caller's structure. A device's error leaves the queue, which the command passed by,
    /// as it is.</summary>
    public CommandResult Result => new()
    {
        Validity = StatusValidity,
        Status = Status,
        AdapterStatus = AdapterStatus,
        QueueStatus = StatusValidity == StatusValidity.Scsi
            ? AdapterQueueStatus.DidNotClear
            : AdapterQueueStatus.Cleared,
        Sense = _gaveUp ? [] : _command.Sense,
        Residual = Residual,
    };

    /// <summary>Starts it at a started device; <paramref name="done"/> is called on the loop when it has
    /// ended.</summary>
    public static void Start(ScsiAdapter adapter, DeviceQueue queue, InternalRequest request,
        Action<InternalCommand> done)
    {
        var started = new InternalCommand(adapter, queue, request, done);
        var command = started._command;
        command.SetCdb(request.Cdb);
        command.Attribute = request.Tag.ToTaskAttribute();
        command.Direction = request.Data.Length == 0 ? TransferDirection.None
            : request.IsRead ? TransferDirection.In
            : TransferDirection.Out;
        if (request.Data.Length > 0) command.Data.Add(request.Data);
        queue.InternalCount++;
        var timeout = request.TimeoutSeconds is { } seconds
            ? TimeSpan.FromSeconds(Math.Min(seconds, TimeoutSecondsMax))
            : adapter.Attributes.InternalTimeout;
        if (timeout > TimeSpan.Zero) adapter.Loop.Arm(started, timeout);
        command.Begin(adapter.Loop, queue.ScsiId, queue.Lun);
        adapter.Transport.Start(command);
    }

    // The first time: abort it. The second: reset the bus. The third: the adapter gives no status at all.
    public override void Fire()
    {
        if (_timedOut)
        {
            GiveUp();
            return;
        }
        _timedOut = true;
        ManagementAttempt.Start(_adapter, TaskManagementFunction.AbortTask, _queue.ScsiId, _queue.Lun, _command,
            result =>
            {
                if (_done is null) return;
                if (result == ManagementResult.Complete) _adapter.Loop.Arm(this, _adapter.Attributes.InternalTimeout);
                else new Clearing(_adapter, _queue, ClearingCause.BusReset, _ => GiveUp()).Begin();
            });
    }

    private void GiveUp()
    {
        if (_done is null) return;
        _gaveUp = _command.InProgress;
        Finish(Errno.ETIMEDOUT);
    }

    private void Ended()
    {
        if (_done is null) return;
        if (_timedOut) Finish(Errno.ETIMEDOUT);
        else if (_command.Outcome == TransportOutcome.Answered) FinishAnswered();
        else FinishUnanswered();
    }

    private void FinishAnswered()
    {
        Status = _command.Status;
        var good = Status is ScsiStatus.Good or ScsiStatus.ConditionMet;
        if (!good) StatusValidity = StatusValidity.Scsi;
        Finish(good ? Errno.None : Errno.EIO);
    }

    private void FinishUnanswered()
    {
        AdapterStatus = _command.Outcome.ToAdapterStatus();
        if (AdapterStatus != AdapterStatus.None) StatusValidity = StatusValidity.Adapter;
        Finish(_command.Outcome.ToErrno());
    }

    private void Finish(Errno error)
    {
        _adapter.Loop.Disarm(this);
        Error = error;
        if (error == Errno.ETIMEDOUT)
        {
            StatusValidity = StatusValidity.Adapter;
            AdapterStatus = AdapterStatus.CommandTimeout;
        }
        if (_logs && error == Errno.ETIMEDOUT)
            _adapter.Log(ErrorLabel.SCSI_ERR10, _queue.ScsiId, _queue.Lun, null, "an ioctl's command timed out");
        else if (_logs && AdapterStatus == AdapterStatus.AdapterHardwareFailure)
            _adapter.Log(ErrorLabel.SCSI_ERR2, _queue.ScsiId, _queue.Lun, null, "the transport failed");
        var done = _done!;
        _done = null;
        _queue.InternalEnded();
        done(this);
    }
}

/// <summary>What an ioctl's command is, and to whom it goes.</summary>
/// <param name="ScsiId">The target.</param>
/// <param name="Lun">The logical unit.</param>
internal sealed record InternalRequest(ulong ScsiId, Lun Lun)
{
    public required byte[] Cdb { get; init; }

    public bool IsRead { get; init; } = true;

    /// <summary>The data; it is the command's from now on.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>How long it may take; zero: without end, null: as long as the adapter waits for its own.</summary>
    public uint? TimeoutSeconds { get; init; }

    public QueueTag Tag { get; init; }

    /// <summary>A CLEAR ACA goes first.</summary>
    public bool ClearsAca { get; init; }

    /// <summary>Whether errors of adapter and transport are logged.</summary>
    public bool IsLogged { get; init; } = true;
}
