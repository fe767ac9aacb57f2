using System.Collections.Immutable;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Disks;

/// <content>Requests on their way: the queue depth, retries, and what is logged.</content>
public sealed partial class ScsiDisk
{
    private DiskRequest Rent()
    {
        lock (_gate) return _idle.TryPop(out var idle) ? idle : new DiskRequest(this);
    }

    internal void Recycle(DiskRequest request)
    {
        lock (_gate) _idle.Push(request);
    }

    private void Enter(DiskRequest request)
    {
        Errno refused;
        lock (_gate)
        {
            var waits = _firstWaiting is not null || !MayGo(request);
            refused = request.IsAbandoned ? Errno.ENXIO
                : _closed ? Errno.ENODEV
                : waits && _waiting >= Options.WaitingMax ? Errno.ENOMEM
                : Errno.None;
            if (refused == Errno.None && waits)
            {
                Append(request);
                return;
            }
            if (refused == Errno.None) Went(request);
        }
        if (refused == Errno.None) Send(request);
        else request.Complete(refused);
    }

    private bool MayGo(DiskRequest request) => !_runsAlone && _inFlight < Options.QueueDepth
        && (!request.RunsAlone || _inFlight == 0);

    private void Went(DiskRequest request)
    {
        _inFlight++;
        _runsAlone = request.RunsAlone;
    }

    private void Send(DiskRequest request)
    {
        RequestPlace place;
        var changed = request.IsOfMedium ? _mediumError : Errno.None;
        lock (_gate)
        {
            place = request.IsAbandoned || changed != Errno.None ? RequestPlace.None
                : OwesReservation && request.OnlyPath is null ? RequestPlace.Held
                : RequestPlace.AtAdapter;
            request.Place = place;
            if (place == RequestPlace.AtAdapter) GiveToPath(request);
        }
        if (place == RequestPlace.AtAdapter) request.Path!.File.Adapter.Strategy(request);
        else if (place == RequestPlace.Held) _ = ReserveAndResendAsync(request, null);
        else Finish(request, changed == Errno.None ? Errno.ENXIO : changed);
    }

    private void GiveToPath(DiskRequest request)
    {
        var path = request.OnlyPath ?? _control.Choose() ?? Paths[0];
        request.Path = path;
        path.InFlight++;
        path.Requests++;
        request.SentUnder = _reservations;
        request.ScsiId = path.Options.ScsiId;
        request.LunId = path.Options.Lun.Wire;
        request.Attempts++;
    }

    internal void Resend(DiskRequest request)
    {
        // Whatever halted or parked the queue: this structure is the first of it again.
        request.Flags = TransactionFlags.Resume;
        Send(request);
    }

    internal void Ended(DiskRequest request)
    {
        var hasTimedOut = request.StatusValidity == StatusValidity.Adapter
            && request.AdapterStatus == AdapterStatus.CommandTimeout;
        lock (_gate)
        {
            request.Path!.InFlight--;
            if (!hasTimedOut) request.Path.TimeoutsInARow = 0;
        }
        if (!request.Bufstruct.HasError)
        {
            Finish(request, Errno.None);
            return;
        }
        var verdict = JudgeMedium(DiskVerdict.Of(request));
        if (verdict.BlamesPath) Blame(request, hasTimedOut);
        if (verdict.ChangesAccess && !request.NoRetry) CheckPaths(HealthCheckMode.Enabled, hasChanged: true);
        if (TryReserveAgain(request, verdict)) return;
        if (!verdict.Retries || !MayRetry(request)) GiveUp(request, verdict);
        else if (!request.IsAdapterDead && (verdict.Waits || request.Attempts > 1))
            ResendLater(request);
        else Resend(request);
    }

    // On the adapter's loop: who abandons it meanwhile comes there after this.
    private void ResendLater(DiskRequest request)
    {
        lock (_gate) request.Place = RequestPlace.Delayed;
        request.SendAfter(Options.BusyDelay);
    }

    // A RESERVE insists on its path and is what others wait for: it does not wait for a path that has failed. Of a dead
    // adapter there is only another path to be had.
    private bool MayRetry(DiskRequest request) => !_closed && !request.NoRetry && !request.IsAbandoned
        && request.Attempts <= Options.RetriesMax
        && !(request.PassesQueue && request.Path!.State == PathState.Failed)
        && !(request.IsAdapterDead && (request.OnlyPath is not null || request.Path!.State == PathState.Enabled));

    private void GiveUp(DiskRequest request, in DiskVerdict verdict)
    {
        // The next of another request would be turned away: the queue goes on without this one.
        if (request.QueueStatus == AdapterQueueStatus.DidNotClear) Unpark(request);
        if (verdict.Label is { } label && !request.NoRetry) Log(request, label);
        Finish(request, _closed && verdict.Error != Errno.None ? Errno.ENODEV : verdict.Error);
    }

    private void Finish(DiskRequest request, Errno error)
    {
        bool isQuiet;
        lock (_gate)
        {
            request.Place = RequestPlace.None;
            if (!request.PassesQueue) _inFlight--;
            if (request.RunsAlone) _runsAlone = false;
            isQuiet = _closed && _inFlight == 0;
        }
        request.Complete(error);
        if (isQuiet) _quiet.TrySetResult();
        SendWaiting();
    }

    // One at a time: what is sent may end at once, here below, and whoever sends then goes on with what waits.
    private void SendWaiting()
    {
        lock (_gate)
        {
            if (_sendsWaiting) return;
            _sendsWaiting = true;
        }
        while (TakeWaiting() is { } next) Send(next);
    }

    private DiskRequest? TakeWaiting()
    {
        lock (_gate)
        {
            if (_firstWaiting is { } next && MayGo(next))
            {
                Went(next);
                return TakeFirstWaiting();
            }
            _sendsWaiting = false;
            return null;
        }
    }

    private void Append(DiskRequest request)
    {
        request.Place = RequestPlace.Waiting;
        request.PreviousWaiting = _lastWaiting;
        if (_lastWaiting is null) _firstWaiting = request;
        else _lastWaiting.NextWaiting = request;
        _lastWaiting = request;
        _waiting++;
    }

    private DiskRequest? TakeFirstWaiting()
    {
        var first = _firstWaiting;
        if (first is not null) TakeOut(first);
        return first;
    }

    private void TakeOut(DiskRequest request)
    {
        if (request.PreviousWaiting is { } previous) previous.NextWaiting = request.NextWaiting;
        else _firstWaiting = request.NextWaiting;
        if (request.NextWaiting is { } next) next.PreviousWaiting = request.PreviousWaiting;
        else _lastWaiting = request.PreviousWaiting;
        request.NextWaiting = request.PreviousWaiting = null;
        request.Place = RequestPlace.None;
        _waiting--;
    }

    private void RefuseWaiting()
    {
        while (true)
        {
            DiskRequest? first;
            lock (_gate) first = TakeFirstWaiting();
            if (first is null) return;
            first.Complete(Errno.ENODEV);
        }
    }

    private static void Unpark(DiskRequest failed)
    {
        var resume = new ScsiBuf
        {
            ScsiId = failed.ScsiId,
            LunId = failed.LunId,
            Flags = TransactionFlags.Resume | TransactionFlags.QueueResume,
        };
        failed.Path!.File.Adapter.Strategy(resume);
    }

    private void Blame(DiskRequest request, bool hasTimedOut)
    {
        bool isOut;
        lock (_gate)
        {
            isOut = hasTimedOut
                ? _control.TimeOut(request.Path!, Options.TimeoutPolicy)
                : _control.Fail(request.Path!);
        }
        if (isOut) Log(request, ErrorLabel.DISK_ERR6);
    }

    private void Log(DiskRequest request, ErrorLabel label) => request.Path!.File.Adapter.Write(new ErrorEntry
    {
        Label = label,
        ResourceName = Options.Name,
        RecordType = request.Path.Options.Adapter.Description.ErrorRecord,
        PathId = (ushort)request.Path.Id,
        ScsiId = request.ScsiId,
        LogicalUnitNumber = request.Path.Options.Lun.Number,
        Cdb = request.Cdb.ToImmutableArray(),
        StatusValidity = request.StatusValidity,
        ScsiStatus = (byte)request.ScsiStatus,
        AdapterStatus = request.AdapterStatus,
        Sense = request.SenseBytes.ToImmutableArray(),
    });
}
