using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>Text Request: SendTargets, and keys that may change in full feature phase (RFC 7143 sections 11.10 and
/// 13.3).</content>
internal sealed partial class TargetConnection
{
    private readonly TextAccumulator _text = new(TextLimits.Negotiation);
    private readonly TextBuilder _answer = new();
    private InitiatorTaskTag _textTag = InitiatorTaskTag.Reserved;
    private TargetTransferTag _textTransfer = TargetTransferTag.Reserved;
    private uint _textTransfers;

    private void ReceiveText(BasicHeaderSegment bhs, ReadOnlySpan<byte> data)
    {
        var request = TextRequest.Over(bhs);
        var continues = !request.TargetTransferTag.IsReserved;
        if (request.InitiatorTaskTag.IsReserved || (request.Final && request.Continue)
            || (continues && (request.TargetTransferTag != _textTransfer || request.InitiatorTaskTag != _textTag)))
        {
            ResetText();
            SendReject(RejectReason.ProtocolError, bhs.Bytes);
            return;
        }
        if (!continues) ResetText();        // a new exchange; what was left of an old one is forgotten
        _textTag = request.InitiatorTaskTag;
        // An empty request fetches the rest of an answer.
        if (_answer.Remaining > 0)
        {
            Advance(request.Immediate);
            SendText(request.Final);
            return;
        }
        var fault = _text.Append(data, request.Continue, out var pairs);
        if (fault != TextFault.None || !TryAnswer(pairs, request.Continue))
        {
            ResetText();
            SendReject(RejectReason.ProtocolError, bhs.Bytes);
            return;
        }
        Advance(request.Immediate);
        SendText(request.Final);
    }

    private bool TryAnswer(IReadOnlyList<TextPair> pairs, bool continues)
    {
        if (continues) return true;
        var others = new List<TextPair>();
        foreach (var pair in pairs)
        {
            if (pair.Key == Keys.SendTargets.Name) AnswerSendTargets(pair.Value);
            else others.Add(pair);
        }
        if (others.Count == 0) return true;
        _login.Negotiation.BeginTextNegotiation();
        if (_login.Negotiation.Receive(others, _answer) != NegotiationFault.None) return false;
        _sendMax = _login.Negotiation.Connection.MaxSendDataSegmentLength;
        return true;
    }

    private void AnswerSendTargets(string value)
    {
        var type = _login.Session.SessionType;
        if (!SendTargets.TryParseRequest(value, type, out var scope, out var name))
        {
            _answer.Add(Keys.SendTargets.Name, "Reject");
            return;
        }
        foreach (var target in _provider.Discover(_stream.LocalEndPoint, _login.Identity))
        {
            var asked = scope switch
            {
                SendTargetsScope.All => true,
                SendTargetsScope.ThisTarget => target.Name.Value == _session.Port?.Name,
                _ => target.Name == name && (type == SessionType.Discovery || name.Value == _session.Port?.Name),
            };
            if (asked) SendTargets.Add(_answer, target);
        }
    }

    private void SendText(bool initiatorIsDone)
    {
        var segment = _answer.Take(_sendMax);
        var more = _answer.Remaining > 0;
        var final = initiatorIsDone && !more && !_text.IsPartial;
        _textTransfer = final ? TargetTransferTag.Reserved : new TargetTransferTag(++_textTransfers & 0x7FFF_FFFF);
        var header = BeginHeader();
        var response = Pdu.Begin<TextResponse>(header);
        response.Final = final;
        response.Continue = more;
        response.DataSegmentLength = segment.Length;
        response.InitiatorTaskTag = _textTag;
        response.TargetTransferTag = _textTransfer;
        response.StatSn = TakeStatSn();
        response.ExpCmdSn = _session.ExpCmdSn;
        response.MaxCmdSn = _session.MaxCmdSn;
        Seal(header);
        AppendData(segment);
    }

    private void ResetText()
    {
        while (_answer.Remaining > 0) _answer.Take(int.MaxValue);
        if (_text.IsPartial) _text.Append([], continues: false, out _);
        _textTransfer = TargetTransferTag.Reserved;
    }
}
