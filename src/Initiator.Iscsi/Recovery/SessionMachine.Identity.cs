using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    // Of more logical units nothing is sent again: they cannot be told apart.
    private const int IdentitiesMax = 1024;

    // A unit that is only busy is asked again; the answers themselves set the pace.
    private const int BusyAnswersMax = 100;

    private readonly Dictionary<Lun, LogicalUnitIdentity> _identities = [];
    private readonly Queue<LogicalUnitIdentity> _toRead = new();
    private readonly IdentityTask _identityTask;
    private readonly SessionTimer _verifyDeadline;
    private LogicalUnitIdentity? _reading;
    private LogicalUnitIdentity? _lastUsed;
    private int _busyAnswers;

    /// <summary>A VPD page has been read, or not.</summary>
    public void IdentityRead(IdentityTask task)
    {
        if (_reading is not { } identity) return;
        if (task.Result.Outcome != CommandOutcome.Completed)
        {
            // The connection is lost, or going: the next login begins anew.
            _reading = null;
            if (!identity.IsRead) _identities.Remove(identity.Lun);
            if (_lastUsed == identity) _lastUsed = null;
            return;
        }
        if (task.Result.Status is ScsiStatus.Busy or ScsiStatus.TaskSetFull && _busyAnswers++ < BusyAnswersMax)
        {
            SendIdentity(identity, task.Page);
            return;
        }
        _busyAnswers = 0;
        identity.Take(task.Page, task.Result.IsGood ? task.Bytes : default);
        if (task.Page == VpdPageCode.UnitSerialNumber)
        {
            SendIdentity(identity, VpdPageCode.DeviceIdentification);
            return;
        }
        _reading = null;
        if (!identity.Complete()) TellAnother(identity);
        ReadNextIdentity();
    }

    // After a login that brings the session back: every unit in use is looked at again before anything is sent to it.
    private void Verify()
    {
        _toRead.Clear();
        _reading = null;
        if (_everLoggedIn && _options.VerifyIdentity)
        {
            foreach (var identity in _identities.Values)
                if (identity.IsRead) _toRead.Enqueue(identity);
        }
        ReadNextIdentity();
    }

    private void ReadNextIdentity()
    {
        if (_reading is not null) return;
        if (_toRead.TryDequeue(out _reading))
        {
            _reading.Begin();
            SendIdentity(_reading, VpdPageCode.UnitSerialNumber);
        }
        else if (State == IscsiSessionState.Verifying)
        {
            Loop.Disarm(_verifyDeadline);
            Apply(SessionEvent.Verified);
        }
    }

    // It is the next in the queue, and the only one while the session verifies.
    private void SendIdentity(LogicalUnitIdentity identity, VpdPageCode page)
    {
        _identityTask.Ask(identity.Lun, page);
        if (State == IscsiSessionState.Verifying) Loop.Arm(_verifyDeadline, _options.LoginTimeout);
        _identityTask.IsQueued = true;
        _pending.AddFirst(_identityTask);
        NeedBatch();
    }

    // A unit is learnt when it is first used; asking costs two commands once.
    private void Learn(Lun lun)
    {
        if (_lastUsed is { } last && last.Lun.Wire == lun.Wire) return;
        if (!_identities.TryGetValue(lun, out var identity))
        {
            if (_identities.Count >= IdentitiesMax) return;
            identity = new(lun);
            _identities.Add(lun, identity);
            _toRead.Enqueue(identity);
            ReadNextIdentity();
        }
        _lastUsed = identity;
    }

    private bool IsKnown(Lun lun) =>
        _identities.TryGetValue(lun, out var identity)
        && identity is { IsRead: true, IsTelling: true, IsAnother: false };

    private bool IsAnother(Lun lun) =>
        (_lastUsed is { } last && last.Lun.Wire == lun.Wire ? last : _identities.GetValueOrDefault(lun))
        is { IsAnother: true };

    private void VerifyTookTooLong() => _connection?.Drop(new(
        IscsiFaultKind.TimedOut,
        $"the target did not say within {_options.LoginTimeout} which logical unit LUN {_identityTask.Lun} is"));

    private void TellAnother(LogicalUnitIdentity identity) => Tell(new(
        IscsiSessionNoticeKind.IdentityChanged, AnotherUnit(identity.Lun), Lun: identity.Lun,
        Text: $"LUN {identity.Lun} is another logical unit than before"));

    private static IscsiFault AnotherUnit(Lun lun) => new(
        IscsiFaultKind.EndedByTarget,
        $"after the session came back LUN {lun} is another logical unit; open a new session to use it");
}
