using Lunette.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// One task management function of a session: a caller's, or the abort of one of its tasks. Control plane; made anew
/// each time, and bounded by the session.
/// </summary>
internal sealed class ManagementTask(
    SessionMachine machine, TaskManagementFunction function, Lun lun, SessionTask? referenced) : LoopWork
{
    private readonly TaskCompletionSource<TaskManagementResult> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskManagementFunction Function { get; } = function;

    public Lun Lun { get; } = lun;

    /// <summary>The task an ABORT TASK is about.</summary>
    public SessionTask? Referenced { get; } = referenced;

    /// <summary>The tag the referenced task had: it may be another task's when the answer comes.</summary>
    public InitiatorTaskTag ReferencedTag { get; } = referenced?.Tag ?? InitiatorTaskTag.Reserved;

    public InitiatorTaskTag Tag { get; set; }

    public long OverdueAt { get; set; }

    /// <summary>The target has answered, and the task it was to end is still there.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The CmdSN it was sent with: what came before it is under its effect, what came after is not.</summary>
    public CmdSn CmdSn { get; set; }

    public Task<TaskManagementResult> Outcome => _outcome.Task;

    public override void Run() => machine.Manage(this);

    public override void Faulted(Exception fault) => machine.Fault(fault);

    public override void Refused() => End(new(
        ServiceResponse.ServiceDeliveryOrTargetFailure, default, machine.EndFault ?? ConnectionClient.LoopHasEnded));

    public void End(in TaskManagementResult result) => _outcome.TrySetResult(result);
}
