using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Reservations;
using Lunette.DeviceServer.Tasks;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>I_T nexuses that are taken for lost although they are there (SPC-6, REMOVE I_T NEXUS command).</content>
public abstract partial class EmulatedUnit
{
    /// <summary>
    /// Does for each named nexus what its loss does, and completes the command when the last aborted task is out of the
    /// medium.
    /// </summary>
    internal void LoseNexuses(TaskContext command, IReadOnlySet<ItPorts> named)
    {
        var abort = new CommandAbort(this, command);
        var effects = new Effects();
        int remaining;
        lock (_gate)
        {
            for (var context = _tasks.Oldest; context is not null; context = context.Younger)
            {
                if (named.Contains(context.Itl.Ports))
                    TaskSet.Abort(context, abort, reportAborted: false, ref effects.Posted);
            }
            for (var itl = _nexuses; itl is not null; itl = itl.Next)
            {
                if (!named.Contains(itl.Ports)) continue;
                _tasks.ClearAca(itl, ref effects.Posted);
                LetGo(itl);
                Establish(itl, AdditionalSense.ItNexusLossOccurred);
            }
            remaining = abort.Remaining;
        }
        if (remaining > 0) abort.Wait(Options.AbortDeadline);
        effects.Act();
        if (remaining == 0) Complete(command, CommandOutcome.Good);
    }
}
