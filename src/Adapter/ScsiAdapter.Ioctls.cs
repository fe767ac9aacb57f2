using System.Buffers.Binary;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Queues;
using Lunette.Adapter.ErrorRecovery;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter;

/// <content>Operations: the dispatch, and those that start, stop, halt and reset.</content>
public sealed partial class ScsiAdapter
{
    internal Task<Errno> CarryOutAsync(AdapterFile file, int number, object? argument) => (number, argument) switch
    {
        (IoctlNumber.IOCINFO or IoctlNumber.SCIOGTHW, _) => Task.FromResult(Errno.None),
        (IoctlNumber.SCIOSTART, IdLun id) => StartAsync(id),
        (IoctlNumber.SCIOSTOP, IdLun id) => StopAsync(id),
        (IoctlNumber.SCIOHALT, IdLun id) => ClearAsync(id, ClearingCause.Halt),
        (IoctlNumber.SCIORESET, IdLun id) => ClearAsync(id, ClearingCause.TargetReset),
        (IoctlNumber.SCIOLUNRST, IdLun id) => ClearAsync(id, ClearingCause.LunReset),
        (IoctlNumber.SCIOINQU, ScInquiry inquiry) => InquireAsync(inquiry),
        (IoctlNumber.SCIOREAD, ScReadBlock read) => ReadBlockAsync(read),
        (IoctlNumber.SCIOSTUNIT, ScStartUnit start) => StartUnitAsync(start),
        (IoctlNumber.SCIOTUR, ScReady ready) => TestReadyAsync(ready),
        (IoctlNumber.SCIOCMD, ScPassthru command) => PassThroughAsync(command),
        (IoctlNumber.SCIODIAG, ScCardDiag diag) => CarryOutAsync(() => _diagnostics.Run(diag)),
        (IoctlNumber.SCIOTRAM, ScRamTest test) => CarryOutAsync(() => _diagnostics.Test(test)),
        (IoctlNumber.SCIODNLD, ScDownload download) => CarryOutAsync(() => _diagnostics.Download(download)),
        (IoctlNumber.SCIOEVENT or IoctlNumber.SCIOLEVENT, EventRequest request) => RegisterAsync(file, request),
        (IoctlNumber.SCIOSTARTTGT or IoctlNumber.SCIOLSTARTTGT, StartTargetRequest start) => StartTargetAsync(start),
        (IoctlNumber.SCIOSTOPTGT or IoctlNumber.SCIOLSTOPTGT, StopTargetRequest stop) => StopTargetAsync(stop),
        (IoctlNumber.SCIOLSTART, ScsiSciolst start) => StartAsync(start),
        (IoctlNumber.SCIOLSTOP, ScsiSciolst stop) => StopAsync(stop.ScsiId, Lun.FromWire(stop.LunId)),
        (IoctlNumber.SCIOLHALT, ScsiSciolst halt) => ClearAsync(halt, ClearingCause.HaltTaskSet),
        (IoctlNumber.SCIOLRESET, ScsiSciolst reset) => ClearAsync(reset,
            (reset.Flags & ScsiSciolst.LunReset) != 0 ? ClearingCause.LunReset : ClearingCause.TargetReset),
        (IoctlNumber.SCIOLINQU, ScsiInquiry inquiry) => InquireAsync(inquiry),
        (IoctlNumber.SCIOLREAD, ScsiReadBlock read) => ReadBlockAsync(read),
        (IoctlNumber.SCIOLSTUNIT, ScsiStartUnit start) => StartUnitAsync(start),
        (IoctlNumber.SCIOLTUR, ScsiReady ready) => TestReadyAsync(ready),
        (IoctlNumber.SCIOLCMD, ScsiIocmd command) => PassThroughAsync(command),
        (IoctlNumber.SCIOLNMSRV, ScsiNameServer names) => CarryOutAsync(() => ListIds(names)),
        (IoctlNumber.SCIOLQWWN, ScsiQueryName query) => CarryOutAsync(() => FindName(query)),
        _ => Task.FromResult(Errno.EFAULT),
    };

    // The parallel bus' own bounds: ids of four bits, LUNs of six. Off the bus the bytes are what they are.
    private bool IsAddressLawful(IdLun id) =>
        id.IsLawful && (!Attributes.ParallelLimits || id is { ScsiId: < 16, LunId: < 64 });

    private Task<Errno> StartAsync(IdLun id) => CarryOutAsync(() =>
    {
        if (!IsAddressLawful(id)) return Errno.EINVAL;
        var error = TryMakeQueue(id.ScsiId, Lun.FromNumber(id.LunId), out var queue);
        // Nothing goes over the bus yet: the parallel family finds out with the first command.
        if (error == Errno.None) queue!.FinishStart(succeeded: true);
        return error;
    });

    private Errno TryMakeQueue(ulong scsiId, Lun lun, out DeviceQueue? queue)
    {
        queue = Find(scsiId, lun);
        if (queue is null)
        {
            if (scsiId == Attributes.CardScsiId) return Errno.EINVAL;
            if (_failed || IsFull) return Errno.EIO;
            queue = new DeviceQueue(this, scsiId, lun);
            _queues.Add((scsiId, lun), queue);
            WatchLoop();
        }
        return queue.TryStart();
    }

    // The SAM family logs in first where it is asked to.
    private Task<Errno> StartAsync(ScsiSciolst start) => AskAsync(done =>
    {
        start.AdapterSetFlags = 0;
        if (TryFindByName(start) is { } id && id != start.ScsiId)
        {
            start.ScsiId = id;
            start.AdapterSetFlags |= ScsiSciolst.IdReturned;
        }
        var lun = Lun.FromWire(start.LunId);
        if (Find(start.ScsiId, lun) is not null)
        {
            start.AdapterSetFlags |= ScsiSciolst.DeviceStarted;
            done(Errno.EINVAL);
            return;
        }
        var error = TryMakeQueue(start.ScsiId, lun, out var queue);
        if (error != Errno.None || (start.Flags & ScsiSciolst.IssueLogin) == 0)
        {
            if (error == Errno.None)
            {
                queue!.FinishStart(succeeded: true);
                TellName(start, Transport.Targets.FirstOrDefault(
                    target => target.ScsiId == start.ScsiId)?.WorldWideName ?? 0);
            }
            done(error);
            return;
        }
        var connection = new TransportConnection(ended => done(EndStart(queue!, start, ended)));
        connection.Begin(Loop, start.ScsiId, lun);
        Transport.Connect(connection);
    });

    private Errno EndStart(DeviceQueue queue, ScsiSciolst start, TransportConnection connection)
    {
        var error = connection.Outcome.ToErrno();
        queue.FinishStart(error == Errno.None);
        if (error != Errno.None)
        {
            Forget(queue);
            return error;
        }
        TellName(start, connection.WorldWideName);
        return Errno.None;
    }

    // Filled in where the caller gave none.
    private static void TellName(ScsiSciolst start, ulong name)
    {
        if (start.WorldWideName == 0) start.WorldWideName = name;
        if (start.WorldWideName != 0) start.AdapterSetFlags |= ScsiSciolst.WorldWideNameValid;
    }

    // A world wide name, where one is given (version 1), names the target whatever the ID says.
    private ulong? TryFindByName(ScsiSciolst start) => start.Version < 1 || start.WorldWideName == 0
        ? null
        : Transport.Targets.FirstOrDefault(target => target.WorldWideName == start.WorldWideName)?.ScsiId;

    private Task<Errno> StopAsync(IdLun id) =>
        id.IsLawful ? StopAsync(id.ScsiId, Lun.FromNumber(id.LunId)) : Task.FromResult(Errno.EINVAL);

    private Task<Errno> StopAsync(ulong scsiId, Lun lun) => AskAsync(done =>
    {
        if (Find(scsiId, lun) is { } queue) queue.Stop(done);
        else done(Errno.EINVAL);
    });

    private Task<Errno> ClearAsync(IdLun id, ClearingCause cause) => id.IsLawful
        ? ClearAsync(id.ScsiId, Lun.FromNumber(id.LunId), cause)
        : Task.FromResult(Errno.EINVAL);

    private Task<Errno> ClearAsync(ScsiSciolst target, ClearingCause cause) =>
        ClearAsync(target.ScsiId, Lun.FromWire(target.LunId), cause);

    private Task<Errno> ClearAsync(ulong scsiId, Lun lun, ClearingCause cause) => AskAsync(done =>
    {
        var queue = Find(scsiId, lun);
        // A halt is answered by the queue's table. A reset may concern a queue that starts or stops, when a neighbour
        // asks for it; for itself it may not ask.
        var isReset = cause is not (ClearingCause.Halt or ClearingCause.HaltTaskSet);
        if (queue is null || isReset && queue.State == DeviceQueueState.Starting) done(Errno.EINVAL);
        else if (isReset && queue.State == DeviceQueueState.Stopping) done(Errno.EIO);
        else new Clearing(this, queue, cause, done).Begin();
    });

    private Errno ListIds(ScsiNameServer names)
    {
        var ids = Transport.Targets.Select(target => target.ScsiId).Order().ToArray();
        names.SizeOfScsiId = sizeof(ulong);
        names.NumberOfIds = (uint)ids.Length;
        var fits = Math.Min(ids.Length, names.ScsiIdList.Length / sizeof(ulong));
        for (var i = 0; i < fits; i++)
        {
            var place = names.ScsiIdList.Span[(i * sizeof(ulong))..];
            if (names.IsBigEndian) BinaryPrimitives.WriteUInt64BigEndian(place, ids[i]);
            else BinaryPrimitives.WriteUInt64LittleEndian(place, ids[i]);
        }
        names.AdapterSetFlags = 0;
        if (fits == ids.Length) return Errno.None;
        names.AdapterSetFlags = ScsiNameServer.ListShort;
        names.ListLength = (uint)ids.Length * sizeof(ulong);
        return Errno.None;
    }

    private Errno FindName(ScsiQueryName query)
    {
        var target = Transport.Targets.FirstOrDefault(known => known.WorldWideName == query.WorldWideName);
        if (target is null || query.WorldWideName == 0) return Errno.ENODEV;
        query.ScsiId = target.ScsiId;
        return Errno.None;
    }
}
