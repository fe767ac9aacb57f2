using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    private const uint TextTag = 0xC001;

    private const int TextRoundsMax = 8;
    private const int TimeToWaitMax = 3600;

    // Whatever time a target gives: new commands wait meanwhile.
    private const int DrainSecondsMax = 120;

    private int _textRounds;

    // RFC 7143 section 11.9.
    private IscsiFault? ReceiveMessage(AsynchronousMessage pdu, ReadOnlySpan<byte> data)
    {
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        if (TakeStatSn(pdu.StatSn) is { } fault) return fault;
        ReadOnlyMemory<byte> sense = default;
        if (pdu.AsyncEvent == AsyncEvent.ScsiAsynchronousEvent
            && SenseSegment.TryParse(data, out var bytes, out _)) sense = bytes.ToArray();
        Tell(new(
            IscsiSessionNoticeKind.AsynchronousMessage, Event: pdu.AsyncEvent, Lun: pdu.Lun,
            Text: pdu.AsyncEvent.ToString(), Sense: sense));
        switch (pdu.AsyncEvent)
        {
            case AsyncEvent.LogoutRequest:
                _drainTime = TimeSpan.FromSeconds(Math.Clamp((int)pdu.Parameter3, 1, DrainSecondsMax) / 2.0);
                Apply(SessionEvent.LogoutRequested);
                return null;
            case AsyncEvent.ConnectionDrop or AsyncEvent.SessionDrop:
                _wantedPauseSeconds = Math.Min((int)pdu.Parameter2, TimeToWaitMax);
                return new(IscsiFaultKind.EndedByTarget, $"the target ends the session ({pdu.AsyncEvent})");
            case AsyncEvent.NegotiationRequest:
                SendText();
                return null;
            default:
                return null;
        }
    }

    // The target wants to negotiate: it is given the word by an empty Text Request (section 11.9.1). What may change in
    // full feature phase and matters here is how long a data segment it takes.
    private void SendText()
    {
        if (_textRounds != 0) return;
        _connection!.Outcome.Negotiation.BeginTextNegotiation();
        AppendText(TargetTransferTag.Reserved, []);
    }

    private void AppendText(TargetTransferTag transfer, ReadOnlySpan<byte> text)
    {
        _textRounds++;
        var connection = _connection!;
        var header = connection.BeginHeader();
        var pdu = Pdu.Begin<TextRequest>(header);
        pdu.Immediate = true;
        pdu.InitiatorTaskTag = new(TextTag);
        pdu.TargetTransferTag = transfer;
        pdu.CmdSn = _cmdSn;
        pdu.ExpStatSn = _expStatSn;
        pdu.DataSegmentLength = text.Length;
        connection.EndHeader(header);
        connection.AppendData(text);
    }

    private IscsiFault? ReceiveText(TextResponse pdu, ReadOnlySpan<byte> data)
    {
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        if (TakeStatSn(pdu.StatSn) is { } fault) return fault;
        if (_textRounds == 0 || pdu.InitiatorTaskTag.Value != TextTag)
            return UnknownTag("a Text Response", pdu.InitiatorTaskTag);
        if (_textRounds > TextRoundsMax || pdu.Continue)
            return IscsiFault.Protocol("the target negotiates without end");
        if (TextFormat.Parse(data, TextLimits.Negotiation, out var pairs) is var bad and not TextFault.None)
            return IscsiFault.Protocol($"the text of a Text Response is malformed: {bad}");
        var negotiation = _connection!.Outcome.Negotiation;
        var answers = new TextBuilder();
        if (negotiation.Receive(pairs, answers) is var wrong and not NegotiationFault.None)
            return IscsiFault.Protocol($"the target negotiated what it may not: {wrong}");
        _maxSend = negotiation.Connection.MaxSendDataSegmentLength;
        if (pdu.Final && answers.Remaining == 0) _textRounds = 0;
        else AppendText(pdu.TargetTransferTag, answers.Take(InitiatorConnection.CopyMax));
        return null;
    }
}
