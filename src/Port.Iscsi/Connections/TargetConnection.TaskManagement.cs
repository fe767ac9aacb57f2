using Lunette.Iscsi;
using Lunette.Port.Iscsi.Statistics;
using Lunette.Port.Iscsi.Tasks;
using Lunette.Scsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>Task Management Function Request (RFC 7143 section 11.5, RFC 7144 section 4).</content>
internal sealed partial class TargetConnection
{
    private int _functions;             // in progress

    private void ReceiveTaskManagement(BasicHeaderSegment bhs)
    {
        var request = TaskManagementRequest.Over(bhs);
        if (IsDiscovery || request.InitiatorTaskTag.IsReserved)
        {
            SendReject(IsDiscovery ? RejectReason.ProtocolError : RejectReason.InvalidPduField, bhs.Bytes);
            return;
        }
        if (_functions >= _options.TaskManagementMax)
        {
            _counters.Count(SessionBound.TaskManagement);
            SendReject(RejectReason.ImmediateCommandReject, bhs.Bytes);
            return;
        }
        Advance(request.Immediate);
        if (Refusal(request) is { } refusal)
        {
            SendTaskManagementResponse(request.InitiatorTaskTag, refusal, 0);
            return;
        }
        var known = request.Function.TryToScsi(out var function);
        Runtime.Invariant.That(known, "a function that is not refused is one of SAM's");
        if (function is TaskManagementFunction.AbortTask or TaskManagementFunction.QueryTask)
        {
            ManageOneTask(request, function);
            return;
        }
        Manage(request, function);
    }

    private TaskManagementResponseCode? Refusal(in TaskManagementRequest request)
    {
        if (request.Function == TaskManagementFunctionCode.TaskReassign)
            return TaskManagementResponseCode.TaskAllegianceReassignmentNotSupported;
        if (!request.Function.TryToScsi(out _)
            || (request.Function.NeedsProtocolLevel2() && _login.Session.ProtocolLevel < 2))
            return TaskManagementResponseCode.FunctionNotSupported;
        return null;
    }

    /// <summary>ABORT TASK knows three cases (RFC 7143 section 11.5.1): the task is here; its command has not come yet,
    /// and its number counts as received from now on; there is no such task.</summary>
    private void ManageOneTask(in TaskManagementRequest request, TaskManagementFunction function)
    {
        var task = _session.Tasks.Find(request.ReferencedTaskTag);
        if (task is not null && task.Lun == request.Lun && !task.EndHeld)
        {
            Manage(request, function);
            return;
        }
        var response = TaskManagementResponseCode.TaskDoesNotExist;
        if (task is null && function == TaskManagementFunction.AbortTask && _session.Window.Contains(request.RefCmdSn)
            && !request.RefCmdSn.Equals(request.Immediate ? default(CmdSn?) : request.CmdSn))
        {
            _session.Held.Fill(request.RefCmdSn);
            response = TaskManagementResponseCode.FunctionComplete;
        }
        SendTaskManagementResponse(request.InitiatorTaskTag, response, 0);
        ReleaseHeld();
    }

    private void Manage(in TaskManagementRequest request, TaskManagementFunction function)
    {
        _functions++;
        _provider.Framework.Manage(new IscsiTaskManagement(_session, request.InitiatorTaskTag)
        {
            Nexus = _session.Nexus!,
            Function = function,
            Lun = request.Lun,
            ReferencedTag = request.ReferencedTaskTag.Value,
        });
    }

    /// <summary>The function has ended; every answer of a task it ended is before this one.</summary>
    public void TaskManagementEnded(IscsiTaskManagement request)
    {
        _functions--;
        SendTaskManagementResponse(request.InitiatorTaskTag, request.Response.ToCode(), request.AdditionalResponse);
        if (request.Response != ServiceResponse.FunctionComplete) return;
        if (request.Function == TaskManagementFunction.TargetColdReset)
        {
            _session.Port?.EndSessions(DropReason.TargetColdReset, except: _session);
            EndAfterAnswer(DropReason.TargetColdReset);
        }
        else if (request.Function == TaskManagementFunction.ItNexusReset)
        {
            EndAfterAnswer(DropReason.Ended);
        }
    }

    private void EndAfterAnswer(DropReason reason)
    {
        _leaving = true;
        _dropped = reason;
        _session.Close(reason, _stream.CloseWhenSent);
    }

    private void SendTaskManagementResponse(
        InitiatorTaskTag tag, TaskManagementResponseCode code, uint additional)
    {
        var header = BeginHeader();
        var response = Pdu.Begin<TaskManagementResponse>(header);
        response.Response = code;
        response.AdditionalResponseInformation = (int)additional;
        response.InitiatorTaskTag = tag;
        response.StatSn = TakeStatSn();
        response.ExpCmdSn = _session.ExpCmdSn;
        response.MaxCmdSn = _session.MaxCmdSn;
        Seal(header);
    }
}
