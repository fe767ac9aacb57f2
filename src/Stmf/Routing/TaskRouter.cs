using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;
using Lunette.Stmf.Objects;

namespace Lunette.Stmf.Routing;

/// <summary>
/// The task router (SAM-6, Task router): finds the logical unit a task or a task management function is for in what its
/// nexus sees. It has no state of its own.
/// </summary>
internal sealed class TaskRouter(
    LogicalUnit fallback, SlotTable slots, Func<LogicalUnitId, string, bool, StmfResult> fault)
{
    /// <summary>The hot path: one look into an immutable map, on the nexus' loop.</summary>
    public void Submit(ScsiTask task)
    {
        var unit = task.Nexus.Map.Find(task.Lun) ?? fallback;
        task.LogicalUnit = unit;
        unit.Submit(task);
    }

    public void Manage(TaskManagementRequest request)
    {
        switch (request.Function)
        {
            case TaskManagementFunction.TargetWarmReset:
            case TaskManagementFunction.TargetColdReset:
                ResetAll(request);
                break;
            case TaskManagementFunction.ItNexusReset:
                Lose(request.Nexus, () => request.Complete(ServiceResponse.FunctionComplete), request.NexusIsGone);
                break;
            default:
                (request.Nexus.Map.Find(request.Lun) ?? fallback).Manage(request);
                break;
        }
    }

    /// <summary>
    /// Tells every logical unit that has state of the nexus, mapped or not, that the nexus is lost; on the nexus' loop.
    /// <paramref name="drained"/> runs on the loop when all have let go.
    /// </summary>
    public void Lose(ItNexus nexus, Action drained, bool gone = true)
    {
        List<LogicalUnit> units = [];
        for (var slot = nexus.NextState(0); slot >= 0; slot = nexus.NextState(slot + 1))
        {
            // A deregistered logical unit is offline and has no task left; only its state is still to go.
            if (slots.Find(slot) is { } unit) units.Add(unit);
            else nexus.SetState(slot, null);
        }
        FanOut(nexus, units, TaskManagementFunction.ItNexusReset, gone, response =>
        {
            if (gone)
            {
                for (var slot = nexus.NextState(0); slot >= 0; slot = nexus.NextState(slot + 1))
                    nexus.SetState(slot, null);
            }
            drained();
        });
    }

    /// <summary>A target reset is a LOGICAL UNIT RESET of each logical unit the nexus can reach.</summary>
    private void ResetAll(TaskManagementRequest request)
    {
        var units = request.Nexus.Map.Entries.Select(e => e.LogicalUnit).Distinct().ToList();
        FanOut(request.Nexus, units, TaskManagementFunction.LogicalUnitReset, gone: false, request.Complete);
    }

    private void FanOut(
        ItNexus nexus,
        List<LogicalUnit> units,
        TaskManagementFunction function,
        bool gone,
        Action<ServiceResponse> ended)
    {
        var together = new Together(units.Count, ended);
        foreach (var unit in units)
        {
            unit.Manage(new PartRequest(together, unit, fault)
            {
                Nexus = nexus,
                Function = function,
                NexusIsGone = gone,
            });
        }
        if (units.Count == 0) ended(ServiceResponse.FunctionComplete);
    }

    /// <summary>The parts of one function; all end on the nexus' loop, so it needs no lock.</summary>
    private sealed class Together(int parts, Action<ServiceResponse> ended)
    {
        private int _left = parts;
        private ServiceResponse _worst = ServiceResponse.FunctionComplete;

        public void PartEnded(ServiceResponse response)
        {
            if (response == ServiceResponse.FunctionRejected) _worst = response;
            if (--_left == 0) ended(_worst);
        }
    }

    private sealed class PartRequest(
        Together together, LogicalUnit unit, Func<LogicalUnitId, string, bool, StmfResult> fault)
        : TaskManagementRequest
    {
        protected override void Completed()
        {
            // A logical unit that cannot get its tasks back by the deadline has fenced itself; what it needs now is to
            // be closed, not to hold the session.
            if (Response == ServiceResponse.FunctionRejected && NexusIsGone)
                fault(unit.Id, $"tasks of {Nexus} did not end by the deadline", false);
            together.PartEnded(Response);
        }
    }
}
