using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tasks;
using Lunette.Runtime.Buffers;

namespace Lunette.Port.Iscsi.Connections;

/// <content>
/// Long data segments, received where they belong while they arrive: header first, then the data straight into the
/// task's leases, then padding and digest.
/// </content>
internal sealed partial class TargetConnection
{
    private enum BodyPart : byte
    {
        None,
        Direct,         // the stream fills the task's leases
        Skip,           // data nobody wants, and padding
        Digest,
    }

    private readonly byte[] _bodyHeader = new byte[BasicHeaderSegment.Length];
    private BodyPart _body;
    private IscsiTask? _bodyTask;
    private int _bodyOffset;            // of the segment in the task's Data-Out
    private int _bodyLength;            // of the segment
    private int _bodyKept;              // of it, what goes into the leases
    private int _bodySkip;
    private uint _bodyCrc;
    private LeaseList? _bodyInto;

    private bool MayStream(ReadOnlySpan<byte> begun, in PduFraming framing)
    {
        var missing = framing.TotalLength - begun.Length;
        if (missing <= _options.DirectReceiveBytes) return false;
        var bhs = new BasicHeaderSegment(begun);
        return bhs.OpCode switch
        {
            PduOpCode.DataOut => true,
            // A command before its turn is held whole.
            PduOpCode.ScsiCommand => bhs.Immediate || ScsiCommand.Over(bhs).CmdSn == _session.ExpCmdSn,
            _ => false,
        };
    }

    // The header is complete; of the data there is a part, or nothing yet.
    private void BeginBody(ReadOnlySpan<byte> begun, in PduFraming framing)
    {
        if (!HeaderIsRight(begun, framing)) return;
        var header = begun[..framing.HeaderLength];
        var arrived = begun[framing.DataSegmentOffset..];
        header[..BasicHeaderSegment.Length].CopyTo(_bodyHeader);
        _bodyLength = framing.DataSegmentLength;
        _bodyCrc = 0;
        _bodyTask = null;
        _bodyOffset = 0;
        var bhs = new BasicHeaderSegment(header);
        if (bhs.OpCode == PduOpCode.DataOut)
        {
            var dataOut = DataOut.Over(bhs);
            _bodyTask = FindForDataOut(bhs, _bodyLength);
            _bodyOffset = (int)dataOut.BufferOffset;
        }
        else if (InTurn(bhs, header, []))
        {
            _bodyTask = BeginCommandWithBody(header);
        }
        if (!_stream.IsOpen) return;
        _bodyInto = _bodyTask is null ? null : DestinationOf(_bodyTask, _bodyOffset, _bodyLength);
        _bodyKept = _bodyInto is null ? 0 : Math.Min(_bodyLength, _bodyInto.Length - _bodyOffset);
        if (_bodyTask is not null) _bodyTask.Receiving = true;
        var already = Math.Min(arrived.Length, _bodyKept);
        if (already > 0) _bodyInto!.Write(_bodyOffset, arrived[..already]);
        _bodySkip = framing.PaddedDataSegmentLength - _bodyKept;
        var skipped = arrived[already..];
        if (_bodyKept > already)
        {
            _body = BodyPart.Direct;
            _stream.ReceiveDirect(_bodyInto!, _bodyOffset + already, _bodyKept - already);
            return;
        }
        KeptArrived();
        ReceiveBody(skipped);
    }

    /// <inheritdoc/>
    public override void DirectReceived() => KeptArrived();

    private void KeptArrived()
    {
        if (_dataDigest) _bodyCrc = CrcOf(_bodyInto, _bodyOffset, _bodyKept);
        _body = _bodySkip > 0 ? BodyPart.Skip : BodyPart.Digest;
        _wanted = _body == BodyPart.Skip ? 1 : Crc32c.Length;
        if (_body == BodyPart.Digest && !_dataDigest) EndBody(rightDigest: true);
    }

    private int ReceiveBody(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        if (_body == BodyPart.Skip)
        {
            used = Math.Min(bytes.Length, _bodySkip);
            if (_dataDigest) _bodyCrc = Crc32c.Append(_bodyCrc, bytes[..used]);
            _bodySkip -= used;
            _wanted = 1;
            if (_bodySkip > 0) return used;
            _body = BodyPart.Digest;
        }
        if (_body != BodyPart.Digest) return used;
        if (!_dataDigest)
        {
            EndBody(rightDigest: true);
            return used;
        }
        _wanted = Crc32c.Length;
        if (bytes.Length - used < Crc32c.Length) return used;
        EndBody(rightDigest: Crc32c.Read(bytes[used..]) == _bodyCrc);
        return used + Crc32c.Length;
    }

    private void EndBody(bool rightDigest)
    {
        _body = BodyPart.None;
        _bodyInto = null;
        _wanted = BasicHeaderSegment.Length;
        var task = _bodyTask;
        _bodyTask = null;
        if (!rightDigest)
        {
            SendReject(RejectReason.DataDigestError, _bodyHeader);
        }
        if (task is null) return;
        task.Receiving = false;
        var bhs = new BasicHeaderSegment((ReadOnlySpan<byte>)_bodyHeader);
        if (!rightDigest) FailDataOut(task, Scsi.AdditionalSense.ProtocolServiceCrcError, bhs);
        else if (bhs.OpCode == PduOpCode.DataOut) DataOutArrived(task, _bodyLength, bhs.Final);
        else ImmediateArrived(task, _bodyLength, bhs.Final);
        if (_session.Held.Count > 0) ReleaseHeld();
    }

    private static uint CrcOf(LeaseList? list, int offset, int length)
    {
        var crc = 0u;
        if (list is null) return crc;
        foreach (var lease in list.Segments)
        {
            if (length == 0) break;
            if (offset >= lease.Length)
            {
                offset -= lease.Length;
                continue;
            }
            var take = Math.Min(lease.Length - offset, length);
            crc = Crc32c.Append(crc, lease.Span.Slice(offset, take));
            length -= take;
            offset = 0;
        }
        return crc;
    }

    // The leases are the task's own again.
    private void EndBodyWithConnection()
    {
        if (_bodyTask is { } task)
        {
            task.Receiving = false;
            if (task is { EndHeld: true }) _session.Finish(task, answered: false);
        }
        _body = BodyPart.None;
        _bodyTask = null;
        _bodyInto = null;
    }
}
