using Lunette.Iscsi;
using Lunette.Port.Iscsi.Statistics;

namespace Lunette.Port.Iscsi.Connections;

/// <content>Where a PDU begins and ends, digests, and command order.</content>
internal sealed partial class TargetConnection
{
    // After a long data segment more of them are expected, for so many PDUs; and then the next header comes alone, as
    // far as may be, so that the data behind it is received where it belongs and not copied.
    private const int LongDataMemory = 16;
    private const int BytesWhileLong = 1024;

    private int _wanted = BasicHeaderSegment.Length;
    private int _longData;

    /// <inheritdoc/>
    public override int BytesAtOnce => _longData > 0 ? Math.Max(BytesWhileLong, _wanted) : int.MaxValue;

    /// <inheritdoc/>
    public override int BytesWanted => _wanted;

    /// <inheritdoc/>
    public override int Received(Span<byte> bytes)
    {
        Hear(Loop.NowNanoseconds);
        _looking = true;
        var used = LookAt(bytes);
        _looking = false;
        GiveTurns();
        return used;
    }

    private int LookAt(Span<byte> bytes)
    {
        var used = 0;
        // A data segment on its way is taken to its end in any case: its task waits for that.
        while (_stream.IsReceiving && (!_leaving || _body != BodyPart.None))
        {
            var rest = bytes[used..];
            if (_body != BodyPart.None)
            {
                used += ReceiveBody(rest);
                if (_body != BodyPart.None) return used;
                continue;
            }
            _wanted = BasicHeaderSegment.Length;
            if (rest.Length < BasicHeaderSegment.Length) break;
            var framing = new PduFraming(rest, _headerDigest, _dataDigest);
            if (framing.DataSegmentLength > _receiveMax)
            {
                Drop(DropReason.OversizedPdu);
                break;
            }
            if (framing.DataSegmentLength > _options.DirectReceiveBytes) _longData = LongDataMemory;
            else if (_longData > 0 && rest.Length >= framing.TotalLength) _longData--;
            if (rest.Length < framing.TotalLength)
            {
                if (!MayStream(rest, framing))
                {
                    _wanted = framing.TotalLength;
                    break;
                }
                if (rest.Length < framing.DataSegmentOffset)
                {
                    _wanted = framing.DataSegmentOffset;
                    break;
                }
                BeginBody(rest, framing);
                return bytes.Length;
            }
            if (used == 0) ForeseeFirst(rest);
            used += framing.TotalLength;
            ForeseeNext(bytes[used..]);
            ReceiveWhole(rest[..framing.TotalLength], framing);
        }
        // What comes after a logout is not looked at.
        return _leaving ? bytes.Length : used;
    }

    private bool HeaderIsRight(ReadOnlySpan<byte> pdu, in PduFraming framing)
    {
        if (!_headerDigest) return true;
        var stated = Crc32c.Read(pdu[framing.HeaderLength..]);
        if (Crc32c.Compute(pdu[..framing.HeaderLength]) == stated) return true;
        // Without the header nothing is known of what follows (RFC 7143 section 7.7): the connection is lost.
        Drop(DropReason.HeaderDigestError);
        return false;
    }

    private void ReceiveWhole(ReadOnlySpan<byte> pdu, in PduFraming framing)
    {
        if (!HeaderIsRight(pdu, framing)) return;
        var data = pdu.Slice(framing.DataSegmentOffset, framing.DataSegmentLength);
        if (framing.DataDigestLength != 0)
        {
            var covered = pdu.Slice(framing.DataSegmentOffset, framing.PaddedDataSegmentLength);
            if (Crc32c.Compute(covered) != Crc32c.Read(pdu[framing.DataDigestOffset..]))
            {
                DataDigestFailed(pdu[..BasicHeaderSegment.Length]);
                return;
            }
        }
        var header = pdu[..framing.HeaderLength];
        var bhs = new BasicHeaderSegment(header);
        if (bhs.OpCode == PduOpCode.DataOut)
        {
            ReceiveDataOut(header, data);
            return;
        }
        if (InTurn(bhs, header, data)) Process(header, data);
        if (_session.Held.Count > 0) ReleaseHeld();
    }

    /// <summary>
    /// Whether a request is to be carried out now. A number outside the window is ignored; one before its turn is held
    /// (RFC 7143 section 4.2.2.1).
    /// </summary>
    private bool InTurn(BasicHeaderSegment bhs, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        // A SNACK has no number, and an unknown opcode none that we know of.
        if (bhs.Immediate || !HasCmdSn(bhs.OpCode)) return true;
        var number = ScsiCommand.Over(bhs).CmdSn;
        if (number == _session.ExpCmdSn)
        {
            // The window closes with what is in progress, so the next one expected may still be outside.
            if (_session.Window.Contains(number)) return true;
            Ignore(number);
            return false;
        }
        if (!_session.Window.Contains(number) || !TryHold(number, header, data)) Ignore(number);
        return false;
    }

    private void Ignore(CmdSn number)
    {
        _counters.CountIgnored();
        if (number.Follows(_session.MaxCmdSn)) _counters.Count(SessionBound.Commands);
    }

    private static bool HasCmdSn(PduOpCode opCode) => opCode is PduOpCode.ScsiCommand or PduOpCode.NopOut
        or PduOpCode.TaskManagementRequest or PduOpCode.TextRequest or PduOpCode.LogoutRequest;

    // Held without digests, which were checked: header, then data.
    private bool TryHold(CmdSn number, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        var copy = new byte[header.Length + data.Length];
        header.CopyTo(copy);
        data.CopyTo(copy.AsSpan(header.Length));
        return _session.Held.TryHold(number, copy, _session.Buffers);
    }

    private void ReleaseHeld()
    {
        while (_stream.IsReceiving && !_leaving && _session.Held.TryTake(_session.ExpCmdSn, out var pdu))
        {
            if (pdu.Address == 0)
            {
                _session.ExpCmdSn = _session.ExpCmdSn.Next;     // filled by an ABORT TASK
                continue;
            }
            var framing = new PduFraming(pdu.Span, headerDigest: false, dataDigest: false);
            Process(pdu.Span[..framing.HeaderLength], pdu.Span.Slice(framing.HeaderLength, framing.DataSegmentLength));
            pdu.Release();
        }
        if (_session.Held.Count > 0 && _stream.IsOpen && !_stream.IsReceiving && !_leaving) _stream.LeaveForNextTurn();
    }

    /// <inheritdoc/>
    public override void TurnBegins()
    {
        if (_session.Held.Count == 0) return;
        _looking = true;
        ReleaseHeld();
        _looking = false;
    }

    // Carries out one request whose turn it is. Whoever takes it moves ExpCmdSN on; whoever rejects it does not, since
    // a rejected request counts as not received (RFC 7143 section 11.17.1).
    private void Process(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        var bhs = new BasicHeaderSegment(header);
        switch (bhs.OpCode)
        {
            case PduOpCode.ScsiCommand:
                ReceiveCommand(header, data);
                break;
            case PduOpCode.NopOut:
                ReceiveNopOut(NopOut.Over(bhs), data);
                break;
            case PduOpCode.TaskManagementRequest:
                ReceiveTaskManagement(bhs);
                break;
            case PduOpCode.TextRequest:
                ReceiveText(bhs, data);
                break;
            case PduOpCode.LogoutRequest:
                ReceiveLogout(LogoutRequest.Over(bhs));
                break;
            case PduOpCode.SnackRequest:
                // Error recovery level 0 has none.
                SendReject(RejectReason.SnackReject, bhs.Bytes);
                break;
            case PduOpCode.LoginRequest:
                SendReject(RejectReason.ProtocolError, bhs.Bytes);
                break;
            default:
                SendReject(RejectReason.CommandNotSupported, bhs.Bytes);
                break;
        }
    }

    private void Advance(bool immediate)
    {
        if (!immediate) _session.ExpCmdSn = _session.ExpCmdSn.Next;
    }
}
