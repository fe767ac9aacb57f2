using Lunette.Runtime;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Transports;

/// <summary>
/// Something an adapter asks of its transport: a command, a task management function, a connection. The transport
/// ends it exactly once with <see cref="Complete"/>; the adapter then goes on, on its own loop and never inside the
/// call that started it. Where that loop has ended the request is over with its <see cref="Complete"/>.
/// </summary>
public abstract class TransportRequest : LoopWork
{
    private Loop? _loop;
    private int _inProgress;

    /// <summary>The target: an ID that the transport's configuration has bound to a name.</summary>
    public ulong ScsiId { get; internal set; }

    /// <summary>The logical unit.</summary>
    public Lun Lun { get; internal set; }

    /// <summary>Where the transport keeps what it needs to find the request again; the transport's own.</summary>
    public object? TransportState { get; set; }

    /// <summary>How it ended.</summary>
    public TransportOutcome Outcome { get; private set; }

    /// <summary>Whether the transport has it.</summary>
    public bool InProgress => Volatile.Read(ref _inProgress) != 0;

    /// <summary>Ends the request; any thread, exactly once. The transport uses nothing of it afterwards.</summary>
    public void Complete(TransportOutcome outcome)
    {
        Invariant.That(Volatile.Read(ref _inProgress) == 1, "a transport request ends exactly once");
        Outcome = outcome;
        Volatile.Write(ref _inProgress, 2);
        _loop!.Post(this);
    }

    /// <inheritdoc/>
    public sealed override void Run()
    {
        Volatile.Write(ref _inProgress, 0);
        Ended();
    }

    /// <summary>The adapter's loop has ended: nothing of the adapter goes on, and what the request was for is told
    /// here, on the thread that ended the request.</summary>
    public sealed override void Refused()
    {
        Volatile.Write(ref _inProgress, 0);
        EndedLate();
    }

    /// <summary>The request has ended; on the adapter's loop.</summary>
    private protected abstract void Ended();

    /// <summary>The request has ended after the adapter's loop; who waited for it was told then, unless memory of a
    /// caller was the transport's.</summary>
    private protected virtual void EndedLate()
    {
    }

    internal void Begin(Loop loop, ulong scsiId, Lun lun)
    {
        Invariant.That(_inProgress == 0, "a transport request is in progress once at a time");
        _loop = loop;
        ScsiId = scsiId;
        Lun = lun;
        Outcome = TransportOutcome.Answered;
        _inProgress = 1;
    }
}
