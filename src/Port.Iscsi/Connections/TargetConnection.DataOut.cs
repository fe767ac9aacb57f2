using Lunette.Iscsi;
using Lunette.Port.Iscsi.Statistics;
using Lunette.Port.Iscsi.Tasks;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Iscsi.Connections;

/// <content>Data-Out: unsolicited, solicited by R2T, and immediate (RFC 7143 sections 4.2.4, 11.7 and 11.8).</content>
internal sealed partial class TargetConnection
{
    // Of a write whose data keep coming the time begins anew with each piece, but not for ever.
    private const int DataOutDeadlinesMax = 10;

    private int _waiting;               // tasks that wait for Data-Out
    private long _dataOutAt = long.MinValue;    // when some of it last came

    /// <summary>The logical unit asks for the first bytes of Data-Out.</summary>
    public DataOutResult RequestDataOut(IscsiTask task, int length)
    {
        Invariant.That(task.Wanted < 0, "a logical unit asks for Data-Out once");
        Invariant.That((uint)length <= task.ExpectedDataOutLength, "no more Data-Out is asked for than there is");
        if (task.StashLost || (task.DataOut.Count == 0 && length > 0 && !TryLeaseDataOut(task, length)))
            return DataOutResult.NoBuffer;
        task.Wanted = length;
        TakeEarlyData(task);
        if (task.Received >= length) return DataOutResult.Ready;
        BeginWait(task);
        if (!task.UnsolicitedOpen) Solicit(task);
        return DataOutResult.Pending;
    }

    // What was stashed becomes the buffer where it is large enough: nothing is copied then.
    private bool TryLeaseDataOut(IscsiTask task, int length)
    {
        if (task.Stash.Length != length || task.Receiving)
            return _session.Buffers.TryLease(length, "Data-Out", task.DataOut);
        foreach (var lease in task.Stash.Segments) task.DataOut.Add(lease);
        task.Stash.Forget();
        return true;
    }

    private static void TakeEarlyData(IscsiTask task)
    {
        var immediate = task.ImmediateData;
        if (immediate.Length > 0) task.DataOut.Write(0, immediate[..Math.Min(immediate.Length, task.Wanted)]);
        if (task.Stash.Count == 0) return;
        var left = Math.Min(task.Received, task.Wanted);
        var at = 0;
        foreach (var lease in task.Stash.Segments)
        {
            if (left == 0) break;
            var take = Math.Min(left, lease.Length);
            task.DataOut.Write(at, lease.Span[..take]);
            at += take;
            left -= take;
        }
        if (!task.Receiving) task.Stash.Release();
    }

    // The logical unit is not ready for the task: its immediate data is kept.
    private void StashFirst(IscsiTask task, ReadOnlySpan<byte> data)
    {
        if (!TryMakeStash(task)) return;
        task.Stash.Write(0, data);
    }

    private bool TryMakeStash(IscsiTask task)
    {
        if (task.Stash.Count > 0) return true;
        if (task.StashLost) return false;
        var length = (int)Math.Min(task.ExpectedDataOutLength, (uint)_firstBurstMax);
        task.StashLost = !_session.Buffers.TryLease(length, "early Data-Out", task.Stash);
        return !task.StashLost;
    }

    /// <summary>Where data of a task goes; null where nobody wants it.</summary>
    private LeaseList? DestinationOf(IscsiTask task, int offset, int length)
    {
        LeaseList? into = null;
        if (task.Wanted >= 0) into = task.DataOut;
        else if (task.Phase == TaskPhase.InProgress && offset + length <= _firstBurstMax && TryMakeStash(task))
            into = task.Stash;
        return into is not null && !task.EndHeld && offset < into.Length ? into : null;
    }

    private void ReceiveDataOut(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        var bhs = new BasicHeaderSegment(header);
        var dataOut = DataOut.Over(bhs);
        var task = FindForDataOut(bhs, data.Length);
        if (task is null) return;
        var offset = (int)dataOut.BufferOffset;
        if (DestinationOf(task, offset, data.Length) is { } into)
            into.Write(offset, data[..Math.Min(data.Length, into.Length - offset)]);
        DataOutArrived(task, data.Length, dataOut.Final);
    }

    /// <summary>
    /// The task that data is for, its place and number checked. Null when the task is gone, which is nobody's fault, or
    /// when something was wrong and has been said.
    /// </summary>
    private IscsiTask? FindForDataOut(BasicHeaderSegment bhs, int length)
    {
        var dataOut = DataOut.Over(bhs);
        var solicited = !dataOut.TargetTransferTag.IsReserved;
        var task = solicited
            ? _session.Tasks.Find(dataOut.TargetTransferTag)
            : _session.Tasks.Find(dataOut.InitiatorTaskTag);
        if (task is null || task.InitiatorTaskTag != dataOut.InitiatorTaskTag
            || (solicited && dataOut.TargetTransferTag != task.TransferTag(task.Burst)))
        {
            _counters.CountIgnored();
            return null;
        }
        if (task.EndHeld)
        {
            // Announced and of no use any more; only its end matters.
            if (dataOut.Final) task.UnsolicitedOpen = false;
            GoOn(task);
            return null;
        }
        var error = solicited ? JudgeSolicited(task, dataOut, length) : JudgeUnsolicited(task, dataOut, length);
        if (error is not { } wrong)
        {
            task.DataSn = task.DataSn.Next;
            return task;
        }
        SendReject(RejectReason.ProtocolError, bhs.Bytes);
        FailDataOut(task, wrong, dataOut.Final);
        return null;
    }

    private AdditionalSense? JudgeSolicited(IscsiTask task, in DataOut dataOut, int length)
    {
        if (task.Burst >= task.ReadyToTransfers) return AdditionalSense.InvalidTargetPortTransferTagReceived;
        if (dataOut.DataSn != task.DataSn) return AdditionalSense.DataPhaseError;
        if (dataOut.BufferOffset != task.Received) return AdditionalSense.DataOffsetError;
        if (length > BurstEnd(task) - task.Received)
        {
            _counters.Count(SessionBound.Burst);
            return AdditionalSense.TooMuchWriteData;
        }
        // F stands on the last PDU of the burst and on no other (RFC 7143 section 11.7.1).
        return dataOut.Final == (task.Received + length == BurstEnd(task)) ? null : AdditionalSense.DataPhaseError;
    }

    private AdditionalSense? JudgeUnsolicited(IscsiTask task, in DataOut dataOut, int length)
    {
        if (!task.UnsolicitedOpen || task.Receiving) return Unexpected;
        if (dataOut.DataSn != task.DataSn) return AdditionalSense.DataPhaseError;
        if (dataOut.BufferOffset != task.Received) return AdditionalSense.DataOffsetError;
        if (length <= Math.Min((uint)_firstBurstMax, task.ExpectedDataOutLength) - task.Received) return null;
        _counters.Count(SessionBound.Burst);
        return Unexpected;
    }

    private int BurstEnd(IscsiTask task) =>
        Math.Min(task.Wanted, task.SolicitedFrom + ((task.Burst + 1) * _burstMax));

    /// <summary>A data segment of the task is where it belongs.</summary>
    private void DataOutArrived(IscsiTask task, int length, bool final)
    {
        var unsolicited = task.ReadyToTransfers == 0;
        _dataOutAt = Loop.NowNanoseconds;
        task.Received += length;
        if (unsolicited)
        {
            if (final) task.UnsolicitedOpen = false;
        }
        else if (task.Received >= BurstEnd(task))
        {
            task.Burst++;
            task.DataSn = default;
        }
        GoOn(task);
    }

    private void ImmediateArrived(IscsiTask task, int length, bool final)
    {
        task.Received = length;
        task.UnsolicitedOpen = !final;
        GoOn(task);
    }

    private void GoOn(IscsiTask task)
    {
        if (task.EndHeld)
        {
            if (!IsHeldUp(task)) End(task, task.AnswerHeld);
            return;
        }
        if (task.Wanted >= 0 && task.Stash.Count > 0) TakeEarlyData(task);
        if (!task.Waiting) return;
        if (task.Received >= task.Wanted)
        {
            EndWait(task);
            task.LogicalUnit.DataOutArrived(task, DataOutOutcome.Arrived);
        }
        else if (!task.UnsolicitedOpen)
        {
            Solicit(task);
        }
    }

    /// <summary>Keeps as many R2Ts open as were agreed on.</summary>
    private void Solicit(IscsiTask task)
    {
        if (task.ReadyToTransfers == 0)
        {
            task.SolicitedFrom = task.Received;
            task.DataSn = default;
        }
        while (task.ReadyToTransfers - task.Burst < _login.Session.MaxOutstandingR2T)
        {
            var offset = task.SolicitedFrom + (task.ReadyToTransfers * _burstMax);
            if (offset >= task.Wanted) return;
            SendReadyToTransfer(task, offset, Math.Min(_burstMax, task.Wanted - offset));
            task.ReadyToTransfers++;
        }
    }

    private void SendReadyToTransfer(IscsiTask task, int offset, int length)
    {
        var header = BeginHeader();
        var r2t = Pdu.Begin<ReadyToTransfer>(header);
        r2t.Lun = task.Lun;
        r2t.InitiatorTaskTag = task.InitiatorTaskTag;
        r2t.TargetTransferTag = task.TransferTag(task.ReadyToTransfers);
        r2t.StatSn = _statSn;
        r2t.ExpCmdSn = _session.ExpCmdSn;
        r2t.MaxCmdSn = _session.MaxCmdSn;
        r2t.R2TSn = new R2TSn((uint)task.ReadyToTransfers);
        r2t.BufferOffset = (uint)offset;
        r2t.DesiredDataTransferLength = (uint)length;
        Seal(header);
    }

    /// <summary>The data was wrong: the task ends, once no more of it is on its way.</summary>
    private void FailDataOut(IscsiTask task, AdditionalSense error, bool final)
    {
        task.TransportError ??= error;
        if (final) task.UnsolicitedOpen = false;
        if (task.EndHeld)
        {
            if (!IsHeldUp(task)) End(task, task.AnswerHeld);
            return;
        }
        // A task whose logical unit has not asked yet will hear of it when it does.
        if (!task.Waiting)
        {
            task.StashLost = true;
            return;
        }
        EndWait(task);
        task.LogicalUnit.DataOutArrived(task, DataOutOutcome.Failed);
    }

    private void FailDataOut(IscsiTask task, AdditionalSense error, BasicHeaderSegment of) =>
        FailDataOut(task, error, of.Final);

    private void BeginWait(IscsiTask task)
    {
        task.Waiting = true;
        ExpectMore(task);
    }

    // The timer looks after tasks for which data must come.
    private void ExpectMore(IscsiTask task)
    {
        task.WaitingSince = Loop.NowNanoseconds;
        if (_waiting++ == 0) ArmTimer();
    }

    private void EndWait(IscsiTask task)
    {
        task.Waiting = false;
        _waiting--;
    }

    private void EndOverdueWaits(long now)
    {
        var deadline = (long)_options.DataOutDeadline.TotalNanoseconds;
        // One session sends one burst after the other: what is not its turn waits for those before it.
        var overdue = now - (_dataOutAt > now - deadline ? DataOutDeadlinesMax * deadline : deadline);
        foreach (var task in _session.Tasks.ToArray())
        {
            if (task.WaitingSince > overdue || task.Receiving) continue;
            if (task.EndHeld)
            {
                End(task, task.AnswerHeld);
                continue;
            }
            if (!task.Waiting) continue;
            EndWait(task);
            _counters.CountOverdueWrite();
            task.TransportError ??= AdditionalSense.InitiatorResponseTimeout;
            task.UnsolicitedOpen = false;
            task.LogicalUnit.DataOutArrived(task, DataOutOutcome.TimedOut);
        }
    }
}
