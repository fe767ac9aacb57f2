using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    private const int AttentionsPassedMax = 3;

    public override IscsiFault? Receive(ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data)
    {
        var header = new BasicHeaderSegment(bhs);
        return header.OpCode switch
        {
            PduOpCode.ScsiResponse => ReceiveResponse(ScsiResponse.Over(header), data),
            PduOpCode.ReadyToTransfer => ReceiveR2T(ReadyToTransfer.Over(header)),
            PduOpCode.NopIn => ReceiveNopIn(NopIn.Over(header), data),
            PduOpCode.TaskManagementResponse => ReceiveManaged(TaskManagementResponse.Over(header)),
            PduOpCode.AsynchronousMessage => ReceiveMessage(AsynchronousMessage.Over(header), data),
            PduOpCode.Reject => ReceiveReject(Reject.Over(header), data),
            PduOpCode.LogoutResponse => ReceiveLogout(LogoutResponse.Over(header)),
            PduOpCode.TextResponse => ReceiveText(TextResponse.Over(header), data),
            _ => IscsiFault.Protocol($"a PDU with opcode {(byte)header.OpCode:X2}h in full feature phase"),
        };
    }

    public override IscsiFault? PlaceDataIn(ReadOnlySpan<byte> bhs, int length, out Memory<byte> destination)
    {
        destination = default;
        var pdu = DataIn.Over(bhs);
        if (FindInFlight(pdu.InitiatorTaskTag) is not { } task) return UnknownTag("Data-In", pdu.InitiatorTaskTag);
        if (pdu.DataSn.Value != task.ExpectedSn)
            return IscsiFault.Protocol($"DataSN {pdu.DataSn} where {task.ExpectedSn} was next");
        // In order, since DataPDUInOrder and DataSequenceInOrder are always agreed on with Yes. Without data the offset
        // says nothing.
        if (length != 0 && (pdu.BufferOffset != task.Received || length > task.DataIn.Length - task.Received))
        {
            return IscsiFault.Protocol(
                $"{length} bytes of Data-In at {pdu.BufferOffset}; {task.Received} of {task.DataIn.Length} had come");
        }
        destination = task.DataIn.Slice(task.Received, length);
        return null;
    }

    public override IscsiFault? DataInArrived(ReadOnlySpan<byte> bhs, int length)
    {
        var pdu = DataIn.Over(bhs);
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        var task = FindInFlight(pdu.InitiatorTaskTag)!;
        task.ExpectedSn++;
        task.Received += length;
        if (!pdu.HasStatus) return null;
        if (TakeStatSn(pdu.StatSn) is { } fault) return fault;
        var residual = Residual(task, pdu.ResidualUnderflow, pdu.ResidualOverflow, pdu.ResidualCount);
        Answered(task, new()
        {
            Status = pdu.Status,
            DataInLength = task.Received,
            Residual = residual,
        });
        return null;
    }

    private IscsiFault? ReceiveResponse(ScsiResponse pdu, ReadOnlySpan<byte> data)
    {
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        if (TakeStatSn(pdu.StatSn) is { } fault) return fault;
        if (FindInFlight(pdu.InitiatorTaskTag) is not { } task) return UnknownTag("a response", pdu.InitiatorTaskTag);
        if (!SenseSegment.TryParse(data, out var sense, out _))
            return IscsiFault.Protocol("the sense length of a response reaches past its end");
        if (pdu.Response != ScsiResponseCode.CompletedAtTarget)
        {
            var failure = IscsiFault.Protocol($"the target answered with response {(byte)pdu.Response:X2}h, no status");
            End(task, new() { Outcome = CommandOutcome.TargetFailure, Fault = failure });
            return null;
        }
        if (CheckCount(task, pdu.ExpDataSn) is { } lost) return lost;
        Answered(task, new()
        {
            Status = pdu.Status,
            DataInLength = task.Received,
            Residual = Residual(task, pdu.ResidualUnderflow, pdu.ResidualOverflow, pdu.ResidualCount),
            Sense = sense.IsEmpty ? default : sense.ToArray(),
        });
        return null;
    }

    private void Answered(SessionTask task, in ScsiResult result)
    {
        _served |= State != IscsiSessionState.Verifying;
        if (task.AcrossRecovery && IsAttentionOfNewNexus(result) && task.AttentionsPassed < AttentionsPassedMax)
        {
            task.AttentionsPassed++;
            Tell(new(IscsiSessionNoticeKind.UnitAttentionPassed, Lun: task.Command.Lun, Text: result.Describe()));
            SendAgain(task);
            return;
        }
        End(task, result);
    }

    // 29h: power on, reset, or nexus loss occurred (SPC-6, ASC and ASCQ assignments). The session brought it about when
    // it came back; a caller that was promised not to notice is not told.
    private static bool IsAttentionOfNewNexus(in ScsiResult result) =>
        result.Status == ScsiStatus.CheckCondition && result.TryGetSense(out var sense)
        && sense.Key == SenseKey.UnitAttention && (ushort)sense.Code >> 8 == 0x29;

    private void SendAgain(SessionTask task)
    {
        _inFlight.Remove(task);
        task.Phase = TaskPhase.Pending;
        task.IsQueued = true;
        _pending.AddFirst(task);
        NeedBatch();
    }

    // At error recovery level 0 a missing status cannot be asked for: the connection is given up (section 7.1.1).
    private IscsiFault? TakeStatSn(StatSn statSn)
    {
        if (statSn != _expStatSn) return IscsiFault.Protocol($"StatSN {statSn} where {_expStatSn} was next");
        _expStatSn = _expStatSn.Next;
        return null;
    }

    // Section 11.4.8: the Data-In PDUs the target has sent; RFC 3720 counted R2Ts as well. Widely used targets leave it
    // 0 after Data-In too, so that 0 says nothing.
    private static IscsiFault? CheckCount(SessionTask task, DataSn stated)
    {
        var count = stated.Value;
        if (count == 0 || count == task.ExpectedSn || count < task.ExpectedSn && !task.DataOut.IsEmpty) return null;
        return IscsiFault.Protocol($"the target counts {count} data PDUs of a command; {task.ExpectedSn} have come");
    }

    // A read lacks what has not come, whatever the target says of it.
    private static long Residual(SessionTask task, bool under, bool over, uint count)
    {
        var stated = under ? count : over ? -(long)count : 0;
        var missing = task.DataOut.IsEmpty ? task.DataIn.Length - task.Received : 0;
        return missing == 0 ? stated : Math.Max(stated, missing);
    }

    private static IscsiFault UnknownTag(string what, InitiatorTaskTag tag) =>
        IscsiFault.Protocol($"{what} for task {tag}, which is not on the wire");

    // Section 11.17: the header of what was rejected stands in the data segment.
    private IscsiFault? ReceiveReject(Reject pdu, ReadOnlySpan<byte> data)
    {
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        if (TakeStatSn(pdu.StatSn) is { } fault) return fault;
        if (data.Length < BasicHeaderSegment.Length)
            return IscsiFault.Protocol("a Reject without the header it is about");
        var rejected = new BasicHeaderSegment(data);
        var reason = new IscsiFault(
            IscsiFaultKind.ProtocolError, $"the target rejected {rejected.OpCode}: {pdu.Reason}");
        Tell(new(IscsiSessionNoticeKind.Rejected, reason, Text: reason.Text));
        switch (rejected.OpCode)
        {
            // Its number was not taken: the target would wait for it, and carry out nothing that comes behind.
            case PduOpCode.ScsiCommand when !rejected.Immediate
                && !pdu.ExpCmdSn.Follows(ScsiCommand.Over(rejected).CmdSn):
                return reason;
            case PduOpCode.ScsiCommand:
                if (FindInFlight(rejected.InitiatorTaskTag) is { } task)
                    End(task, new() { Outcome = CommandOutcome.TargetFailure, Fault = reason });
                return null;
            case PduOpCode.TaskManagementRequest:
                ManagementRejected(rejected.InitiatorTaskTag, reason);
                return null;
            case PduOpCode.NopOut:
            case PduOpCode.TextRequest:
                return null;        // the ping's own deadline judges
            default:
                return reason;
        }
    }
}
