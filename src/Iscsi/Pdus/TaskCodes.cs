using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>ATTR field of a SCSI Command (RFC 7143 section 11.3.1). Five to seven are reserved.</summary>
public enum TaskAttributeCode : byte
{
    /// <summary>Untagged.</summary>
    Untagged = 0,

    /// <summary>Simple.</summary>
    Simple = 1,

    /// <summary>Ordered.</summary>
    Ordered = 2,

    /// <summary>Head of queue.</summary>
    HeadOfQueue = 3,

    /// <summary>ACA.</summary>
    Aca = 4,
}

/// <summary>Response field of a SCSI Response (RFC 7143 section 11.4.3); 80h to FFh are vendor specific.</summary>
public enum ScsiResponseCode : byte
{
    /// <summary>Command completed at target: the status means something.</summary>
    CompletedAtTarget = 0x00,

    /// <summary>Target failure.</summary>
    TargetFailure = 0x01,
}

/// <summary>
/// Function field of a Task Management Function Request (RFC 7143 section 11.5.1, RFC 7144 section 4).
/// </summary>
public enum TaskManagementFunctionCode : byte
{
    /// <summary>ABORT TASK.</summary>
    AbortTask = 1,

    /// <summary>ABORT TASK SET.</summary>
    AbortTaskSet = 2,

    /// <summary>CLEAR ACA.</summary>
    ClearAca = 3,

    /// <summary>CLEAR TASK SET.</summary>
    ClearTaskSet = 4,

    /// <summary>LOGICAL UNIT RESET.</summary>
    LogicalUnitReset = 5,

    /// <summary>TARGET WARM RESET.</summary>
    TargetWarmReset = 6,

    /// <summary>TARGET COLD RESET.</summary>
    TargetColdReset = 7,

    /// <summary>TASK REASSIGN.</summary>
    TaskReassign = 8,

    /// <summary>QUERY TASK (iSCSIProtocolLevel 2).</summary>
    QueryTask = 9,

    /// <summary>QUERY TASK SET (iSCSIProtocolLevel 2).</summary>
    QueryTaskSet = 10,

    /// <summary>I_T NEXUS RESET (iSCSIProtocolLevel 2).</summary>
    ItNexusReset = 11,

    /// <summary>QUERY ASYNCHRONOUS EVENT (iSCSIProtocolLevel 2).</summary>
    QueryAsynchronousEvent = 12,
}

/// <summary>
/// Response field of a Task Management Function Response (RFC 7143 section 11.6.1, RFC 7144 section 5).
/// </summary>
public enum TaskManagementResponseCode : byte
{
    /// <summary>Function complete.</summary>
    FunctionComplete = 0,

    /// <summary>Task does not exist.</summary>
    TaskDoesNotExist = 1,

    /// <summary>LUN does not exist.</summary>
    LunDoesNotExist = 2,

    /// <summary>Task still allegiant.</summary>
    TaskStillAllegiant = 3,

    /// <summary>Task allegiance reassignment not supported.</summary>
    TaskAllegianceReassignmentNotSupported = 4,

    /// <summary>Task management function not supported.</summary>
    FunctionNotSupported = 5,

    /// <summary>Function authorization failed.</summary>
    FunctionAuthorizationFailed = 6,

    /// <summary>Function succeeded (iSCSIProtocolLevel 2).</summary>
    FunctionSucceeded = 7,

    /// <summary>Function rejected.</summary>
    FunctionRejected = 255,
}

/// <summary>Between SAM's words and iSCSI's numbers.</summary>
public static class TaskCodes
{
    /// <summary>
    /// SAM's attribute; false for a reserved value. Untagged is taken as simple: SAM no longer knows it.
    /// </summary>
    public static bool TryToScsi(this TaskAttributeCode code, out TaskAttribute attribute)
    {
        attribute = code switch
        {
            TaskAttributeCode.Ordered => TaskAttribute.Ordered,
            TaskAttributeCode.HeadOfQueue => TaskAttribute.HeadOfQueue,
            TaskAttributeCode.Aca => TaskAttribute.Aca,
            _ => TaskAttribute.Simple,
        };
        return code <= TaskAttributeCode.Aca;
    }

    /// <summary>The ATTR value.</summary>
    public static TaskAttributeCode ToCode(this TaskAttribute attribute) => attribute switch
    {
        TaskAttribute.Ordered => TaskAttributeCode.Ordered,
        TaskAttribute.HeadOfQueue => TaskAttributeCode.HeadOfQueue,
        TaskAttribute.Aca => TaskAttributeCode.Aca,
        _ => TaskAttributeCode.Simple,
    };

    /// <summary>
    /// SAM's function; false for TASK REASSIGN, which is iSCSI's own, and for values without a member.
    /// </summary>
    public static bool TryToScsi(this TaskManagementFunctionCode code, out TaskManagementFunction function)
    {
        TaskManagementFunction? found = code switch
        {
            TaskManagementFunctionCode.AbortTask => TaskManagementFunction.AbortTask,
            TaskManagementFunctionCode.AbortTaskSet => TaskManagementFunction.AbortTaskSet,
            TaskManagementFunctionCode.ClearAca => TaskManagementFunction.ClearAca,
            TaskManagementFunctionCode.ClearTaskSet => TaskManagementFunction.ClearTaskSet,
            TaskManagementFunctionCode.LogicalUnitReset => TaskManagementFunction.LogicalUnitReset,
            TaskManagementFunctionCode.TargetWarmReset => TaskManagementFunction.TargetWarmReset,
            TaskManagementFunctionCode.TargetColdReset => TaskManagementFunction.TargetColdReset,
            TaskManagementFunctionCode.QueryTask => TaskManagementFunction.QueryTask,
            TaskManagementFunctionCode.QueryTaskSet => TaskManagementFunction.QueryTaskSet,
            TaskManagementFunctionCode.ItNexusReset => TaskManagementFunction.ItNexusReset,
            TaskManagementFunctionCode.QueryAsynchronousEvent => TaskManagementFunction.QueryAsynchronousEvent,
            _ => null,
        };
        function = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>The function's number on the wire.</summary>
    public static TaskManagementFunctionCode ToCode(this TaskManagementFunction function) => function switch
    {
        TaskManagementFunction.AbortTask => TaskManagementFunctionCode.AbortTask,
        TaskManagementFunction.AbortTaskSet => TaskManagementFunctionCode.AbortTaskSet,
        TaskManagementFunction.ClearAca => TaskManagementFunctionCode.ClearAca,
        TaskManagementFunction.ClearTaskSet => TaskManagementFunctionCode.ClearTaskSet,
        TaskManagementFunction.LogicalUnitReset => TaskManagementFunctionCode.LogicalUnitReset,
        TaskManagementFunction.TargetWarmReset => TaskManagementFunctionCode.TargetWarmReset,
        TaskManagementFunction.TargetColdReset => TaskManagementFunctionCode.TargetColdReset,
        TaskManagementFunction.QueryTask => TaskManagementFunctionCode.QueryTask,
        TaskManagementFunction.QueryTaskSet => TaskManagementFunctionCode.QueryTaskSet,
        TaskManagementFunction.ItNexusReset => TaskManagementFunctionCode.ItNexusReset,
        TaskManagementFunction.QueryAsynchronousEvent => TaskManagementFunctionCode.QueryAsynchronousEvent,
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    /// <summary>Whether the function may only be sent once iSCSIProtocolLevel 2 was negotiated (RFC 7144).</summary>
    public static bool NeedsProtocolLevel2(this TaskManagementFunctionCode code) =>
        code is >= TaskManagementFunctionCode.QueryTask and <= TaskManagementFunctionCode.QueryAsynchronousEvent;

    /// <summary>The response that says what SAM's service response says.</summary>
    public static TaskManagementResponseCode ToCode(this ServiceResponse response) => response switch
    {
        ServiceResponse.FunctionComplete => TaskManagementResponseCode.FunctionComplete,
        ServiceResponse.FunctionSucceeded => TaskManagementResponseCode.FunctionSucceeded,
        ServiceResponse.IncorrectLogicalUnitNumber => TaskManagementResponseCode.LunDoesNotExist,
        _ => TaskManagementResponseCode.FunctionRejected,
    };

    /// <summary>SAM's service response as an initiator sees it. A task that does not exist has ended, so its abort is
    /// complete.</summary>
    public static ServiceResponse ToScsi(this TaskManagementResponseCode code) => code switch
    {
        TaskManagementResponseCode.FunctionComplete => ServiceResponse.FunctionComplete,
        TaskManagementResponseCode.TaskDoesNotExist => ServiceResponse.FunctionComplete,
        TaskManagementResponseCode.FunctionSucceeded => ServiceResponse.FunctionSucceeded,
        TaskManagementResponseCode.LunDoesNotExist => ServiceResponse.IncorrectLogicalUnitNumber,
        _ => ServiceResponse.FunctionRejected,
    };
}
