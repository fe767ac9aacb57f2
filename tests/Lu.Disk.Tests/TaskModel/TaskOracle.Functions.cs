using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <content>Task management functions (SAM-6).</content>
internal sealed partial class TaskOracle
{
    /// <summary>Asks for a function.</summary>
    /// <param name="host">The asking nexus.</param>
    /// <param name="asked">Which.</param>
    /// <param name="referenced">The task that is named; null for none.</param>
    public OracleFunction Manage(int host, TaskManagementFunction asked, OracleTask? referenced)
    {
        OracleFunction function = null!;
        function = new OracleFunction(host) { Done = () => function.Response = ServiceResponse.FunctionComplete };
        var own = Set.Where(task => task.Host == host).ToList();
        switch (asked)
        {
            case TaskManagementFunction.QueryTask:
                Answer(function, referenced is not null);
                break;
            case TaskManagementFunction.QueryTaskSet:
                Answer(function, own.Count > 0);
                break;
            case TaskManagementFunction.QueryAsynchronousEvent:
                Answer(function, Owes(host));
                break;
            case TaskManagementFunction.AbortTask:
                AbortAll(function, own.Where(task => task == referenced));
                break;
            case TaskManagementFunction.AbortTaskSet:
                AbortAll(function, own);
                break;
            case TaskManagementFunction.ClearTaskSet:
                AbortAll(function, _control.TaskSetPerNexus ? own : Set);
                break;
            case TaskManagementFunction.ClearAca when AcaConcerns(host) && !IsFaulted(host):
                function.Response = ServiceResponse.FunctionRejected;
                break;
            case TaskManagementFunction.ClearAca:
                ClearAca(host);
                AbortAll(function, own.Where(task => task.Attribute == TaskAttribute.Aca));
                break;
            case TaskManagementFunction.ItNexusReset:
                ClearAca(host);
                if (_spc2Holder == host) _spc2Holder = null;
                Owe(host, AdditionalSense.ItNexusLossOccurred);
                AbortAll(function, own);
                break;
            default:
                Reset(function);
                break;
        }
        Settle(host);
        return function;
    }

    private static void Answer(OracleFunction function, bool yes) => function.Response =
        yes ? ServiceResponse.FunctionSucceeded : ServiceResponse.FunctionComplete;

    private void AbortAll(OracleFunction function, IEnumerable<OracleTask> tasks)
    {
        foreach (var task in tasks.ToList()) Abort(task, task.Host != function.Host, function);
        Wait(function);
    }

    // SAM-6, Logical unit reset: everything but persistent reservations is as after power on.
    private void Reset(OracleFunction function)
    {
        foreach (var task in Set.ToList()) Abort(task, task.Host != function.Host, function, tells: false);
        _control = new ControlFields();
        _spc2Holder = null;
        for (var host = 0; host < hosts; host++)
        {
            ClearAca(host);
            Owe(host, AdditionalSense.BusDeviceResetFunctionOccurred);
        }
        Wait(function);
    }

    private void Wait(OracleFunction function)
    {
        if (function.Waits.Count == 0) function.Response = ServiceResponse.FunctionComplete;
        else _functions.Add(function);
    }

    private void ClearAca(int host)
    {
        if (_faulted.Remove(host)) Enable();
    }

    // SAM-6, Aborting commands; SPC-6, TAS: whose doing it is hears nothing, others by status or by attention. What is
    // in the medium ends when it comes out; anything else at once.
    private void Abort(OracleTask task, bool byOther, OracleFunction? function, bool tells = true)
    {
        if (!task.Aborted)
        {
            task.Aborted = true;
            task.TellAborted = byOther && _control.AbortedStatus;
            if (byOther && tells && !_control.AbortedStatus)
                Owe(task.Host, AdditionalSense.CommandsClearedByAnotherInitiator);
        }
        function?.Waits.Add(task);
        if (task.WaitsForData || (!task.Enabled && !task.Called)) Call(task);
        task.WaitsForData = false;
    }
}
