using Lunette.DeviceServer;
using Lunette.Runtime;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.AsymmetricAccess;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Proxy.Standby;

/// <summary>
/// A logical unit the other node owns, as this node shows it. While there is a way to the owner it carries every
/// command there, so that there is one device server with one set of reservations, attentions and tasks. Without one it
/// is in standby: it says who it is and what state it is in, and refuses the medium (SPC-6, standby state).
/// </summary>
/// <param name="node">The way to the owner.</param>
/// <param name="local">Answers what is this node's to say, and in standby everything; it never has a medium.</param>
internal sealed class StandbyUnit(ProxyNode node, EmulatedUnit local) : LogicalUnit
{
    private readonly Lock _gate = new();
    private readonly HashSet<Forwarded> _commands = [];
    private TaskCompletionSource? _empty;

    public override LogicalUnitId Id => local.Id;

    public override string Alias => local.Alias;

    public override string ProviderName => ProxyNode.ProviderName;

    public override void Submit(ScsiTask task)
    {
        if (local.Slot != Slot) local.Slot = Slot;
        if (IsLocal(task))
        {
            local.Submit(task);
            return;
        }
        if (!node.IsOpen)
        {
            SubmitInStandby(task);
            return;
        }
        var forwarded = new Forwarded(this, task);
        if (!TryKeep(forwarded))
        {
            local.Submit(task);
            return;
        }
        task.ServerState = forwarded;
        if (task.ExpectedDataOutLength == 0) Forward(forwarded);
        else if (task.ExpectedDataOutLength <= ProxyNode.TransferLengthMax) Ask(forwarded);
        else Refuse(forwarded, Sense.Illegal(AdditionalSense.InvalidFieldInCdb));
    }

    public override void DataOutArrived(ScsiTask task, DataOutOutcome outcome)
    {
        if (task.ServerState is not Forwarded forwarded)
        {
            local.DataOutArrived(task, outcome);
            return;
        }
        forwarded.Waits = false;
        // Aborted meanwhile, it ends where it was posted.
        if (task.AbortRequested) return;
        if (outcome == DataOutOutcome.Arrived) Forward(forwarded);
        else Refuse(forwarded, new Sense(SenseKey.AbortedCommand, (AdditionalSense)0x4705));
    }

    public override void TurnCame(ScsiTask task) => local.TurnCame(task);

    public override void Continue(ScsiTask task)
    {
        if (task.ServerState is not Forwarded forwarded)
        {
            local.Continue(task);
            return;
        }
        Forget(forwarded);
        if (task.AbortRequested)
        {
            task.ServerState = null;
            task.CompleteAborted(reportTaskAborted: false);
            return;
        }
        forwarded.End();
    }

    public override void Manage(TaskManagementRequest request)
    {
        if (request.Nexus.Loop.IsCurrent) ManageHere(request);
        else request.Nexus.Loop.Post(new Call(() => ManageHere(request)));
    }

    public override void NexusUnmapped(ItNexus nexus) => local.NexusUnmapped(nexus);

    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop)
    {
        local.Slot = Slot;
        lock (_gate) _empty = null;
        return local.OnlineAsync(stop);
    }

    public override async ValueTask<ControlResult> OfflineAsync(CancellationToken stop)
    {
        Task empty;
        lock (_gate)
        {
            _empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_commands.Count == 0) _empty.TrySetResult();
            empty = _empty.Task;
        }
        if (!await empty.CompletesAsync(stop))
        {
            lock (_gate) _empty = null;
            return ControlResult.Failure($"{Id}: commands are still on their way through the other node");
        }
        return await local.OfflineAsync(stop);
    }

    /// <summary>Whether a function is about all there is at the logical unit, whoever's it is.</summary>
    internal static bool ConcernsAll(TaskManagementFunction function) => function is
        TaskManagementFunction.ClearTaskSet or TaskManagementFunction.LogicalUnitReset
        or TaskManagementFunction.TargetWarmReset or TaskManagementFunction.TargetColdReset;

    /// <summary>The end of a function that went to the owner, or did not get there.</summary>
    internal void Managed(TaskManagementRequest request, ServiceResponse response)
    {
        if (request.Function == TaskManagementFunction.ItNexusReset) ManageLocally(request);
        else request.Complete(response);
    }

    protected override void PortGroupsChanged(TargetPortGroups before, TargetPortGroups after) =>
        local.ChangePortGroups(after);

    // REPORT LUNS is about this node; an attention of this node's, such as a changed inventory, comes before the
    // command, as everywhere.
    private bool IsLocal(ScsiTask task)
    {
        var operation = task.Cdb[0];
        if (operation == PrimaryCommands.ReportLuns.OperationCode) return true;
        local.Know(task.Nexus);
        return operation != PrimaryCommands.Inquiry.OperationCode && local.HasAttention(task.Nexus);
    }

    // The state other nodes are told follows the door; between the two nobody may touch a medium that is not there.
    private void SubmitInStandby(ScsiTask task)
    {
        if (PortGroups.StateOf(task.Nexus.Port.TargetPortGroup) is AsymmetricAccessState.Standby)
        {
            local.Submit(task);
            return;
        }
        var sense = new Sense(
            SenseKey.NotReady, AdditionalSense.LogicalUnitNotAccessibleAsymmetricAccessStateTransition);
        task.SetSense(sense, descriptorFormat: false);
        task.Complete(ScsiStatus.CheckCondition);
    }

    private void Ask(Forwarded forwarded)
    {
        forwarded.Waits = true;
        var asked = forwarded.Task.RequestDataOut((int)forwarded.Task.ExpectedDataOutLength);
        if (asked == DataOutResult.Pending) return;
        forwarded.Waits = false;
        if (asked == DataOutResult.Ready) Forward(forwarded);
        else End(forwarded, ScsiStatus.TaskSetFull);
    }

    private void Forward(Forwarded forwarded)
    {
        if (!node.TryForward(forwarded)) End(forwarded, ScsiStatus.Busy);
    }

    private void Refuse(Forwarded forwarded, in Sense sense)
    {
        forwarded.Task.SetSense(sense, descriptorFormat: false);
        End(forwarded, ScsiStatus.CheckCondition);
    }

    private void End(Forwarded forwarded, ScsiStatus status)
    {
        Forget(forwarded);
        forwarded.Task.ServerState = null;
        forwarded.Task.Complete(status);
    }

    // Once it is on its way out nothing more goes to the owner.
    private bool TryKeep(Forwarded forwarded)
    {
        lock (_gate) return _empty is null && _commands.Add(forwarded);
    }

    private void Forget(Forwarded forwarded)
    {
        lock (_gate)
        {
            _commands.Remove(forwarded);
            if (_commands.Count == 0) _empty?.TrySetResult();
        }
    }

    private void ManageHere(TaskManagementRequest request)
    {
        if (local.Slot != Slot) local.Slot = Slot;
        // What an initiator does here is undone when it goes: so it is known here from then on.
        if (ConcernsAll(request.Function)) local.Know(request.Nexus);
        AbortWaiting(request);
        if (!node.TryManage(this, request)) ManageLocally(request);
    }

    private void ManageLocally(TaskManagementRequest request) => local.Manage(request);

    // What has not been sent to the owner yet is aborted here.
    private void AbortWaiting(TaskManagementRequest request)
    {
        if (request.Function is TaskManagementFunction.QueryTask or TaskManagementFunction.QueryTaskSet
            or TaskManagementFunction.QueryAsynchronousEvent or TaskManagementFunction.ClearAca)
            return;
        lock (_gate)
        {
            foreach (var command in _commands)
            {
                var task = command.Task;
                if (!command.Waits || task.AbortRequested || !Means(request, task)) continue;
                task.AbortRequested = true;
                task.Nexus.Loop.Post(task);
            }
        }
    }

    private static bool Means(TaskManagementRequest request, ScsiTask task) => request.Function switch
    {
        TaskManagementFunction.AbortTask => task.Nexus == request.Nexus && task.Tag == request.ReferencedTag,
        TaskManagementFunction.AbortTaskSet or TaskManagementFunction.ItNexusReset => task.Nexus == request.Nexus,
        _ => true,
    };
}
