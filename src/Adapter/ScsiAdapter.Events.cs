using System.Runtime.ExceptionServices;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Events;
using Lunette.Adapter.Opening;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter;

/// <content>SCIOEVENT: who is told of what happens unasked.</content>
public sealed partial class ScsiAdapter
{
    private Task<Errno> RegisterAsync(AdapterFile file, EventRequest request) => CarryOutAsync(() =>
    {
        if (request.Handler is null) return Errno.EINVAL;
        var registration = new EventRegistration(file, request.ScsiId, Lun.FromWire(request.LunId), request.Mode,
            request.Correlator, request.Handler);
        if (request.Mode == SessionMode.Target)
        {
            if (!_senders.TryGetValue(request.ScsiId, out var session) || session.Registration is not null)
                return Errno.EINVAL;
            session.Registration = registration;
            return Errno.None;
        }
        if (Find(request.ScsiId, registration.Lun) is not { Registration: null } queue) return Errno.EINVAL;
        queue.Registration = registration;
        return Errno.None;
    });

    // A registration ends with the close of its file; a stop ends it with its queue.
    private void Unregister(AdapterFile file)
    {
        foreach (var queue in _queues.Values)
            if (queue.Registration?.File == file) queue.Registration = null;
        foreach (var session in _senders.Values)
            if (session.Registration?.File == file) session.Registration = null;
    }

    /// <summary>Tells the handlers of a SCSI ID, in both modes; null: of all.</summary>
    internal void Raise(ulong? scsiId, AdapterEvents events)
    {
        // A handler may stop its device, and so change the list.
        foreach (var queue in _queues.Values.OrderBy(queue => queue.ScsiId).ThenBy(queue => queue.Lun).ToArray())
            if (scsiId is null || queue.ScsiId == scsiId) Tell(queue.Registration, events);
        foreach (var (sender, session) in _senders)
            if (scsiId is null || sender == scsiId) Tell(session.Registration, events);
    }

    // A handler that throws is a fault of the caller's, told by the loop; the reset that it was told of goes on.
    private void Tell(EventRegistration? registration, AdapterEvents events)
    {
        try
        {
            registration?.Raise(events);
        }
        catch (Exception fault)
        {
            TellLoop(fault);
        }
    }

    // A fault of a callback of the caller's: the loop reports it, while it is there, and the adapter goes on.
    private void TellLoop(Exception fault)
    {
        if (!_hasEnded || Loop.IsCurrent) Loop.Post(new HandlerFault(fault));
    }

    private sealed class HandlerFault(Exception fault) : LoopWork
    {
        public override void Run() => ExceptionDispatchInfo.Throw(fault);

        public override void Refused() => Run();
    }
}
