using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tasks;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>The end of a command: Data-In with the status folded in, or a SCSI Response (RFC 7143 sections 11.4 and
/// 11.7).</content>
internal sealed partial class TargetConnection
{
    /// <summary>The logical unit has ended a task.</summary>
    public void TaskEnded(IscsiTask task, bool answered)
    {
        if (task.Waiting) EndWait(task);
        if (!task.Receiving && (!answered || !task.UnsolicitedOpen))
        {
            End(task, answered);
            return;
        }
        // Data is still arriving in the task's leases, or unsolicited data is announced that would belong to nobody.
        task.EndHeld = true;
        task.AnswerHeld = answered;
        ExpectMore(task);
    }

    private const int EarlyAnswerMax = 32 << 10;

    private static bool IsHeldUp(IscsiTask task) => task.Receiving || (task.AnswerHeld && task.UnsolicitedOpen);

    private void End(IscsiTask task, bool answered)
    {
        if (task.EndHeld)
        {
            task.EndHeld = false;
            _waiting--;
        }
        if (answered)
        {
            if (task.TransportError is { } error)
                task.SetSense(new Sense(SenseKey.AbortedCommand, error), descriptorFormat: false);
            Answer(task);
        }
        _session.Finish(task, answered);
    }

    private void Answer(IscsiTask task)
    {
        var status = task.TransportError is null ? task.Status : ScsiStatus.CheckCondition;
        if (status == ScsiStatus.Good && task.DataIn.Length > 0 && task.ExpectedDataInLength > 0)
        {
            SendDataIn(task);
            return;
        }
        SendResponse(task, status);
    }

    private void SendDataIn(IscsiTask task)
    {
        var list = task.DataIn;
        var total = (int)Math.Min((uint)list.Length, task.ExpectedDataInLength);
        var segment = 0;
        var inSegment = 0;
        var number = 0u;
        var burstLeft = _burstMax;
        for (var offset = 0; offset < total; number++)
        {
            var length = Math.Min(Math.Min(_sendMax, total - offset), burstLeft);
            var last = offset + length == total;
            burstLeft -= length;
            var header = BeginHeader();
            var dataIn = Pdu.Begin<DataIn>(header);
            dataIn.Final = last || burstLeft == 0;
            dataIn.DataSegmentLength = length;
            dataIn.InitiatorTaskTag = task.InitiatorTaskTag;
            dataIn.ExpCmdSn = _session.ExpCmdSn;
            dataIn.DataSn = new DataSn(number);
            dataIn.BufferOffset = (uint)offset;
            dataIn.MaxCmdSn = last ? MaxCmdSnAfter(task) : _session.MaxCmdSn;
            if (last)
            {
                var residual = ResidualOf(task);
                dataIn.HasStatus = true;
                dataIn.Status = ScsiStatus.Good;
                dataIn.StatSn = TakeStatSn();
                dataIn.ResidualOverflow = residual > 0;
                dataIn.ResidualUnderflow = residual < 0;
                dataIn.ResidualCount = Count(residual);
            }
            Seal(header);
            AppendSlice(list, ref segment, ref inSegment, length, last);
            offset += length;
            if (burstLeft == 0) burstLeft = _burstMax;
        }
        task.Sent = total;
        list.Forget();
        // A large answer keeps the initiator busy as it is; more calls would only cost.
        if (total <= EarlyAnswerMax) _stream.SendEarly();
    }

    // The place of a command is free with its status.
    private CmdSn MaxCmdSnAfter(IscsiTask task) =>
        _session.Tasks.GivesPlace(task) ? _session.MaxCmdSn.Next : _session.MaxCmdSn;

    /// <summary>
    /// Appends the next bytes of the list. A lease is handed over with the last bytes of it that are sent; what is left
    /// of the list behind the last PDU is released.
    /// </summary>
    private void AppendSlice(LeaseList list, ref int segment, ref int inSegment, int length, bool last)
    {
        var crc = 0u;
        for (var left = length; left > 0;)
        {
            ref readonly var lease = ref list[segment];
            var take = Math.Min(left, lease.Length - inSegment);
            left -= take;
            if (_dataDigest) crc = Crc32c.Append(crc, lease.Span.Slice(inSegment, take));
            if (inSegment + take == lease.Length || (last && left == 0))
            {
                _stream.Append(lease.Slice(inSegment, take));
                segment++;
                inSegment = 0;
                continue;
            }
            _stream.Append(lease.View(inSegment, take));
            inSegment += take;
        }
        AppendTrailer(length, crc);
        if (last)
            for (; segment < list.Count; segment++) list[segment].Release();
    }

    // ExpDataSN stays 0: no Data-In goes before a response, the last of it has the status (section 11.4.8).
    private void SendResponse(IscsiTask task, ScsiStatus status)
    {
        var residual = status == ScsiStatus.Good ? ResidualOf(task) : FailedResidualOf(task);
        var sense = task.Sense;
        Span<byte> segment = stackalloc byte[SenseSegment.HeaderLength + Stmf.Contracts.Tasks.ScsiTask.SenseLengthMax];
        var segmentLength = sense.IsEmpty ? 0 : SenseSegment.Write(segment, sense);
        var header = BeginHeader();
        var response = Pdu.Begin<ScsiResponse>(header);
        response.Response = ScsiResponseCode.CompletedAtTarget;
        response.Status = status;
        response.DataSegmentLength = segmentLength;
        response.InitiatorTaskTag = task.InitiatorTaskTag;
        response.StatSn = TakeStatSn();
        response.ExpCmdSn = _session.ExpCmdSn;
        response.MaxCmdSn = MaxCmdSnAfter(task);
        response.ResidualOverflow = residual > 0;
        response.ResidualUnderflow = residual < 0;
        response.ResidualCount = Count(residual);
        Seal(header);
        AppendData(segment[..segmentLength]);
    }

    /// <summary>Bytes the command calls for beyond what the initiator expects, negative when there are fewer (RFC 7143
    /// section 11.4.5).</summary>
    private static long ResidualOf(IscsiTask task)
    {
        var called = task.CommandTransferLength > 0 ? task.CommandTransferLength : task.DataIn.Length;
        return called - (task.IsWrite ? task.ExpectedDataOutLength : task.ExpectedDataInLength);
    }

    // Nothing was transferred that could be relied on.
    private static long FailedResidualOf(IscsiTask task) => task.IsWrite
        ? Math.Min(0, task.Received - (long)task.ExpectedDataOutLength)
        : -(long)task.ExpectedDataInLength;

    private static uint Count(long residual) => (uint)Math.Min(Math.Abs(residual), uint.MaxValue);
}
