using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>NOP-Out and NOP-In, either side's ping (RFC 7143 sections 11.18 and 11.19).</content>
internal sealed partial class TargetConnection
{
    private uint _pings;
    private long _pingSentAt;           // 0: no ping is open
    private bool _pingIsOverdue;
    private long _heardBytes;

    private void ReceiveNopOut(in NopOut nop, ReadOnlySpan<byte> data)
    {
        if (nop.InitiatorTaskTag.IsReserved)
        {
            // The answer to our ping, or a word that needs none; either is always immediate.
            if (!nop.Immediate)
            {
                Advance(immediate: false);
            }
            return;
        }
        Advance(nop.Immediate);
        data = data[..Math.Min(data.Length, _sendMax)];
        var header = BeginHeader();
        var answer = Pdu.Begin<NopIn>(header);
        answer.DataSegmentLength = data.Length;
        answer.Lun = nop.Lun;
        answer.InitiatorTaskTag = nop.InitiatorTaskTag;
        answer.StatSn = TakeStatSn();
        answer.ExpCmdSn = _session.ExpCmdSn;
        answer.MaxCmdSn = _session.MaxCmdSn;
        Seal(header);
        AppendData(data);
    }

    private void SendPing(long now)
    {
        _pingSentAt = now;
        SendNopIn(new TargetTransferTag(++_pings & 0x7FFF_FFFF));
    }

    // Without a tag it wants no answer: it tells of a window that has changed.
    private void SendNopIn(TargetTransferTag tag)
    {
        var header = BeginHeader();
        var nop = Pdu.Begin<NopIn>(header);
        nop.InitiatorTaskTag = InitiatorTaskTag.Reserved;
        nop.TargetTransferTag = tag;
        nop.StatSn = _statSn;
        nop.ExpCmdSn = _session.ExpCmdSn;
        nop.MaxCmdSn = _session.MaxCmdSn;
        Seal(header);
    }

    // Anything that is heard shows that the initiator is there: PDUs, and what comes of a long data segment, which is
    // told of when it is whole.
    private void Hear(long now)
    {
        _heardAt = now;
        _heardBytes = _stream.ReceivedBytes;
    }

    private void CheckSilence(long now)
    {
        if (_stream.ReceivedBytes != _heardBytes) Hear(now);
        if (_pingSentAt != 0 && _heardAt >= _pingSentAt) (_pingSentAt, _pingIsOverdue) = (0, false);
        if (_pingSentAt != 0)
        {
            if (now - _pingSentAt < (long)_options.PingDeadline.TotalNanoseconds) return;
            // Where this machine stood still, timers come before what has arrived meanwhile: it is looked at once more.
            // And where a long piece comes slowly, little of it is told of unless it is asked for.
            if (_pingIsOverdue) Drop(DropReason.PingTimedOut);
            _pingIsOverdue = true;
            _stream.TellOfAll();
        }
        else if (now - _heardAt >= (long)_options.PingInterval.TotalNanoseconds)
        {
            // Whoever came to ask has asked.
            if (IsDiscovery) Drop(DropReason.PingTimedOut);
            else SendPing(now);
        }
    }
}
