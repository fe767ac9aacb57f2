using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// A session with a target: commands go in from any thread and are carried out in parallel. A lost connection is made
/// again by itself; until that has succeeded or failed for good commands wait. Dispose it to log out.
/// </summary>
public sealed class IscsiSession : IAsyncDisposable
{
    private readonly SessionMachine _machine;

    private IscsiSession(SessionMachine machine) => _machine = machine;

    /// <summary>Where it is.</summary>
    public IscsiSessionState State => _machine.State;

    /// <summary>Why it ended; null while it has not.</summary>
    public IscsiFault? Fault => _machine.EndFault;

    /// <summary>What it runs by since its last login.</summary>
    public IscsiSessionSettings Settings => _machine.Settings!;

    /// <summary>Ends with the session; never with an exception.</summary>
    public Task Ended => _machine.WhenEnded;

    /// <summary>Logs in to a target.</summary>
    /// <param name="initiator">Who logs in.</param>
    /// <param name="options">Where to, and how.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IscsiException">The session could not be established; its fault says why.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="ObjectDisposedException">The initiator has been disposed.</exception>
    public static async Task<IscsiSession> ConnectAsync(
        IscsiInitiator initiator, IscsiSessionOptions options, CancellationToken cancellation = default)
    {
        options.Check();
        var machine = new SessionMachine(initiator, options);
        initiator.Start(machine);
        using (cancellation.UnsafeRegister(static machine => ((SessionMachine)machine!).AskForClose(), machine))
        {
            try
            {
                await machine.Established;
            }
            catch (IscsiException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
        }
        if (!cancellation.IsCancellationRequested) return new IscsiSession(machine);
        // It was there at the last moment, and goes again.
        machine.AskForClose();
        throw new OperationCanceledException(cancellation);
    }

    /// <summary>
    /// Carries out a command. Both buffers belong to the session until the command has ended; awaiting it again, or
    /// twice, is not allowed. What the target or the network does comes as a result, never as an exception.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="dataIn">The Data-In Buffer; empty when the command transfers nothing in.</param>
    /// <param name="dataOut">The Data-Out Buffer; empty when the command transfers nothing out.</param>
    /// <param name="cancellation">
    /// Ends the command on the wire by ABORT TASK; the call ends when the target has answered that, or the connection
    /// is gone.
    /// </param>
    /// <exception cref="OperationCanceledException">It was cancelled and the task was aborted; it may have been carried
    /// out in part.</exception>
    public ValueTask<ScsiResult> ExecuteAsync(
        in IscsiCommand command, Memory<byte> dataIn = default, ReadOnlyMemory<byte> dataOut = default,
        CancellationToken cancellation = default)
    {
        if (_machine.State == IscsiSessionState.Ended)
            return new(new ScsiResult { Outcome = CommandOutcome.SessionEnded, Fault = _machine.EndFault });
        if (_machine.Tasks.Take() is not { } task)
            return new(new ScsiResult { Outcome = CommandOutcome.QueueFull });
        return task.Post(_machine.Loop, command, dataIn, dataOut, cancellation);
    }

    /// <summary>
    /// Carries out a task management function. Tasks of this session that it ends come back as
    /// <see cref="CommandOutcome.Aborted"/>. A single task is aborted by the cancellation of its command.
    /// </summary>
    /// <param name="function">The function; not ABORT TASK and QUERY TASK, which name a task.</param>
    /// <param name="lun">The logical unit, where the function is about one.</param>
    /// <exception cref="ArgumentException">The function names a task.</exception>
    public Task<TaskManagementResult> ManageAsync(TaskManagementFunction function, Lun lun = default)
    {
        if (function is TaskManagementFunction.AbortTask or TaskManagementFunction.QueryTask)
            throw new ArgumentException("a task is aborted by cancelling its command", nameof(function));
        var task = new ManagementTask(_machine, function, lun, null);
        if (_machine.State == IscsiSessionState.Ended)
            task.End(new(ServiceResponse.ServiceDeliveryOrTargetFailure, default, _machine.EndFault));
        else
            _machine.Post(task);
        return task.Outcome;
    }

    /// <summary>
    /// Drops the connection and establishes the session again: the target ends every task of it, and what may be
    /// replayed is.
    /// </summary>
    /// <param name="reason">Said to whoever loses a command by it.</param>
    public void Reinstate(string reason) => _machine.Post(_machine.Call(
        () => _machine.DropConnection(new(IscsiFaultKind.ConnectionLost, reason))));

    /// <summary>The session's last transitions, oldest first.</summary>
    public async Task<IReadOnlyList<IscsiSessionStep>> DescribeAsync()
    {
        var answer = new TaskCompletionSource<IReadOnlyList<IscsiSessionStep>>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        var tell = () => answer.SetResult(_machine.History);
        _machine.Loop.Post(_machine.Call(tell, refused: tell));
        return await answer.Task;
    }

    /// <summary>Logs out: commands on the wire may end within the logout time, others end at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _machine.AskForClose();
        await _machine.WhenEnded;
    }
}
