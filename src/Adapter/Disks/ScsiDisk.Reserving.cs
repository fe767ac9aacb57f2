using System.Buffers.Binary;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
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

    private DiskPath? _reservedPath;
    private int _reservations;
    private Task<Errno>? _reserving;

    private ReservePolicy Policy => (_extension & OpenExtension.NoReserve) != 0 || IsDiagnostic ? ReservePolicy.None
        : (_extension & OpenExtension.PrSharedRegister) != 0 ? ReservePolicy.PersistentShared
        : Options.ReservePolicy;

    // Write exclusive or exclusive access, registrants only: so all paths of this host count.
    private byte PersistentType => (byte)(Policy == ReservePolicy.PersistentShared ? 5 : 6);

    private async Task ReserveAsync()
    {
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

    /// <summary>Whether a request failed for want of our own reservation, and goes on when it is made anew.</summary>
    private bool TryReserveAgain(DiskRequest request, DiskVerdict verdict)
    {
        if (_reservedPath is not { } reserved || request.NoRetry || request.PassesQueue
            || request.Attempts > Options.RetriesMax)
            return false;
        var path = request.Path!;
        var breaks = verdict.Error == Errno.EBUSY && request.ScsiStatus == ScsiStatus.ReservationConflict
            && path != reserved;
        if (!breaks && !verdict.LosesReservation) return false;
        _ = ReserveAgainAsync(request, path, breaks);
        return true;
    }

    private async Task ReserveAgainAsync(DiskRequest request, DiskPath path, bool breaks)
    {
        Task<Errno>? reserving;
        lock (_gate)
        {
            // One at a time; whoever was sent before the last one only has to come again.
            reserving = request.SentUnder == _reservations
                ? _reserving ??= ReserveOnAsync(path, breaks)
                : null;
        }
        var error = reserving is null ? Errno.None : await reserving.ConfigureAwait(false);
        if (error == Errno.None) Resend(request);
        else Finish(request, error);
    }

    private async Task<Errno> ReserveOnAsync(DiskPath path, bool breaks)
    {
        await Task.Yield();         // the lock of whoever asked is not held any more
        var error = breaks ? await path.ResetAsync(logicalUnitOnly: true).ConfigureAwait(false) : Errno.None;
        var isTaken = false;
        if (error == Errno.None)
        {
            var answer = await PastQueueAsync(s_reserve, path).ConfigureAwait(false);
            error = answer.Error;
            isTaken = answer is { Error: Errno.EBUSY, Status: ScsiStatus.ReservationConflict };
        }
        lock (_gate)
        {
            if (error == Errno.None)
            {
                _reservedPath = path;
                _reservations++;
            }
            else if (isTaken && (breaks || path == _reservedPath))
            {
                // No reservation of ours is in the way, so another host has it: not ours to break from here on.
                _reservedPath = null;
            }
            _reserving = null;
        }
        return error;
    }

    // Requests that wait for it may be all that the queue depth allows.
    private ValueTask<DiskAnswer> PastQueueAsync(byte[] cdb, DiskPath path)
    {
        var request = Rent();
        request.Prepare(cdb, TransferDirection.None, default, Options.ReadWriteTimeoutSeconds);
        request.OnlyPath = path;
        request.PassesQueue = true;
        var task = request.Task;
        Send(request);
        return task;
    }
}
