using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.DeviceServer.Tasks;

/// <summary>
/// A task management function that waits for the tasks it aborted. It lives on the asking nexus' loop: its deadline and
/// its end both happen there, so that exactly one of them answers.
/// </summary>
internal sealed class ManagedAbort(EmulatedUnit unit, TaskManagementRequest request) : TaskAborter
{
    private readonly Deadline _deadline = new();
    private bool _answered;
    private bool _overdue;

    /// <summary>Runs on the nexus' loop once the function has done all it promises.</summary>
    public Action? Finally { get; init; }

    /// <summary>Waits; on the nexus' loop.</summary>
    public void Wait(TimeSpan deadline)
    {
        _deadline.Owner = this;
        request.Nexus.Loop.Arm(_deadline, deadline);
    }

    /// <inheritdoc/>
    public override void AllEnded() => request.Nexus.Loop.Post(new End(this));

    /// <summary>Answers; on the nexus' loop.</summary>
    public void Answer(ServiceResponse response)
    {
        request.Nexus.Loop.Disarm(_deadline);
        Finally?.Invoke();
        if (_overdue) unit.OverdueAbortEnded();
        if (_answered) return;
        _answered = true;
        request.Complete(response);
    }

    private void Expire()
    {
        if (_answered) return;
        _answered = _overdue = true;
        unit.AbortOverdue("tasks that were to be aborted did not end in time");
        unit.AbortRefused(this);
        request.Complete(ServiceResponse.FunctionRejected);
    }

    private sealed class Deadline : LoopTimer
    {
        public ManagedAbort? Owner { get; set; }

        public override void Fire() => Owner!.Expire();
    }

    private sealed class End(ManagedAbort abort) : LoopWork
    {
        public override void Run() => abort.Answer(ServiceResponse.FunctionComplete);
    }
}
