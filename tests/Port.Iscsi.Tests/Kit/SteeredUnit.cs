using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Iscsi.Tests.Kit;

/// <summary>
/// A logical unit that does what the test says, when it says so: for moments that a real one passes through too fast.
/// </summary>
internal sealed class SteeredUnit : LogicalUnit
{
    public override LogicalUnitId Id => new(0x6000_0000_0000_0002, 2);

    public override string Alias => "steered";

    public override string ProviderName => "test";

    /// <summary>Tasks submitted and not ended, oldest first.</summary>
    public List<ScsiTask> Tasks { get; } = [];

    /// <summary>What is done with a task when it is submitted; nothing by default.</summary>
    public Action<ScsiTask>? OnSubmit { get; set; }

    /// <summary>What happened to waits for Data-Out.</summary>
    public List<(ScsiTask Task, DataOutOutcome Outcome)> Arrived { get; } = [];

    /// <summary>Functions stay until the test completes them.</summary>
    public bool HoldsFunctions { get; set; }

    public List<TaskManagementRequest> Functions { get; } = [];

    /// <summary>What was announced and submitted, in order: operation code, and how many commands ahead; -1 for
    /// submitted.</summary>
    public List<(byte OperationCode, int Ahead)> Seen { get; } = [];

    public override void Foresee(ReadOnlySpan<byte> cdb, int commandsAhead) => Seen.Add((cdb[0], commandsAhead));

    /// <summary>Its medium answers nobody.</summary>
    public bool Stalls { get; set; }

    public override bool IsStalled(long nowNanoseconds) => Stalls;

    public override void Submit(ScsiTask task)
    {
        Seen.Add((task.Cdb[0], -1));
        Tasks.Add(task);
        task.Nexus.SetState(Slot, this);
        OnSubmit?.Invoke(task);
    }

    public void Complete(ScsiTask task, ScsiStatus status = ScsiStatus.Good)
    {
        Tasks.Remove(task);
        task.Complete(status);
    }

    /// <summary>A transfer that had to wait may begin: it is done.</summary>
    public override void TurnCame(ScsiTask task) => Complete(task);

    public override void DataOutArrived(ScsiTask task, DataOutOutcome outcome)
    {
        Arrived.Add((task, outcome));
        Complete(task, outcome == DataOutOutcome.Arrived ? ScsiStatus.Good : ScsiStatus.CheckCondition);
    }

    public override void Continue(ScsiTask task) => throw new NotSupportedException();

    /// <summary>What is done with a function; when null it is carried out.</summary>
    public Action<TaskManagementRequest>? OnManage { get; set; }

    public override void Manage(TaskManagementRequest request)
    {
        if (OnManage is { } hold)
        {
            hold(request);
            return;
        }
        Functions.Add(request);
        if (HoldsFunctions && !request.NexusIsGone) return;
        foreach (var task in Tasks.ToArray())
        {
            if (request.Function == TaskManagementFunction.AbortTask && task.Tag != request.ReferencedTag) continue;
            Tasks.Remove(task);
            task.CompleteAborted(reportTaskAborted: false);
        }
        if (request.NexusIsGone) request.Nexus.SetState(Slot, null);
        request.Complete(ServiceResponse.FunctionComplete);
    }

    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop) => new(ControlResult.Success);

    public override ValueTask<ControlResult> OfflineAsync(CancellationToken stop) => new(ControlResult.Success);
}
