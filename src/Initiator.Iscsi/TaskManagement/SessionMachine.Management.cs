using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    // Immediate requests are outside the window, and a target bounds them as it likes (RFC 7143 section 4.2.2.1).
    private const int ManagementMax = 32;
    private const uint ManagementTag = 0x8000;

    private readonly List<ManagementTask> _management = [];
    private readonly SessionTimer _abortDeadline;
    private uint _managementGeneration;

    /// <summary>The caller wants the task ended; on the loop.</summary>
    public void Abort(SessionTask task)
    {
        if (task.AbortWanted) return;
        task.AbortWanted = true;
        if (task.Phase == TaskPhase.InFlight) SendAbort(task);
        else if (task.Phase == TaskPhase.Draining) Watch(AbortOf(task));
        else if (task.IsQueued) End(task, new() { Outcome = CommandOutcome.Aborted });
    }

    /// <summary>A caller's function; on the loop.</summary>
    public void Manage(ManagementTask function)
    {
        if (State is not (IscsiSessionState.LoggedIn or IscsiSessionState.Draining) || _connection is null)
        {
            var fault = _fault ?? new IscsiFault(IscsiFaultKind.ConnectionLost, $"the session is {State}");
            function.End(new(ServiceResponse.ServiceDeliveryOrTargetFailure, default, fault));
            return;
        }
        if (_management.Count >= ManagementMax)
        {
            function.End(new(ServiceResponse.FunctionRejected, TaskManagementResponseCode.FunctionRejected));
            return;
        }
        if (function.Function.ToCode().NeedsProtocolLevel2() && _terms.ProtocolLevel < 2)
        {
            function.End(new(ServiceResponse.FunctionRejected, TaskManagementResponseCode.FunctionNotSupported));
            return;
        }
        // What was started before it goes before it, as far as window and queue depth allow: it may be meant by it.
        SendPending();
        SendFunction(function);
    }

    private void SendAbort(SessionTask task)
    {
        // After a logout nothing is sent, and the connection goes. With no room now it is sent when a function has been
        // answered.
        if (task.AbortSent || State == IscsiSessionState.LoggingOut || _management.Count >= ManagementMax) return;
        task.AbortSent = true;
        SendFunction(AbortOf(task));
    }

    private ManagementTask AbortOf(SessionTask task) =>
        new(this, TaskManagementFunction.AbortTask, task.Command.Lun, task);

    // Nothing can be asked for any more, or the target refused: the task has as long to end by itself.
    private void Watch(ManagementTask abort)
    {
        abort.IsAnswered = true;
        abort.OverdueAt = Loop.NowNanoseconds + Nanoseconds(_options.AbortTimeout);
        _management.Add(abort);
        if (!_abortDeadline.Armed) Loop.Arm(_abortDeadline, _options.AbortTimeout);
    }

    private void SendFunction(ManagementTask function)
    {
        function.Tag = new(((_managementGeneration++ & 0x7FFF) << 16) | ManagementTag);
        function.CmdSn = _cmdSn;
        function.OverdueAt = Loop.NowNanoseconds + Nanoseconds(_options.AbortTimeout);
        _management.Add(function);
        var header = _connection!.BeginHeader();
        var pdu = Pdu.Begin<TaskManagementRequest>(header);
        pdu.Immediate = true;
        pdu.Function = function.Function.ToCode();
        pdu.Lun = function.Lun;
        pdu.InitiatorTaskTag = function.Tag;
        pdu.CmdSn = _cmdSn;
        pdu.ExpStatSn = _expStatSn;
        if (function.Referenced is { } task)
        {
            pdu.ReferencedTaskTag = task.Tag;
            pdu.RefCmdSn = task.CmdSn;
        }
        _connection.EndHeader(header);
        if (!_abortDeadline.Armed) Loop.Arm(_abortDeadline, _options.AbortTimeout);
    }

    private IscsiFault? ReceiveManaged(TaskManagementResponse pdu)
    {
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        if (TakeStatSn(pdu.StatSn) is { } fault) return fault;
        var tag = pdu.InitiatorTaskTag;
        if (TakeFunction(tag) is not { } function) return UnknownTag("a task management response", tag);
        if (pdu.Response is TaskManagementResponseCode.FunctionComplete or TaskManagementResponseCode.TaskDoesNotExist)
            EndAffected(function);
        else if (IsThere(function.Referenced, function))
            Watch(function);
        function.End(new(pdu.Response.ToScsi(), pdu.Response));
        SendWaitingAborts();
        return null;
    }

    private ManagementTask? TakeFunction(InitiatorTaskTag tag)
    {
        var function = _management.Find(function => function.Tag == tag && !function.IsAnswered);
        if (function is not null) _management.Remove(function);
        return function;
    }

    private static bool IsThere(SessionTask? task, ManagementTask abort) =>
        task is { Phase: TaskPhase.InFlight or TaskPhase.Draining } && task.Tag == abort.ReferencedTag;

    // Answers come in order: what the function ended and has no answer by now will never have one (section 4.2.3.3).
    private void EndAffected(ManagementTask function)
    {
        var task = _inFlight.First;
        while (task is not null)
        {
            var next = task.Next;
            if (Affects(function, task))
                End(task, new() { Outcome = CommandOutcome.Aborted, DataInLength = task.Received });
            task = next;
        }
    }

    private static bool Affects(ManagementTask function, SessionTask task) => function.Function switch
    {
        TaskManagementFunction.AbortTask => task == function.Referenced && task.Tag == function.ReferencedTag,
        TaskManagementFunction.AbortTaskSet or TaskManagementFunction.ClearTaskSet
            or TaskManagementFunction.LogicalUnitReset =>
            task.Command.Lun == function.Lun && task.CmdSn.Precedes(function.CmdSn),
        TaskManagementFunction.TargetWarmReset or TaskManagementFunction.TargetColdReset
            or TaskManagementFunction.ItNexusReset => task.CmdSn.Precedes(function.CmdSn),
        _ => false,
    };

    private void ManagementRejected(InitiatorTaskTag tag, IscsiFault reason)
    {
        if (TakeFunction(tag) is not { } function) return;
        if (IsThere(function.Referenced, function)) Watch(function);
        function.End(new(
            ServiceResponse.FunctionRejected, TaskManagementResponseCode.FunctionRejected, reason));
        SendWaitingAborts();
    }

    private void SendWaitingAborts()
    {
        for (var task = _inFlight.First; task is not null && _management.Count < ManagementMax; task = task.Next)
            if (task.AbortWanted) SendAbort(task);
    }

    // A target that does not answer an abort keeps the task, and the caller's memory with it: only dropping the session
    // ends it for certain.
    private void LookForOverdueAborts()
    {
        _management.RemoveAll(static abort => abort.IsAnswered && !IsThere(abort.Referenced, abort));
        if (_management.Count == 0) return;
        var left = _management.Min(function => function.OverdueAt) - Loop.NowNanoseconds;
        if (left > 0)
        {
            Loop.Arm(_abortDeadline, TimeSpan.FromMicroseconds((left / 1000) + 1));
            return;
        }
        _connection?.Drop(new(
            IscsiFaultKind.AbortFailed,
            "a task management function was not answered, or a task that could not be aborted did not end, in time; "
            + "the session is dropped"));
    }

    private void EndManagement(IscsiFault fault)
    {
        foreach (var function in _management)
            function.End(new(ServiceResponse.ServiceDeliveryOrTargetFailure, default, fault));
        _management.Clear();
    }
}
