using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Events;
using Lunette.Adapter.Queues;
using Lunette.Adapter.ErrorRecovery;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter;

/// <summary>
/// An adapter driver's instance: one <c>/dev/scsiN</c>. It owns a transport and a device queue per (SCSI ID, LUN); it
/// knows the transport and never looks into a CDB. Everything of it happens on its loop, and it ends with it; its
/// public members may be called from any thread.
/// </summary>
public sealed partial class ScsiAdapter : ITransportObserver, IAsyncDisposable
{
    private readonly Dictionary<(ulong ScsiId, Lun Lun), DeviceQueue> _queues = [];
    private readonly SystemErrorLog _log;
    private readonly Diagnostics.AdapterDiagnostics _diagnostics;
    private bool _failed;

    /// <summary>Makes an adapter.</summary>
    /// <param name="attributes">What the administrator says of it.</param>
    /// <param name="loop">The loop it lives on.</param>
    /// <param name="transport">Its transport, which it owns from now on.</param>
    /// <param name="log">The system error log.</param>
    public ScsiAdapter(AdapterAttributes attributes, Loop loop, IAdapterTransport transport, SystemErrorLog log)
    {
        Attributes = attributes;
        Loop = loop;
        Transport = transport;
        _log = log;
        _diagnostics = new Diagnostics.AdapterDiagnostics(attributes.AdapterRamBytes, attributes.DiagnosticFaults);
        transport.Attach(loop, this);
        AttachTargetMode();
    }

    /// <summary>What the administrator says of it.</summary>
    public AdapterAttributes Attributes { get; }

    /// <summary>Its name.</summary>
    public string Name => Attributes.Name;

    /// <summary>What its transport is and can do.</summary>
    public TransportDescription Description => Transport.Description;

    /// <summary>The targets its transport has bound to SCSI IDs now.</summary>
    public IReadOnlyList<TransportTarget> Targets => Transport.Targets;

    /// <summary>The loop it lives on; <c>iodone</c> and event handlers run there.</summary>
    public Loop Loop { get; }

    /// <summary>The system error log it writes to.</summary>
    public SystemErrorLog ErrorLog => _log;

    internal IAdapterTransport Transport { get; }

    internal List<Clearing> Clearings { get; } = [];

    /// <summary>Whether as many devices are started as may be.</summary>
    internal bool IsFull => _queues.Count >= Attributes.DevicesMax;

    /// <summary>
    /// The strategy entry: takes one structure. It is the adapter's until its <see cref="Transaction.IoDone"/> is
    /// called; what is wrong with it is said there. Any thread.
    /// </summary>
    /// <exception cref="InvalidOperationException">The structure is the adapter's already.</exception>
    public void Strategy(Transaction transaction)
    {
        if (transaction.IsHandedOver) throw new InvalidOperationException("the structure has not come back yet");
        transaction.IsHandedOver = true;
        transaction.Adapter = this;
        Loop.Post(transaction);
    }

    /// <summary>What a device queue looks like now; null where the device is not started. Any thread.</summary>
    /// <exception cref="ObjectDisposedException">The adapter's loop has ended.</exception>
    public Task<DeviceQueueStatus?> DescribeAsync(ulong scsiId, Lun lun) =>
        CallAsync(() => Find(scsiId, lun) is { } queue
            ? new DeviceQueueStatus(scsiId, lun, queue.State, queue.PendingCount, queue.ActiveCount, queue.Trail)
            : null);

    /// <summary>What all device queues look like now, in the order of their addresses.</summary>
    /// <exception cref="ObjectDisposedException">The adapter's loop has ended.</exception>
    public Task<IReadOnlyList<DeviceQueueStatus>> DescribeAsync() =>
        CallAsync<IReadOnlyList<DeviceQueueStatus>>(() =>
            [.. from queue in _queues.Values
                orderby queue.ScsiId, queue.Lun
                select new DeviceQueueStatus(queue.ScsiId, queue.Lun, queue.State, queue.PendingCount,
                    queue.ActiveCount, queue.Trail)]);

    /// <summary>Ends the transport; what is outstanding ends with its commands.</summary>
    public ValueTask DisposeAsync() => new(EndTransportAsync());

    // --- For the queues ---------------------------------------------------------------------------------------------

    internal void Accept(Transaction transaction)
    {
        transaction.ClearResult();
        if (Find(transaction.TargetId, transaction.UnitNumber) is not { } queue
            || !transaction.IsWellFormed
            || transaction.Cdb.Length > Description.CdbLengthMax
            || !TransactionShape.IsLawful(transaction, Description.MaxTransferBytes)
            || !AreFlagsLawful(transaction))
        {
            transaction.Fail(Errno.EINVAL);
            transaction.Done();
        }
        else if (_isDiagnostic || transaction.IsAbandoned)
        {
            transaction.Fail(_isDiagnostic ? Errno.EACCES : Errno.ENXIO);
            transaction.Done();
        }
        else
        {
            queue.Submit(transaction);
        }
    }

    internal DeviceQueue? Find(ulong scsiId, Lun lun) => _queues.GetValueOrDefault((scsiId, lun));

    internal DeviceQueue[] QueuesOf(ulong scsiId) =>
        [.. _queues.Values.Where(queue => queue.ScsiId == scsiId).OrderBy(queue => queue.Lun)];

    internal void Forget(DeviceQueue queue)
    {
        _queues.Remove((queue.ScsiId, queue.Lun));
        WatchLoop();
    }

    internal void ActiveEnded(DeviceQueue queue)
    {
        // A clearing that ends leaves the list.
        for (var i = Clearings.Count - 1; i >= 0; i--)
            if (i < Clearings.Count) Clearings[i].ActiveEnded(queue);
    }

    internal void RecoverTimeout(DeviceQueue queue, Transaction transaction, bool isFirst)
    {
        if (isFirst) Log(ErrorLabel.SCSI_ERR10, queue.ScsiId, queue.Lun, transaction, "the command timed out");
        if (queue.IsBeingCleared)
        {
            // What ends this queue's commands already ends this one, and goes on to the next step by itself; unless it
            // comes to nothing.
            Loop.Arm(transaction.Timer, Attributes.InternalTimeout);
            return;
        }
        new Clearing(this, queue, ClearingCause.Timeout, static _ => { }).Begin();
    }

    /// <summary>What a structure's flags ask of the device before, or instead of, its command.</summary>
    internal void RunFlagged(DeviceQueue queue, Transaction transaction, ClearingCause cause)
    {
        if (cause != ClearingCause.ClearAca)
        {
            new Clearing(this, queue, cause, error => EndFlagged(queue, transaction, error)).Begin();
            return;
        }
        queue.InternalCount++;
        ManagementAttempt.Start(this, TaskManagementFunction.ClearAca, queue.ScsiId, queue.Lun, null, result =>
        {
            EndFlagged(queue, transaction, result == ManagementResult.Complete ? Errno.None : Errno.EIO);
            queue.InternalEnded();
        });
    }

    /// <summary>A reset was carried out, or seen.</summary>
    internal void NoteReset(ulong scsiId)
    {
        foreach (var queue in QueuesOf(scsiId)) queue.NoteReset();
        Raise(scsiId, AdapterEvents.ResetEvent);
    }

    private static void EndFlagged(DeviceQueue queue, Transaction transaction, Errno error)
    {
        transaction.Queue = queue;
        queue.FlaggedEnded(transaction, error);
    }

    // A reset flag needs SC_Q_CLR beside it; SC_Q_CLR and SC_Q_RESUME exclude each other.
    private static bool AreFlagsLawful(Transaction transaction)
    {
        var clears = transaction.Has(TransactionFlags.QueueClear);
        if (clears && transaction.Has(TransactionFlags.QueueResume)) return false;
        return clears || !transaction.Has(TransactionFlags.TargetReset | TransactionFlags.LunReset);
    }

    // --- What the transport tells -----------------------------------------------------------------------------------

    void ITransportObserver.TargetReset(ulong scsiId) => Post(() => NoteReset(scsiId));

    void ITransportObserver.TransportFailed() => Post(() =>
    {
        if (_failed) return;
        _failed = true;
        Log(ErrorLabel.SCSI_ERR1, 0, default, null, "the transport does not work any more");
        Raise(null, AdapterEvents.FatalHardwareError);
    });
}

/// <summary>What a device queue looks like.</summary>
/// <param name="ScsiId">The target.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="State">Its state.</param>
/// <param name="Pending">Structures that wait.</param>
/// <param name="Active">Structures at the device.</param>
/// <param name="Trail">Its last transitions, oldest first.</param>
public sealed record DeviceQueueStatus(ulong ScsiId, Lun Lun, DeviceQueueState State, int Pending, int Active,
    IReadOnlyList<TrailEntry> Trail);
