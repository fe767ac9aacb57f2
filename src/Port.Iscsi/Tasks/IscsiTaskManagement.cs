using Lunette.Iscsi;
using Lunette.Port.Iscsi.Sessions;

namespace Lunette.Port.Iscsi.Tasks;

/// <summary>A task management function an initiator asked for.</summary>
internal sealed class IscsiTaskManagement(TargetSession session, InitiatorTaskTag tag)
    : Stmf.Contracts.Tasks.TaskManagementRequest
{
    /// <summary>The request's own tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get; } = tag;

    /// <inheritdoc/>
    protected override void Completed() => session.Connection?.TaskManagementEnded(this);
}
