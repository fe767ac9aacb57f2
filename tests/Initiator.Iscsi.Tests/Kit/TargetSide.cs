using System.Buffers.Binary;
using System.Text;
using Lunette.Iscsi;
using Lunette.Scsi;
using ScsiCommand = Lunette.Iscsi.ScsiCommand;

namespace Lunette.Initiator.Iscsi.Tests.Kit;

/// <summary>
/// The target's end of one connection: bytes in, bytes out. In full feature phase it allocates nothing.
/// </summary>
internal sealed class TargetSide(SimulatedTarget target)
{
    private readonly TargetLogin _login = new(new LoginLimits(), new Random(1).NextBytes, new StatSn(100));
    private readonly Dictionary<uint, Writing> _writes = new(256);
    private byte[] _in = new byte[1 << 20];
    private byte[] _out = new byte[1 << 20];
    private int _inLength;
    private bool _fullFeature;
    private bool _attention;
    private CmdSn _expCmdSn;
    private StatSn _statSn;
    private uint _transfers = 1;

    public ConnectionParameters Terms { get; private set; } = new();

    public SessionParameters Session { get; private set; } = new();

    public LoginIdentity? Identity { get; private set; }

    public int OutLength { get; private set; }

    public ReadOnlySpan<byte> Out => _out.AsSpan(0, OutLength);

    /// <summary>It wants the connection closed when what it said is sent.</summary>
    public bool Closing { get; set; }

    public int Commands { get; private set; }

    public int Largest { get; private set; }

    public StatSn StatSn { get => _statSn; set => _statSn = value; }

    private CmdSn MaxCmdSn => _expCmdSn.Advance(target.Window - 1);

    public void TakeOut() => OutLength = 0;

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        if (_inLength + bytes.Length > _in.Length) Array.Resize(ref _in, (_inLength + bytes.Length) * 2);
        bytes.CopyTo(_in.AsSpan(_inLength));
        _inLength += bytes.Length;
        var used = 0;
        while (!Closing && _inLength - used >= 48)
        {
            var rest = _in.AsSpan(used, _inLength - used);
            var framing = new PduFraming(rest, Terms.HeaderDigest, Terms.DataDigest);
            if (rest.Length < framing.TotalLength) break;
            used += framing.TotalLength;
            Take(rest[..framing.TotalLength], framing);
        }
        _in.AsSpan(used, _inLength - used).CopyTo(_in);
        _inLength -= used;
    }

    /// <summary>Sends one PDU: what every PDU of a target carries is filled in.</summary>
    public void Send<TPdu>(SendBhs<TPdu> fill, ReadOnlySpan<byte> data = default, bool countsStatus = true)
        where TPdu : IPdu<TPdu>, allows ref struct
    {
        Span<byte> bhs = stackalloc byte[48];
        fill(Pdu.Begin<TPdu>(bhs));
        Finish(bhs, countsStatus);
        Append(bhs, data);
    }

    /// <summary>Damages a byte of what waits to be sent.</summary>
    public void Corrupt(int at) => _out[at] ^= 0x10;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_out.AsSpan(OutLength));
        OutLength += bytes.Length;
    }

    public void Respond(uint tag, ScsiStatus status, ReadOnlySpan<byte> sense = default)
    {
        Span<byte> bhs = stackalloc byte[48];
        var pdu = Pdu.Begin<ScsiResponse>(bhs);
        pdu.InitiatorTaskTag = new(tag);
        pdu.Status = status;
        Span<byte> segment = stackalloc byte[64];
        var length = sense.IsEmpty ? 0 : SenseSegment.Write(segment, sense);
        Finish(bhs, countsStatus: true);
        Append(bhs, segment[..length]);
    }

    public void Ping(uint transfer, ReadOnlySpan<byte> data)
    {
        Span<byte> bhs = stackalloc byte[48];
        var pdu = Pdu.Begin<NopIn>(bhs);
        pdu.InitiatorTaskTag = InitiatorTaskTag.Reserved;
        pdu.TargetTransferTag = new(transfer);
        Finish(bhs, countsStatus: false);
        Append(bhs, data);
    }

    public void Message(AsyncEvent what, ushort parameter2 = 0, ushort parameter3 = 0, byte[]? sense = null)
    {
        Span<byte> bhs = stackalloc byte[48];
        var pdu = Pdu.Begin<AsynchronousMessage>(bhs);
        pdu.AsyncEvent = what;
        pdu.Parameter2 = parameter2;
        pdu.Parameter3 = parameter3;
        Span<byte> segment = stackalloc byte[64];
        var length = sense is null ? 0 : SenseSegment.Write(segment, sense);
        Finish(bhs, countsStatus: true);
        Append(bhs, segment[..length]);
    }

    private void Take(ReadOnlySpan<byte> pdu, PduFraming framing)
    {
        var bhs = pdu[..48];
        var data = pdu.Slice(framing.DataSegmentOffset, framing.DataSegmentLength);
        if (!_fullFeature)
        {
            TakeLogin(bhs, data);
            return;
        }
        CheckDigests(pdu, framing);
        var header = new BasicHeaderSegment(bhs);
        if (header.OpCode == PduOpCode.ScsiCommand && !header.Immediate)
        {
            Assert.Equal(_expCmdSn, ScsiCommand.Over(header).CmdSn);
            _expCmdSn = _expCmdSn.Next;
            Commands++;
        }
        if (target.OnPdu?.Invoke(this, bhs, data) == true) return;
        switch (header.OpCode)
        {
            case PduOpCode.ScsiCommand: TakeCommand(ScsiCommand.Over(header), data); break;
            case PduOpCode.DataOut: TakeData(DataOut.Over(header), data); break;
            case PduOpCode.NopOut: TakeNop(NopOut.Over(header), data); break;
            case PduOpCode.TaskManagementRequest: TakeFunction(TaskManagementRequest.Over(header)); break;
            case PduOpCode.LogoutRequest: TakeLogout(LogoutRequest.Over(header)); break;
            default: Assert.Fail($"the initiator sent {header.OpCode}"); break;
        }
    }

    private static void CheckDigests(ReadOnlySpan<byte> pdu, PduFraming framing)
    {
        if (framing.HeaderDigestLength != 0)
            Assert.Equal(Crc32c.Compute(pdu[..framing.HeaderLength]), Crc32c.Read(pdu[framing.HeaderLength..]));
        if (framing.DataDigestLength == 0) return;
        var covered = pdu.Slice(framing.DataSegmentOffset, framing.PaddedDataSegmentLength);
        Assert.Equal(Crc32c.Compute(covered), Crc32c.Read(pdu[framing.DataDigestOffset..]));
    }

    private void TakeLogin(ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data)
    {
        if (target.Swallow || target.OnLogin?.Invoke(this, bhs, data) == true) return;
        var step = _login.Receive(bhs, data);
        if (step.Action == TargetLoginAction.Identify)
        {
            Identity = _login.Identity;
            step = _login.Decide(target.Decide?.Invoke(_login.Identity!) ?? LoginDecision.Accept(target.Terms));
        }
        if (step.Action == TargetLoginAction.Admit)
        {
            _expCmdSn = _login.Identity!.CmdSn;
            var handle = new Tsih((ushort)(target.Sides.Count & 0xFFF | 1));
            step = _login.Admit(LoginAdmission.Accept(handle, new(_expCmdSn, MaxCmdSn)));
        }
        if (!step.Response.IsEmpty) Raw(step.Response.Span);
        if (step.Action == TargetLoginAction.Fail) Closing = true;
        if (step.Action != TargetLoginAction.Complete) return;
        _fullFeature = true;
        _attention = target.AttentionOnLogin;
        _statSn = _login.Outcome!.StatSn;
        Terms = _login.Outcome.Connection;
        Session = _login.Outcome.Session;
        target.Logins++;
    }

    /// <summary>Answers a Login Request with a text, and what else may be changed; the login goes on nowhere.</summary>
    public void AnswerLogin(LoginRequest asked, string text = "", LoginChange? change = null)
    {
        Span<byte> bhs = stackalloc byte[48];
        var response = Pdu.Begin<LoginResponse>(bhs);
        response.Isid = asked.Isid;
        response.InitiatorTaskTag = asked.InitiatorTaskTag;
        response.CurrentStage = asked.CurrentStage;
        Finish(bhs, countsStatus: true);
        change?.Invoke(response);
        Append(bhs, Encoding.UTF8.GetBytes(text.Replace('|', '\0')));
    }

    private void TakeCommand(ScsiCommand command, ReadOnlySpan<byte> data)
    {
        var tag = command.InitiatorTaskTag.Value;
        var cdb = command.Cdb;
        if (_attention && cdb[0] != 0x12)
        {
            _attention = false;
            Fail(tag, new(SenseKey.UnitAttention, (AdditionalSense)0x2907));
            return;
        }
        var lba = cdb[0] is 0x88 or 0x8A
            ? (int)BinaryPrimitives.ReadUInt64BigEndian(cdb[2..])
            : (int)BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]);
        var count = cdb[0] is 0x88 or 0x8A
            ? (int)BinaryPrimitives.ReadUInt32BigEndian(cdb[10..])
            : BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]);
        switch (cdb[0])
        {
            case 0x00: Respond(tag, ScsiStatus.Good); break;
            case 0x12: Inquire(command); break;
            case 0x28 or 0x88:
                Read(tag, target.Disk.AsSpan(lba * SimulatedTarget.BlockLength, count * SimulatedTarget.BlockLength),
                    (int)command.ExpectedDataTransferLength);
                break;
            case 0x2A or 0x8A: Write(command, lba * SimulatedTarget.BlockLength, data); break;
            default: Fail(tag, Sense.Illegal(AdditionalSense.InvalidCommandOperationCode)); break;
        }
    }

    public void Fail(uint tag, Sense sense)
    {
        Span<byte> bytes = stackalloc byte[Sense.LengthMax];
        var length = sense.Write(bytes, descriptorFormat: false);
        Respond(tag, ScsiStatus.CheckCondition, bytes[..length]);
    }

    private void Inquire(ScsiCommand command)
    {
        var tag = command.InitiatorTaskTag.Value;
        if ((command.Cdb[1] & 1) == 0) Read(tag, new byte[36], (int)command.ExpectedDataTransferLength);
        else Read(tag, target.Page(command.Cdb[2]), (int)command.ExpectedDataTransferLength);
    }

    /// <summary>Data-In in as many PDUs as it takes, the status in the last one.</summary>
    public void Read(uint tag, ReadOnlySpan<byte> data, int expected)
    {
        var send = data[..Math.Min(data.Length, expected)];
        Span<byte> bhs = stackalloc byte[48];
        var dataSn = default(DataSn);
        var at = 0;
        do
        {
            var piece = Math.Min(send.Length - at, Terms.MaxSendDataSegmentLength);
            var last = at + piece == send.Length;
            var pdu = Pdu.Begin<DataIn>(bhs);
            pdu.Final = last;
            pdu.InitiatorTaskTag = new(tag);
            pdu.DataSn = dataSn;
            pdu.BufferOffset = (uint)at;
            if (last)
            {
                pdu.HasStatus = true;
                pdu.ResidualUnderflow = data.Length < expected;
                pdu.ResidualOverflow = data.Length > expected;
                pdu.ResidualCount = (uint)Math.Abs(data.Length - expected);
            }
            Finish(bhs, countsStatus: last);
            Append(bhs, send.Slice(at, piece));
            at += piece;
            dataSn = dataSn.Next;
        }
        while (at < send.Length);
    }

    private void Write(ScsiCommand command, int offset, ReadOnlySpan<byte> data)
    {
        Largest = Math.Max(Largest, data.Length);
        Assert.True(Session.ImmediateData || data.IsEmpty, "immediate data though it was not agreed on");
        var write = new Writing(offset, (int)command.ExpectedDataTransferLength, 0, 0, 0, 0);
        Assert.True(command.Final || !Session.InitialR2T, "unsolicited data though R2T was agreed on");
        Gather(command.InitiatorTaskTag.Value, write, data, command.Final);
    }

    private void TakeData(DataOut pdu, ReadOnlySpan<byte> data)
    {
        Largest = Math.Max(Largest, data.Length);
        var tag = pdu.InitiatorTaskTag.Value;
        if (!_writes.Remove(tag, out var write)) return;        // of a task that was ended meanwhile
        Assert.Equal((uint)write.Got, pdu.BufferOffset);
        Assert.Equal(write.Transfer, pdu.TargetTransferTag.IsReserved ? 0 : pdu.TargetTransferTag.Value);
        Assert.Equal(write.DataSn, pdu.DataSn.Value);
        Gather(tag, write with { DataSn = write.DataSn + 1 }, data, pdu.Final);
    }

    private void Gather(uint tag, Writing write, ReadOnlySpan<byte> data, bool final)
    {
        Assert.True(data.Length <= Terms.MaxRecvDataSegmentLength);
        data.CopyTo(target.Disk.AsSpan(write.Offset + write.Got));
        write = write with { Got = write.Got + data.Length };
        if (write.Transfer == 0 && write.Got > 0) Assert.True(write.Got <= Session.FirstBurstLength);
        if (!final)
        {
            _writes[tag] = write;
            return;
        }
        if (write.Got == write.Length)
        {
            Respond(tag, ScsiStatus.Good);
            return;
        }
        write = write with { Transfer = _transfers++, DataSn = 0 };
        Span<byte> bhs = stackalloc byte[48];
        var pdu = Pdu.Begin<ReadyToTransfer>(bhs);
        pdu.InitiatorTaskTag = new(tag);
        pdu.TargetTransferTag = new(write.Transfer);
        pdu.R2TSn = new((uint)write.R2TSn);
        pdu.BufferOffset = (uint)write.Got;
        pdu.DesiredDataTransferLength = (uint)Math.Min(write.Length - write.Got, Session.MaxBurstLength);
        _writes[tag] = write with { R2TSn = write.R2TSn + 1 };
        Finish(bhs, countsStatus: false);
        Append(bhs, []);
    }

    private void TakeNop(NopOut pdu, ReadOnlySpan<byte> data)
    {
        if (pdu.InitiatorTaskTag.IsReserved) return;
        Span<byte> bhs = stackalloc byte[48];
        var answer = Pdu.Begin<NopIn>(bhs);
        answer.InitiatorTaskTag = pdu.InitiatorTaskTag;
        Finish(bhs, countsStatus: true);
        Append(bhs, data);
    }

    private void TakeFunction(TaskManagementRequest pdu)
    {
        _writes.Remove(pdu.ReferencedTaskTag.Value);
        Answer(pdu.InitiatorTaskTag.Value, TaskManagementResponseCode.FunctionComplete);
    }

    public void Answer(uint tag, TaskManagementResponseCode code)
    {
        Span<byte> bhs = stackalloc byte[48];
        var answer = Pdu.Begin<TaskManagementResponse>(bhs);
        answer.InitiatorTaskTag = new(tag);
        answer.Response = code;
        Finish(bhs, countsStatus: true);
        Append(bhs, []);
    }

    private void TakeLogout(LogoutRequest pdu)
    {
        Span<byte> bhs = stackalloc byte[48];
        var answer = Pdu.Begin<LogoutResponse>(bhs);
        answer.InitiatorTaskTag = pdu.InitiatorTaskTag;
        Finish(bhs, countsStatus: true);
        Append(bhs, []);
        Closing = true;
    }

    // StatSN, ExpCmdSN and MaxCmdSN stand at the same place in every PDU of a target (RFC 7143 section 11).
    public void Finish(Span<byte> bhs, bool countsStatus)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bhs[24..], _statSn.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bhs[28..], _expCmdSn.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bhs[32..], MaxCmdSn.Value);
        if (countsStatus) _statSn = _statSn.Next;
    }

    public void Append(Span<byte> bhs, ReadOnlySpan<byte> data)
    {
        bhs[5] = (byte)(data.Length >> 16);
        bhs[6] = (byte)(data.Length >> 8);
        bhs[7] = (byte)data.Length;
        target.OnSend?.Invoke(this, bhs);
        var framing = new PduFraming(bhs, Terms.HeaderDigest, Terms.DataDigest);
        var length = framing.DataDigestOffset + framing.DataDigestLength;
        length = Math.Max(length, framing.DataSegmentOffset + data.Length);
        Reserve(length);
        var pdu = _out.AsSpan(OutLength, length);
        pdu.Clear();
        bhs.CopyTo(pdu);
        if (Terms.HeaderDigest) Crc32c.Write(pdu[48..], Crc32c.Compute(pdu[..48]));
        data.CopyTo(pdu[framing.DataSegmentOffset..]);
        if (framing.DataDigestLength != 0)
        {
            var covered = pdu.Slice(framing.DataSegmentOffset, framing.PaddedDataSegmentLength);
            Crc32c.Write(pdu[framing.DataDigestOffset..], Crc32c.Compute(covered));
        }
        OutLength += length;
    }

    private void Reserve(int length)
    {
        if (OutLength + length > _out.Length) Array.Resize(ref _out, (OutLength + length) * 2);
    }

    private readonly record struct Writing(int Offset, int Length, int Got, uint Transfer, uint DataSn, int R2TSn);
}

internal delegate void SendBhs<TPdu>(TPdu pdu) where TPdu : IPdu<TPdu>, allows ref struct;
