using System.Buffers;
using System.Runtime.CompilerServices;
using Lunette.Iscsi;
using Lunette.Runtime.Buffers;

namespace Lunette.Initiator.Iscsi;

internal sealed unsafe partial class InitiatorConnection
{
    // Sense data has at most 64 KiB and a text PDU what we declared; nothing but Data-In is longer.
    private const int OtherDataLengthMax = 68 << 10;

    // A shorter rest is awaited in the loop's buffer and copied; a longer one is received where it belongs.
    private const int DirectFrom = 8192;

    // After a long data segment more of them are expected, for so many PDUs: then the next header comes alone, so that
    // the data behind it is received where it belongs and not copied.
    private const int LongDataMemory = 16;

    private const int TrailerLength = 8;

    private readonly LeaseList _direct = new();
    private readonly byte[] _trailer = GC.AllocateArray<byte>(TrailerLength, pinned: true);
    private DirectHeader _directHeader;
    private Memory<byte> _directInto;
    private MemoryHandle _directPin;
    private bool _headerDigest;
    private bool _dataDigest;
    private int _dataLengthMax = LoginLimits.DataSegmentLengthMax;
    private int _wanted = BasicHeaderSegment.Length;
    private int _longData;

    public override int BytesWanted => _wanted;

    public override int BytesAtOnce => _longData > 0 ? _wanted : int.MaxValue;

    // A target may stop listening until its answers are taken, so writes on their way must not keep us from taking
    // them. It is more than a window full of bursts; what lies beyond is a target that asks and does not listen.
    public override long UnsentBytesBeyond => 256L << 20;

    public override int Received(Span<byte> bytes)
    {
        var used = 0;
        while (_stream!.IsReceiving)
        {
            var rest = bytes[used..];
            _wanted = HeaderLength;
            if (rest.Length < BasicHeaderSegment.Length) break;
            var framing = new PduFraming(rest, _headerDigest, _dataDigest);
            if (CheckLengths(rest, framing) is { } fault)
            {
                Drop(fault);
                break;
            }
            if (framing.DataSegmentLength >= DirectFrom) _longData = LongDataMemory;
            else if (_longData > 0 && rest.Length >= framing.TotalLength) _longData--;
            if (rest.Length >= framing.TotalLength)
            {
                used += framing.TotalLength;
                Take(rest[..framing.TotalLength], framing);
                continue;
            }
            var missing = framing.DataDigestOffset - framing.PaddingLength - rest.Length;
            if (missing >= DirectFrom && OpCodeOf(rest) == PduOpCode.DataIn && _fullFeature)
            {
                if (rest.Length >= framing.DataSegmentOffset)
                {
                    BeginDirect(rest, framing);
                    return bytes.Length;
                }
                _wanted = framing.DataSegmentOffset;
                break;
            }
            _wanted = framing.TotalLength;
            break;
        }
        return used;
    }

    public override void DirectReceived()
    {
        var framing = new PduFraming(_directHeader, _headerDigest, _dataDigest);
        var data = _directInto.Span;
        if (framing.DataDigestLength != 0)
        {
            var crc = Crc32c.Append(Crc32c.Compute(data), _trailer.AsSpan(0, framing.PaddingLength));
            if (crc != Crc32c.Read(_trailer.AsSpan(framing.PaddingLength)))
            {
                Drop(DigestFault("data"));
                return;
            }
        }
        EndDirect();
        End(_client.DataInArrived(_directHeader, data.Length));
    }

    private void SetTerms(ConnectionParameters terms)
    {
        _headerDigest = terms.HeaderDigest;
        _dataDigest = terms.DataDigest;
        _dataLengthMax = terms.MaxRecvDataSegmentLength;
    }

    private int HeaderLength => BasicHeaderSegment.Length + (_headerDigest ? Crc32c.Length : 0);

    private static PduOpCode OpCodeOf(ReadOnlySpan<byte> bhs) => (PduOpCode)(bhs[0] & 0x3F);

    private IscsiFault? CheckLengths(ReadOnlySpan<byte> bhs, PduFraming framing)
    {
        // No PDU of a target has additional headers (RFC 7143 section 11.2.2: they belong to SCSI Commands).
        if (framing.TotalAhsLength != 0) return IscsiFault.Protocol("a PDU of the target has additional headers");
        var max = OpCodeOf(bhs) == PduOpCode.DataIn ? _dataLengthMax : Math.Max(OtherDataLengthMax, 8192);
        return framing.DataSegmentLength <= max
            ? null
            : IscsiFault.Protocol($"a data segment of {framing.DataSegmentLength} bytes is longer than {max} allowed");
    }

    private void Take(Span<byte> pdu, PduFraming framing)
    {
        var bhs = pdu[..BasicHeaderSegment.Length];
        var data = pdu.Slice(framing.DataSegmentOffset, framing.DataSegmentLength);
        if (!_fullFeature)
        {
            Follow(_login.Receive(bhs, data));
            return;
        }
        if (!HeaderDigestIsRight(pdu, framing)) return;
        if (OpCodeOf(bhs) == PduOpCode.DataIn)
        {
            TakeDataIn(pdu, framing);
            return;
        }
        if (framing.DataDigestLength != 0)
        {
            var covered = pdu.Slice(framing.DataSegmentOffset, framing.PaddedDataSegmentLength);
            if (Crc32c.Compute(covered) != Crc32c.Read(pdu[framing.DataDigestOffset..]))
            {
                Drop(DigestFault("data"));
                return;
            }
        }
        End(_client.Receive(bhs, data));
    }

    private void TakeDataIn(ReadOnlySpan<byte> pdu, PduFraming framing)
    {
        var bhs = pdu[..BasicHeaderSegment.Length];
        var data = pdu.Slice(framing.DataSegmentOffset, framing.DataSegmentLength);
        if (_client.PlaceDataIn(bhs, data.Length, out var destination) is { } fault)
        {
            Drop(fault);
            return;
        }
        // The one copy on the way in. With a digest the copy is its computation; data that proves wrong ends the
        // connection, and the command with it.
        if (framing.DataDigestLength != 0)
        {
            var crc = Crc32c.CopyAndCompute(data, destination.Span);
            var padding = pdu.Slice(framing.DataDigestOffset - framing.PaddingLength, framing.PaddingLength);
            crc = Crc32c.Append(crc, padding);
            if (crc != Crc32c.Read(pdu[framing.DataDigestOffset..]))
            {
                Drop(DigestFault("data"));
                return;
            }
        }
        else
        {
            data.CopyTo(destination.Span);
        }
        End(_client.DataInArrived(bhs, data.Length));
    }

    private void BeginDirect(ReadOnlySpan<byte> first, PduFraming framing)
    {
        if (!HeaderDigestIsRight(first, framing)) return;
        first[..BasicHeaderSegment.Length].CopyTo(_directHeader);
        if (_client.PlaceDataIn(_directHeader, framing.DataSegmentLength, out _directInto) is { } fault)
        {
            Drop(fault);
            return;
        }
        var already = first[framing.DataSegmentOffset..];
        already.CopyTo(_directInto.Span);
        _directPin = _directInto.Pin();
        var missing = framing.DataSegmentLength - already.Length;
        var trailer = framing.TotalLength - framing.DataSegmentOffset - framing.DataSegmentLength;
        _direct.Add(new Lease((nint)_directPin.Pointer + already.Length, missing, null, 0));
        if (trailer > 0) _direct.Add(new Lease((nint)Unsafe.AsPointer(ref _trailer[0]), trailer, null, 0));
        _stream!.ReceiveDirect(_direct, 0, missing + trailer);
    }

    private void EndDirect()
    {
        _direct.Forget();
        _directPin.Dispose();
        _directPin = default;
        _directInto = default;
    }

    private bool HeaderDigestIsRight(ReadOnlySpan<byte> pdu, PduFraming framing)
    {
        if (framing.HeaderDigestLength == 0) return true;
        if (Crc32c.Compute(pdu[..framing.HeaderLength]) == Crc32c.Read(pdu[framing.HeaderLength..])) return true;
        Drop(DigestFault("header"));
        return false;
    }

    private void End(IscsiFault? fault)
    {
        if (fault is not null) Drop(fault);
    }

    private static IscsiFault DigestFault(string which) =>
        new(IscsiFaultKind.DigestError, $"the {which} digest of a PDU of the target is wrong");

    [InlineArray(BasicHeaderSegment.Length)]
    private struct DirectHeader
    {
        private byte _first;
    }
}
