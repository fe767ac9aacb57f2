using Lunette.Adapter.Queues;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Transactions;

/// <summary>
/// One structure for the strategy entry: what <c>sc_buf</c> and <c>scsi_buf</c> have in common. The head driver fills
/// it and hands it over; from then on it is the adapter's until <see cref="IoDone"/> is called. It is used again and
/// again. Addresses, data shapes and the words of the adapter status differ by family: <see cref="ScBuf"/> and
/// <see cref="ScsiBuf"/>.
/// </summary>
public abstract class Transaction : LoopWork
{
    internal ScsiAdapter? Adapter;
    internal DeviceQueue? Queue;
    internal Transaction? NextInQueue;
    internal Transaction? PreviousActive;
    internal Transaction? NextActive;
    internal readonly TransportCommand Command;
    internal readonly CommandTimer Timer;
    internal bool TimedOut;
    internal bool IsHandedOver;
    internal volatile bool IsAbandoned;     // by its owner: it is not to be sent, or is aborted alone
    internal bool IsLogged = true;          // not for a pass-through command, nor for anything of diagnostics

    private protected Transaction()
    {
        Command = new TransportCommand(() => Queue!.CommandEnded(this), () => Queue!.CommandEndedLate(this));
        Timer = new CommandTimer(this);
    }

    /// <summary><c>bufstruct</c>: direction, memory and length of the request; at the end error and residual.</summary>
    public Buf Bufstruct { get; } = new();

    /// <summary>
    /// <c>bp</c>: the first of a chain of requests that one command serves (a spanned transfer); null where
    /// <see cref="Bufstruct"/> describes all data.
    /// </summary>
    public Buf? Bp { get; set; }

    /// <summary><c>resvd1</c>, the <c>uio</c> of a gathered write; null for none.</summary>
    public IReadOnlyList<Memory<byte>>? Uio { get; set; }

    /// <summary><c>iodone</c>: called on the adapter's loop when the structure has ended; it must not block. Where that
    /// loop has ended before it, on the thread that hands the structure over, or that ends its command.</summary>
    public Action<Transaction>? IoDone { get; set; }

    /// <summary><c>timeout_value</c> in seconds; 0: no time-out.</summary>
    public int TimeoutSeconds { get; set; }

    /// <summary><c>flags</c>.</summary>
    public TransactionFlags Flags { get; set; }

    /// <summary><c>scsi_command.flags</c>.</summary>
    public CommandFlags CommandFlags { get; set; }

    /// <summary><c>q_tag_msg</c>.</summary>
    public QueueTag Tag { get; set; }

    /// <summary><c>status_validity</c>.</summary>
    public StatusValidity StatusValidity { get; private set; }

    /// <summary><c>scsi_status</c>.</summary>
    public ScsiStatus ScsiStatus { get; private set; }

    /// <summary>The adapter's status in the SAM family's words; each family's structure shows its own.</summary>
    public AdapterStatus AdapterStatus { get; private set; }

    /// <summary><c>adap_q_status</c>.</summary>
    public AdapterQueueStatus QueueStatus { get; private set; }

    /// <summary>Where autosense is put; empty: sense data is thrown away.</summary>
    public Memory<byte> AutosenseBuffer { get; set; }

    /// <summary>Bytes of sense data in <see cref="AutosenseBuffer"/>; zero where SC_AUTOSENSE_DATA_VALID is
    /// clear.</summary>
    public int AutosenseLength { get; private set; }

    /// <summary>The target.</summary>
    internal abstract ulong TargetId { get; }

    /// <summary>The logical unit.</summary>
    internal abstract Lun UnitNumber { get; }

    /// <summary>The CDB as it goes to the device.</summary>
    internal abstract ReadOnlySpan<byte> Cdb { get; }

    /// <summary>Whether the reserved fields and what belongs to the family alone are as they must be.</summary>
    internal abstract bool IsWellFormed { get; }

    /// <summary>Whether it carries a command; SC_Q_CLR never does, SC_Q_RESUME may.</summary>
    internal bool HasCommand => (Flags & TransactionFlags.QueueClear) == 0 && Cdb.Length > 0;

    internal bool Has(TransactionFlags flag) => (Flags & flag) != 0;

    /// <summary>On the adapter's loop: it arrives at its device queue.</summary>
    public sealed override void Run() => Adapter!.Accept(this);

    /// <summary>The adapter's loop has ended: it comes back at once, on the thread that handed it over.</summary>
    public sealed override void Refused()
    {
        Adapter!.LoopHasEnded();
        ClearResult();
        Fail(Errno.ENODEV);
        Done();
    }

    internal void ClearResult()
    {
        StatusValidity = StatusValidity.None;
        ScsiStatus = ScsiStatus.Good;
        AdapterStatus = AdapterStatus.None;
        QueueStatus = AdapterQueueStatus.Cleared;
        AutosenseLength = 0;
        TimedOut = false;
        Bufstruct.Flags &= BufFlags.Read;
        Bufstruct.Error = Errno.None;
        Bufstruct.Residual = Bufstruct.Count;
    }

    internal void SetScsiStatus(ScsiStatus status)
    {
        StatusValidity = StatusValidity.Scsi;
        ScsiStatus = status;
    }

    internal void SetAdapterStatus(AdapterStatus status)
    {
        StatusValidity = StatusValidity.Adapter;
        AdapterStatus = status;
    }

    internal void SetSense(ReadOnlySpan<byte> sense)
    {
        AutosenseLength = Math.Min(sense.Length, AutosenseBuffer.Length);
        sense[..AutosenseLength].CopyTo(AutosenseBuffer.Span);
    }

    internal void Fail(Errno error, AdapterQueueStatus queue = AdapterQueueStatus.Cleared)
    {
        Bufstruct.Flags |= BufFlags.Error;
        Bufstruct.Error = error;
        QueueStatus = queue;
    }

    internal void Done()
    {
        Bufstruct.Flags |= BufFlags.Done;
        Queue = null;
        IsHandedOver = false;
        IoDone?.Invoke(this);
    }

    internal sealed class CommandTimer(Transaction transaction) : LoopTimer
    {
        public override void Fire() => transaction.Queue?.CommandTimedOut(transaction);
    }
}
