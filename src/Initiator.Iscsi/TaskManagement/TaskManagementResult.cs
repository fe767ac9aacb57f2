using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>What a task management function came to.</summary>
/// <param name="Response">The service response; delivery failure when the target did not answer.</param>
/// <param name="Code">The target's own word; meaningful without a fault.</param>
/// <param name="Fault">Why the target did not answer; null when it did.</param>
public readonly record struct TaskManagementResult(
    ServiceResponse Response, TaskManagementResponseCode Code, IscsiFault? Fault = null);
