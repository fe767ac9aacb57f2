using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>Reject (RFC 7143 section 11.17), and data digest errors at error recovery level 0 (section 7.8).</content>
internal sealed partial class TargetConnection
{
    private void SendReject(RejectReason reason, ReadOnlySpan<byte> of)
    {
        _counters.Count(reason);
        var header = BeginHeader();
        var reject = Pdu.Begin<Reject>(header);
        reject.Reason = reason;
        reject.DataSegmentLength = BasicHeaderSegment.Length;
        reject.StatSn = TakeStatSn();
        reject.ExpCmdSn = _session.ExpCmdSn;
        reject.MaxCmdSn = _session.MaxCmdSn;
        Seal(header);
        AppendData(of[..BasicHeaderSegment.Length]);
    }

    // The PDU is thrown away. Of a Data-Out the task is known, and ends; any other request counts as not received, and
    // its number stays open.
    private void DataDigestFailed(ReadOnlySpan<byte> header)
    {
        SendReject(RejectReason.DataDigestError, header);
        var bhs = new BasicHeaderSegment(header);
        if (bhs.OpCode != PduOpCode.DataOut) return;
        var dataOut = DataOut.Over(bhs);
        var task = dataOut.TargetTransferTag.IsReserved
            ? _session.Tasks.Find(dataOut.InitiatorTaskTag)
            : _session.Tasks.Find(dataOut.TargetTransferTag);
        if (task is not null && task.InitiatorTaskTag == dataOut.InitiatorTaskTag)
            FailDataOut(task, Scsi.AdditionalSense.ProtocolServiceCrcError, bhs);
    }
}
