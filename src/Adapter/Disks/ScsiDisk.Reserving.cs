using System.Buffers.Binary;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Disks;

/// <content>
/// What the disk reserves, and how it keeps it. RESERVE (6) is of one I_T nexus: a reset ends it, and another path is
/// turned away like a stranger. So after either it is made anew, on another path after a reset of the logical unit.
/// </content>
public sealed partial class ScsiDisk
{
    private static readonly byte[] s_reserve = [0x16, 0, 0, 0, 0, 0];

    private bool _mayHoldReservation;       // what another disk holds by the same nexus is not ours to release
    private DiskPath? _reservedPath;
    private int _reservations;
    private Task<Errno>? _reserving;

    // Resets that have ended it, and how many of them the last RESERVE came after: while they differ nobody goes on as
    // if it were reserved, requests wait until it is or learn that it is not.
    private int _losses;
    private int _lossesMended;

    private bool OwesReservation => _losses != _lossesMended;

    private ReservePolicy Policy => (_extension & OpenExtension.NoReserve) != 0 || IsDiagnostic ? ReservePolicy.None
        : (_extension & OpenExtension.PrSharedRegister) != 0 ? ReservePolicy.PersistentShared
        : Options.ReservePolicy;

    // Write exclusive or exclusive access, registrants only: so all paths of this host count.
    private byte PersistentType => (byte)(Policy == ReservePolicy.PersistentShared ? 5 : 6);

    private async Task ReserveAsync()
    {
        _mayHoldReservation = true;
        switch (Policy)
        {
            case ReservePolicy.SinglePath:
                DiskPath path;
                lock (_gate) path = _control.Choose() ?? Paths[0];
                Throw(await CommandAsync(s_reserve, TransferDirection.None, default, path).ConfigureAwait(false));
                _reservedPath = path;
                break;
            case ReservePolicy.PersistentExclusive or ReservePolicy.PersistentShared:
                foreach (var each in Paths)
                    Throw(await ReserveOutAsync(0x06, 0, 0, Options.ReservationKey, each).ConfigureAwait(false));
                Throw(await ReserveOutAsync(0x01, PersistentType, Options.ReservationKey, 0).ConfigureAwait(false));
                break;
            default:
                break;
        }
    }

    private async Task ReleaseAsync()
    {
        switch (Policy)
        {
            case ReservePolicy.SinglePath:
                await CommandAsync([0x17, 0, 0, 0, 0, 0], TransferDirection.None, default, _reservedPath)
                    .ConfigureAwait(false);
                break;
            case ReservePolicy.PersistentExclusive or ReservePolicy.PersistentShared:
                await ReserveOutAsync(0x02, PersistentType, Options.ReservationKey, 0).ConfigureAwait(false);
                foreach (var path in Paths)
                    await ReserveOutAsync(0x06, 0, 0, 0, path).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    internal ValueTask<DiskAnswer> ReserveOutAsync(byte action, byte type, ulong key, ulong actionKey,
        DiskPath? path = null)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), actionKey);
        return CommandAsync([0x5F, action, type, 0, 0, 0, 0, 0, 24, 0], TransferDirection.Out, list, path);
    }

    // --- Made anew --------------------------------------------------------------------------------------------------

    /// <summary>
    /// Whether a request shows that our own reservation is gone, or in its way on another path; it goes on when that
    /// has been seen to.
    /// </summary>
    private bool TryReserveAgain(DiskRequest request, in DiskVerdict verdict)
    {
        if (request.PassesQueue) return false;
        DiskPath? reserved;
        lock (_gate)
        {
            reserved = _reservedPath;
            // Only what there is can be owed: another path's answer may just have shown that a stranger has it.
            if (reserved is not null && verdict.LosesReservation) _losses++;
        }
        if (reserved is null) return false;
        if (verdict.LosesReservation)
        {
            _ = ReserveAndFollowAsync(request, verdict);
            return true;
        }
        var isInTheWay = verdict.Error == Errno.EBUSY && request.ScsiStatus == ScsiStatus.ReservationConflict
            && request.Path != reserved;
        if (!isInTheWay || !MayRetry(request)) return false;
        Hold(request);
        _ = ReserveAndResendAsync(request, request.Path);
        return true;
    }

    // What is sent once ends as the device answered it, but not before the disk is reserved again.
    private async Task ReserveAndFollowAsync(DiskRequest request, DiskVerdict verdict)
    {
        if (MayRetry(request))
        {
            Hold(request);
            await ReserveAndResendAsync(request, null).ConfigureAwait(false);
            return;
        }
        try
        {
            await ReservedAsync(request.SentUnder, null).ConfigureAwait(false);
        }
        finally
        {
            GiveUp(request, verdict);
        }
    }

    private void Hold(DiskRequest request)
    {
        lock (_gate) request.Place = RequestPlace.Held;
    }

    private async Task ReserveAndResendAsync(DiskRequest request, DiskPath? inTheWayOn)
    {
        var (version, sentUnder) = (request.Version, request.SentUnder);
        var error = Errno.EIO;
        try
        {
            error = await ReservedAsync(sentUnder, inTheWayOn).ConfigureAwait(false);
        }
        finally
        {
            // Whatever became of it, whoever waits for the request is told.
            if (TakeUp(request, version))
            {
                if (error == Errno.None) Resend(request);
                else Finish(request, error);
            }
        }
    }

    private async Task<Errno> ReservedAsync(int sentUnder, DiskPath? inTheWayOn)
    {
        while (true)
        {
            Task<Errno> reserving;
            lock (_gate)
            {
                // One at a time; whoever met the reservation before it was moved only has to come again.
                var isDone = inTheWayOn is null ? !OwesReservation : sentUnder != _reservations;
                if (isDone || _reservedPath is not { } reserved) return Errno.None;
                reserving = _reserving ??= ReserveAgainAsync(reserved, inTheWayOn);
            }
            if (await reserving.ConfigureAwait(false) is var error and not Errno.None) return error;
            // A reset that came after the RESERVE ended that one, too: once more.
        }
    }

    private async Task<Errno> ReserveAgainAsync(DiskPath reserved, DiskPath? inTheWayOn)
    {
        await Task.Yield();         // the lock of whoever asked is not held any more
        int losses;
        lock (_gate) losses = _losses;
        try
        {
            var (answer, path) = await ReserveOnAsync(reserved, inTheWayOn).ConfigureAwait(false);
            lock (_gate)
            {
                if (answer.Error == Errno.None)
                {
                    _lossesMended = losses;
                    _reservedPath = path;
                    _reservations++;
                }
                else if (IsConflict(answer))
                {
                    // No reservation of ours is in the way, so another host has it: not ours to break from here on.
                    _lossesMended = _losses;
                    _reservedPath = null;
                }
            }
            return answer.Error;
        }
        finally
        {
            lock (_gate) _reserving = null;
        }
    }

    private async Task<(DiskAnswer Answer, DiskPath Path)> ReserveOnAsync(DiskPath reserved, DiskPath? inTheWayOn)
    {
        if (inTheWayOn is not null) return (await BreakAndReserveAsync(inTheWayOn).ConfigureAwait(false), inTheWayOn);
        var answer = await PastQueueAsync(s_reserve, reserved).ConfigureAwait(false);
        if (answer.Error == Errno.None || IsConflict(answer)) return (answer, reserved);
        // The path that had it does not say; it moves to where requests go now, which the old one may forbid.
        DiskPath path;
        lock (_gate) path = _control.Choose() ?? reserved;
        if (path == reserved) return (answer, reserved);
        answer = await PastQueueAsync(s_reserve, path).ConfigureAwait(false);
        if (IsConflict(answer)) answer = await BreakAndReserveAsync(path).ConfigureAwait(false);
        return (answer, path);
    }

    private async Task<DiskAnswer> BreakAndReserveAsync(DiskPath path)
    {
        var error = await path.ResetAsync(logicalUnitOnly: true).ConfigureAwait(false);
        return error == Errno.None
            ? await PastQueueAsync(s_reserve, path).ConfigureAwait(false)
            : new DiskAnswer { Error = error };
    }

    private static bool IsConflict(in DiskAnswer answer) =>
        answer is { Error: Errno.EBUSY, Status: ScsiStatus.ReservationConflict };

    // Requests that wait for it may be all that the queue depth allows.
    private ValueTask<DiskAnswer> PastQueueAsync(byte[] cdb, DiskPath path)
    {
        var request = Rent();
        request.Prepare(cdb, TransferDirection.None, default, Options.ReadWriteTimeoutSeconds);
        request.OnlyPath = path;
        request.PassesQueue = true;
        // The error that made it necessary has halted or parked the queue.
        request.Flags = TransactionFlags.Resume;
        var task = request.Task;
        Send(request);
        return task;
    }
}
