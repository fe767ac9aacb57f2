using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    // RFC 7143 section 13.11: immediate data is bounded by FirstBurstLength and by what the target takes in one PDU.
    private int ImmediateLength(int length) =>
        _terms.ImmediateData ? Math.Min(length, Math.Min(_terms.FirstBurstLength, _maxSend)) : 0;

    // Section 13.10: without R2T as much as the first burst may hold, immediate data included. Where something may be
    // sent unasked all of it is: the target asks for what follows.
    private int UnsolicitedLength(int length) =>
        _terms.InitialR2T ? ImmediateLength(length) : Math.Min(length, _terms.FirstBurstLength);

    // One sequence of Data-Out from where the task stands (section 11.7).
    private void AppendBurst(SessionTask task, TargetTransferTag transfer, int length)
    {
        var connection = _connection!;
        var dataSn = default(DataSn);
        while (length > 0)
        {
            var piece = Math.Min(length, _maxSend);
            length -= piece;
            var header = connection.BeginHeader();
            var pdu = Pdu.Begin<DataOut>(header);
            pdu.Final = length == 0;
            pdu.Lun = task.Command.Lun;
            pdu.InitiatorTaskTag = task.Tag;
            pdu.TargetTransferTag = transfer;
            pdu.ExpStatSn = _expStatSn;
            pdu.DataSn = dataSn;
            pdu.BufferOffset = (uint)task.Sent;
            pdu.DataSegmentLength = piece;
            connection.EndHeader(header);
            AppendData(task, task.Sent, piece);
            task.Sent += piece;
            dataSn = dataSn.Next;
        }
    }

    private void AppendData(SessionTask task, int offset, int length)
    {
        if (length == 0) return;
        if (length <= InitiatorConnection.CopyMax) _connection!.AppendData(task.DataOut.Span.Slice(offset, length));
        else _connection!.AppendData(task.Lend(offset, length));
    }

    // DataSequenceInOrder and DataPDUInOrder are always agreed on with Yes: each burst begins where the last one ended.
    private IscsiFault? ReceiveR2T(ReadyToTransfer pdu)
    {
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        if (FindInFlight(pdu.InitiatorTaskTag) is not { } task) return UnknownTag("an R2T", pdu.InitiatorTaskTag);
        if (pdu.R2TSn.Value != task.ExpectedSn)
            return IscsiFault.Protocol($"R2TSN {pdu.R2TSn} where {task.ExpectedSn} was next");
        var length = pdu.DesiredDataTransferLength;
        if (length == 0 || length > _terms.MaxBurstLength)
            return IscsiFault.Protocol($"an R2T asks for {length} bytes; a burst has 1 to {_terms.MaxBurstLength}");
        if (pdu.BufferOffset != task.Sent || length > task.DataOut.Length - task.Sent)
        {
            return IscsiFault.Protocol(
                $"an R2T asks for {length} bytes at {pdu.BufferOffset}; {task.Sent} of {task.DataOut.Length} are sent");
        }
        if (pdu.TargetTransferTag.IsReserved) return IscsiFault.Protocol("an R2T without a target transfer tag");
        task.ExpectedSn++;
        AppendBurst(task, pdu.TargetTransferTag, (int)length);
        return null;
    }
}
