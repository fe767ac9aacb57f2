namespace Lunette.Scsi;

/// <summary>
/// Task management functions (SAM-6, Task management functions). Values are ours; transports have their own.
/// </summary>
public enum TaskManagementFunction : byte
{
    /// <summary>Abort one task, named by its tag.</summary>
    AbortTask,

    /// <summary>Abort every task of the asking I_T nexus on the logical unit.</summary>
    AbortTaskSet,

    /// <summary>End an auto contingent allegiance condition.</summary>
    ClearAca,

    /// <summary>Abort every task in the logical unit's task set.</summary>
    ClearTaskSet,

    /// <summary>Reset the logical unit.</summary>
    LogicalUnitReset,

    /// <summary>Report whether a task is in the task set.</summary>
    QueryTask,

    /// <summary>Report whether any task of the asking nexus is in the task set.</summary>
    QueryTaskSet,

    /// <summary>Report a pending unit attention or deferred error.</summary>
    QueryAsynchronousEvent,

    /// <summary>
    /// Reset every logical unit the nexus can reach (transport defined; a LOGICAL UNIT RESET of each).
    /// </summary>
    TargetWarmReset,

    /// <summary>As the warm reset, and the transport sessions end.</summary>
    TargetColdReset,

    /// <summary>End the I_T nexus and everything it has in progress.</summary>
    ItNexusReset,
}

/// <summary>Service responses of task management functions (SAM-6, Task management functions).</summary>
public enum ServiceResponse : byte
{
    /// <summary>Done; what the function promises holds from now on.</summary>
    FunctionComplete,

    /// <summary>Done, and the answer to the query is yes.</summary>
    FunctionSucceeded,

    /// <summary>The function is not supported or could not be carried out.</summary>
    FunctionRejected,

    /// <summary>The logical unit number is not one the nexus can reach.</summary>
    IncorrectLogicalUnitNumber,

    /// <summary>The transport failed under the function.</summary>
    ServiceDeliveryOrTargetFailure,
}
