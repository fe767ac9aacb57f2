using Lunette.Runtime;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Transports;

/// <summary>
/// Something an adapter asks of its transport: a command, a task management function, a connection. The transport
/// ends it exactly once with <see cref="Complete"/>; the adapter then goes on, on its own loop and never inside the
/// call that started it.
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

    /// <summary>The request has ended; on the adapter's loop.</summary>
    private protected abstract void Ended();

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
