using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Stmf.Contracts;

/// <summary>What a port asks of the framework.</summary>
public interface ITargetFramework
{
    /// <summary>
    /// Opens a session at a port that is online. The framework computes what it sees; a new session starts without the
    /// inventory attention. Any thread.
    /// </summary>
    /// <returns>Null when the port is not online or not registered.</returns>
    ItNexus? OpenSession(TargetPort port, InitiatorPort initiator, Loop loop);

    /// <summary>
    /// Closes a session: all its tasks are aborted, every logical unit forgets it. On the nexus' loop.
    /// <paramref name="closed"/> is posted to the nexus' loop when nothing of it is left.
    /// </summary>
    void CloseSession(ItNexus nexus, LoopWork closed);

    /// <summary>
    /// The task router: finds the logical unit in the nexus' map, or the fallback unit, and submits. On the nexus'
    /// loop.
    /// </summary>
    void Submit(ScsiTask task);

    /// <summary>Routes a task management function. On the nexus' loop.</summary>
    void Manage(TaskManagementRequest request);
}
