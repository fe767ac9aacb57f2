using Lunette.Scsi;

namespace Lunette.Adapter.Transports;

/// <summary>
/// A task management function on its way. <see cref="TaskManagementFunction.ItNexusReset"/> is AIX's bus reset: the
/// transport drops the session with the target, ends every command of it with <see cref="TransportOutcome.Aborted"/>,
/// and re-establishes the session; who asks for it while it runs gets its answer. When a function is answered as
/// complete, the commands it covers have been completed.
/// </summary>
public sealed class TransportManagement : TransportRequest
{
    private readonly Action<TransportManagement> _ended;

    internal TransportManagement(TaskManagementFunction function, Action<TransportManagement> ended)
    {
        Function = function;
        _ended = ended;
    }

    /// <summary>What is asked.</summary>
    public TaskManagementFunction Function { get; }

    /// <summary>The command meant by ABORT TASK; null for the others.</summary>
    public TransportCommand? Command { get; internal init; }

    /// <summary>What the target's task manager answered; the transport sets it before it completes.</summary>
    public ServiceResponse Response { get; set; }

    private protected override void Ended() => _ended(this);
}

/// <summary>A connection that is wanted before the first command: SCIOLSTART's explicit login.</summary>
public sealed class TransportConnection : TransportRequest
{
    private readonly Action<TransportConnection> _ended;

    internal TransportConnection(Action<TransportConnection> ended) => _ended = ended;

    /// <summary>
    /// A number the transport knows the target's port by in all its sessions; zero where it has none.
    /// </summary>
    public ulong WorldWideName { get; set; }

    private protected override void Ended() => _ended(this);
}
