using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Tasks;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.DeviceServer;

/// <content>Task management functions (SAM-6, Task management functions).</content>
public abstract partial class EmulatedUnit
{
    /// <inheritdoc/>
    public sealed override void Manage(TaskManagementRequest request)
    {
        if (request.Nexus.Loop.IsCurrent) ManageHere(request);
        else request.Nexus.Loop.Post(new ManageWork(this, request));
    }

    private void ManageHere(TaskManagementRequest request)
    {
        switch (request.Function)
        {
            case TaskManagementFunction.QueryTask:
            case TaskManagementFunction.QueryTaskSet:
                request.Complete(
                    HasTask(request) ? ServiceResponse.FunctionSucceeded : ServiceResponse.FunctionComplete);
                break;
            case TaskManagementFunction.QueryAsynchronousEvent:
                QueryAsynchronousEvent(request);
                break;
            case TaskManagementFunction.ClearAca:
                ClearAca(request);
                break;
            case TaskManagementFunction.ItNexusReset:
                ResetNexus(request);
                break;
            case TaskManagementFunction.LogicalUnitReset:
            case TaskManagementFunction.TargetWarmReset:
            case TaskManagementFunction.TargetColdReset:
                AbortFor(request, static (_, _) => true, TaskManagementFunction.LogicalUnitReset);
                break;
            case TaskManagementFunction.AbortTask:
                AbortFor(request, static (context, asked) => context.Itl.Nexus == asked.Nexus
                    && context.Task.Tag == asked.ReferencedTag, request.Function);
                break;
            case TaskManagementFunction.AbortTaskSet:
                AbortFor(request, static (context, asked) => context.Itl.Nexus == asked.Nexus, request.Function);
                break;
            case TaskManagementFunction.ClearTaskSet when Control.TaskSetPerNexus:
                AbortFor(request, static (context, asked) => context.Itl.Nexus == asked.Nexus, request.Function);
                break;
            case TaskManagementFunction.ClearTaskSet:
                AbortFor(request, static (_, _) => true, request.Function);
                break;
            default:
                request.Complete(ServiceResponse.FunctionRejected);
                break;
        }
    }

    // Aborts what the function names and answers when the last of it can change the medium no more.
    private void AbortFor(TaskManagementRequest request, Func<TaskContext, TaskManagementRequest, bool> names,
        TaskManagementFunction function, Action? whenDone = null)
    {
        var abort = new ManagedAbort(this, request) { Finally = whenDone };
        var effects = new Effects();
        int remaining;
        lock (_gate)
        {
            for (var context = _tasks.Oldest; context is not null; context = context.Younger)
            {
                if (!names(context, request)) continue;
                var byOther = context.Itl.Nexus != request.Nexus;
                if (function == TaskManagementFunction.LogicalUnitReset)
                    TaskSet.Abort(context, abort, byOther && Control.TaskAbortedStatus, ref effects.Posted);
                else AbortOne(context, abort, byOther, ref effects);
            }
            if (function == TaskManagementFunction.LogicalUnitReset) ResetUnderLock(ref effects);
            remaining = abort.Remaining;
        }
        if (function == TaskManagementFunction.LogicalUnitReset)
        {
            ModeValuesReplaced();
            OnReset();
        }
        if (remaining > 0) abort.Wait(Options.AbortDeadline);
        effects.Act();
        if (remaining == 0) abort.Answer(ServiceResponse.FunctionComplete);
    }

    // The function is rejected, so whoever sent its tasks still waits for their status: they end with TASK ABORTED.
    internal void AbortRefused(TaskAborter aborter)
    {
        lock (_gate)
        {
            for (var context = _tasks.Oldest; context is not null; context = context.Younger)
                if (context.IsAbortedBy(aborter)) context.ReportAborted = true;
        }
    }

    // SAM-6, Logical unit reset. Persistent reservations stay.
    private void ResetUnderLock(ref Effects effects)
    {
        ResetState(ref effects);
        for (var itl = _nexuses; itl is not null; itl = itl.Next) _tasks.ClearAca(itl, ref effects.Posted);
        EstablishForAll(AdditionalSense.BusDeviceResetFunctionOccurred, except: null);
    }

    /// <summary>
    /// The logical unit is being reset: the device type puts back what a reset puts back. On the loop of whoever asked,
    /// outside the lock, before the function is answered.
    /// </summary>
    protected virtual void OnReset()
    {
    }

    // SAM-6, I_T nexus loss. A nexus that is gone for good is forgotten when its last task has ended.
    private void ResetNexus(TaskManagementRequest request)
    {
        if (request.NexusIsGone && request.Nexus.FindState(Slot) is null)
        {
            request.Complete(ServiceResponse.FunctionComplete);
            return;
        }
        var itl = ItlOf(request.Nexus);
        var effects = new Effects();
        lock (_gate)
        {
            _tasks.ClearAca(itl, ref effects.Posted);
            LetGo(itl);
            if (!request.NexusIsGone) Establish(itl, AdditionalSense.ItNexusLossOccurred);
        }
        effects.Act();
        AbortFor(request, static (context, asked) => context.Itl.Nexus == asked.Nexus, request.Function,
            request.NexusIsGone ? () => Forget(itl) : null);
    }

    // SAM-6, CLEAR ACA: for the faulted nexus alone. Its ACA task is aborted, and waited for as any.
    private void ClearAca(TaskManagementRequest request)
    {
        var itl = ItlOf(request.Nexus);
        var effects = new Effects();
        bool othersOnly;
        lock (_gate)
        {
            othersOnly = _tasks.AcaConcerns(itl) && !itl.AcaActive;
            _tasks.ClearAca(itl, ref effects.Posted);
        }
        effects.Act();
        if (othersOnly)
        {
            request.Complete(ServiceResponse.FunctionRejected);
            return;
        }
        AbortFor(request, static (context, asked) => context.Itl.Nexus == asked.Nexus
            && context.Task.Attribute == TaskAttribute.Aca, request.Function);
    }

    private bool HasTask(TaskManagementRequest request)
    {
        lock (_gate)
        {
            for (var context = _tasks.Oldest; context is not null; context = context.Younger)
            {
                if (context.Itl.Nexus != request.Nexus) continue;
                if (request.Function == TaskManagementFunction.QueryTaskSet) return true;
                if (context.Task.Tag == request.ReferencedTag) return true;
            }
            return false;
        }
    }

    private void QueryAsynchronousEvent(TaskManagementRequest request)
    {
        if (!PeekAttention(request.Nexus, out var code))
        {
            request.Complete(ServiceResponse.FunctionComplete);
            return;
        }
        request.AdditionalResponse = (uint)SenseKey.UnitAttention << 16 | (uint)code;
        request.Complete(ServiceResponse.FunctionSucceeded);
    }

    private sealed class ManageWork(EmulatedUnit unit, TaskManagementRequest request) : LoopWork
    {
        public override void Run() => unit.ManageHere(request);
    }
}
