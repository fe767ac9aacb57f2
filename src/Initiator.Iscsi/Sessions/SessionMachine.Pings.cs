using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    private const uint PingTag = 0xC000;

    private static readonly TimeSpan s_lastLook = TimeSpan.FromMilliseconds(100);

    private readonly SessionTimer _ping;
    private long _seenBytes;
    private uint _pingGeneration;
    private bool _pinged;
    private bool _pingIsOverdue;
    private long _targetPingSecond;
    private int _targetPings;

    private void BeginPings()
    {
        _pinged = _pingIsOverdue = false;
        _seenBytes = 0;
        if (_options.PingInterval > TimeSpan.Zero) Loop.Arm(_ping, _options.PingInterval);
    }

    // Anything received is a sign of life; after silence the target is asked for one (RFC 7143 section 11.18).
    private void LookForLife()
    {
        if (_connection is not { } connection) return;
        if (connection.ReceivedBytes != _seenBytes)
        {
            _seenBytes = connection.ReceivedBytes;
            _pinged = _pingIsOverdue = false;
            Loop.Arm(_ping, _options.PingInterval);
            return;
        }
        if (_pinged && !_pingIsOverdue)
        {
            // Where this machine stood still, timers come before what has arrived meanwhile: it is looked at once more.
            _pingIsOverdue = true;
            connection.TellOfAll();
            Loop.Arm(_ping, s_lastLook);
            return;
        }
        if (_pinged)
        {
            connection.Drop(new(
                IscsiFaultKind.TimedOut, $"the target was silent and did not answer a ping in {_options.PingTimeout}"));
            return;
        }
        _pinged = true;
        var tag = new InitiatorTaskTag(((_pingGeneration++ & 0x7FFF) << 16) | PingTag);
        AppendNopOut(tag, TargetTransferTag.Reserved, default, []);
        Loop.Arm(_ping, _options.PingTimeout);
    }

    private IscsiFault? ReceiveNopIn(NopIn pdu, ReadOnlySpan<byte> data)
    {
        _window = _window.Update(pdu.ExpCmdSn, pdu.MaxCmdSn);
        if (!pdu.InitiatorTaskTag.IsReserved)
        {
            // The answer to our ping uses up a StatSN; the target's own ping does not (section 11.19).
            if ((pdu.InitiatorTaskTag.Value & 0xFFFF) != PingTag)
                return UnknownTag("a NOP-In", pdu.InitiatorTaskTag);
            return TakeStatSn(pdu.StatSn);
        }
        if (pdu.TargetTransferTag.IsReserved) return null;      // tells of the window and wants no answer
        if (IsFlood())
        {
            return IscsiFault.Protocol(
                $"the target pinged more than {_options.TargetPingsPerSecondMax} times in a second");
        }
        var echo = data[..Math.Min(data.Length, Math.Min(_maxSend, InitiatorConnection.CopyMax))];
        AppendNopOut(InitiatorTaskTag.Reserved, pdu.TargetTransferTag, pdu.Lun, echo);
        return null;
    }

    private bool IsFlood()
    {
        var second = Loop.NowNanoseconds / 1_000_000_000;
        if (second != _targetPingSecond)
        {
            _targetPingSecond = second;
            _targetPings = 0;
        }
        return ++_targetPings > _options.TargetPingsPerSecondMax;
    }

    private void AppendNopOut(
        InitiatorTaskTag tag, TargetTransferTag transfer, Scsi.Lun lun, ReadOnlySpan<byte> data)
    {
        var connection = _connection!;
        var header = connection.BeginHeader();
        var pdu = Pdu.Begin<NopOut>(header);
        pdu.Immediate = true;
        pdu.Lun = lun;
        pdu.InitiatorTaskTag = tag;
        pdu.TargetTransferTag = transfer;
        pdu.CmdSn = _cmdSn;
        pdu.ExpStatSn = _expStatSn;
        pdu.DataSegmentLength = data.Length;
        connection.EndHeader(header);
        connection.AppendData(data);
    }
}
