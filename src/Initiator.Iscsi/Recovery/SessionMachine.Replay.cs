
namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    // A command that breaks the session each time it is sent is given back to its caller.
    private const int ReplaysMax = 16;

    // The connection is gone. What it carried is sent again by the next one, in the old order and before anything new,
    // or is given back. An abort has got what it wanted: the target ends the tasks of a session that is reinstated or
    // lost.
    private void TakeBackTasks(IscsiFault fault)
    {
        for (var task = _inFlight.Last; task is not null;)
        {
            var previous = task.Previous;
            if (task is IdentityTask) End(task, new() { Outcome = CommandOutcome.ConnectionLost, Fault = fault });
            else if (task.AbortWanted) End(task, new() { Outcome = CommandOutcome.Aborted, Fault = fault });
            else if (MayReplay(task)) Requeue(task);
            else End(task, new() { Outcome = CommandOutcome.ConnectionLost, Fault = fault });
            task = previous;
        }
        if (_identityTask.IsQueued)
            End(_identityTask, new() { Outcome = CommandOutcome.ConnectionLost, Fault = fault });
        for (var task = _pending.First; task is not null; task = task.Next) task.AcrossRecovery = true;
    }

    private void Requeue(SessionTask task)
    {
        task.Replays++;
        _inFlight.Remove(task);
        task.Phase = TaskPhase.Pending;
        task.IsQueued = true;
        _pending.AddFirst(task);
    }

    // A login ends the old session in the same portal group only (RFC 7143 section 6.3.5). In another one, perhaps of
    // another machine, what the old one carried may still be carried out, after whatever is sent now.
    private void GiveBackReplays()
    {
        var fault = new IscsiFault(
            IscsiFaultKind.ConnectionLost,
            "the session came back in another portal group, where it does not end the old one");
        for (var task = _pending.First; task is not null;)
        {
            var next = task.Next;
            if (task.Replays > 0 && task is not IdentityTask)
                End(task, new() { Outcome = CommandOutcome.ConnectionLost, Fault = fault });
            task = next;
        }
    }

    private bool MayReplay(SessionTask task)
    {
        if (_closing || task.Replays >= ReplaysMax) return false;
        var lawful = _options.Replay switch
        {
            ReplayPolicy.Never => false,
            ReplayPolicy.Always => true,
            _ => ReplaySafety.IsRepeatable(task.Command.Cdb),
        };
        return lawful && (!_options.VerifyIdentity || IsKnown(task.Command.Lun));
    }

    private void Resume()
    {
        if (!_everLoggedIn)
        {
            _everLoggedIn = true;
            _established.TrySetResult();
        }
        Tell(new(IscsiSessionNoticeKind.LoggedIn, Text: $"logged in to {Where}"));
        NeedBatch();
    }
}
