using System.Buffers.Binary;
using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Scsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>
/// A target may do anything: the session says what, memory stays bounded, the caller's is never overrun.
/// </summary>
public sealed class HostileTargetTests : IDisposable
{
    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    /// <summary>What the target does when it is asked to read 1,024 bytes, and what the session says to it.</summary>
    public static TheoryData<string, string> ReadMisdeeds => new()
    {
        { "data beyond the buffer", "600 bytes of Data-In at 512" },
        { "data at another offset", "of Data-In at 100" },
        { "data at a huge offset", "of Data-In at 4294967295" },
        { "data for a write", "Data-In at 0; 0 of 0" },
        { "unknown tag", "which is not on the wire" },
        { "tag out of range", "which is not on the wire" },
        { "old tag", "which is not on the wire" },
        { "wrong DataSN", "DataSN 5 where 0 was next" },
        { "data lost in between", "DataSN 2 where 1 was next" },
        { "data sent twice", "DataSN 0 where 1 was next" },
        { "last data lost", "counts 2 data PDUs of a command; 1 have come" },
        { "all data lost", "counts 2 data PDUs of a command; 0 have come" },
        { "more data than counted", "counts 1 data PDUs of a command; 2 have come" },
        { "status skipped", "StatSN" },
        { "response for an unknown tag", "which is not on the wire" },
        { "sense longer than its segment", "sense length" },
        { "additional headers", "additional headers" },
        { "endless data segment", "is longer than" },
        { "opcode of an initiator", "opcode 01h" },
        { "login again", "opcode 23h" },
        { "R2T for a read", "an R2T asks for" },
        { "management answer to nothing", "which is not on the wire" },
        { "logout answer to nothing", "which is not on the wire" },
        { "text answer to nothing", "which is not on the wire" },
        { "ping answer to nothing", "which is not on the wire" },
        { "reject of nothing", "a Reject without the header" },
        { "reject of a logout", "rejected LogoutRequest" },
    };

    [Theory]
    [MemberData(nameof(ReadMisdeeds))]
    public async Task Read_TargetBreaksTheProtocol_SessionSaysHowAndComesBack(string misdeed, string text)
    {
        var session = await _net.ConnectAsync();
        var buffer = new byte[1024 + 1024];
        var done = false;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            if (done || bhs[32] is not (0x28 or 0x2A)) return false;
            done = true;
            Misbehave(side, new BasicHeaderSegment(bhs).InitiatorTaskTag.Value, misdeed);
            return true;
        };
        var writes = misdeed == "data for a write";
        var task = writes
            ? Start(session, Write10(0, 1), dataOut: new byte[512])
            : Start(session, Read10(0, 2), buffer.AsMemory(0, 1024));
        _net.Advance(TimeSpan.FromSeconds(1));
        var result = await task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(result.IsGood, result.Describe());              // sent again, and answered rightly
        var lost = Assert.Single(_net.Notices, notice => notice.Kind == IscsiSessionNoticeKind.ConnectionLost);
        Assert.Contains(text, lost.Fault!.Text, StringComparison.Ordinal);
        Assert.Equal(IscsiFaultKind.ProtocolError, lost.Fault.Kind);
        Assert.Equal(-1, buffer.AsSpan(1024).IndexOfAnyExcept((byte)0));
        await _net.CloseAsync(session);
    }

    // Widely used targets count nothing, and a response that names no residual for what it did not send says nothing
    // either: the caller is told what came.
    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(1, 0, 512)]
    [InlineData(1, 1, 512)]
    [InlineData(0, 0, 1024)]
    public async Task Read_StatusByItself_ResidualIsWhatIsMissing(int pdus, uint counted, long missing)
    {
        var session = await _net.ConnectAsync();
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            if (bhs[32] != 0x28) return false;
            Answer(side, new BasicHeaderSegment(bhs).InitiatorTaskTag.Value, pdus, counted);
            return true;
        };
        var result = await _net.RunAsync(session, Read10(0, 2), new byte[1024]);
        Assert.True(result.IsGood, result.Describe());
        Assert.Equal((pdus * 512, missing), (result.DataInLength, result.Residual));
        await _net.CloseAsync(session);
    }

    // RFC 7143 counts no R2T, RFC 3720 did.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Write_ResponseCountsR2TsOrNot_IsGood(uint counted)
    {
        var session = await _net.ConnectAsync(_net.Options with { InitialR2T = true, ImmediateData = false });
        _net.Target.OnSend = (_, bhs) =>
        {
            if ((PduOpCode)bhs[0] == PduOpCode.ScsiResponse)
                ScsiResponse.Over(new BasicHeaderSegment(bhs)).ExpDataSn = new(counted);
        };
        Assert.True((await _net.RunAsync(session, Write10(0, 8), dataOut: new byte[4096])).IsGood);
        Assert.DoesNotContain(_net.Notices, notice => notice.Kind == IscsiSessionNoticeKind.ConnectionLost);
        await _net.CloseAsync(session);
    }

    /// <summary>R2Ts for a write of 4,096 bytes with InitialR2T=Yes and no immediate data.</summary>
    public static TheoryData<uint, uint, uint, uint, string> R2TMisdeeds => new()
    {
        { 0, 8192, 0, 1, "an R2T asks for 8192 bytes at 0" },
        { 4096, 512, 0, 1, "an R2T asks for 512 bytes at 4096" },
        { 512, 512, 0, 1, "an R2T asks for 512 bytes at 512" },
        { 0, 0, 0, 1, "asks for 0 bytes" },
        { 0, uint.MaxValue, 0, 1, "asks for 4294967295 bytes" },
        { uint.MaxValue, 512, 0, 1, "an R2T asks for 512 bytes at 4294967295" },
        { 0, 512, 3, 1, "R2TSN 3 where 0 was next" },
        { 0, 512, 0, uint.MaxValue, "without a target transfer tag" },
    };

    [Theory]
    [MemberData(nameof(R2TMisdeeds))]
    public async Task Write_R2TPastTheWrite_NothingOfTheMemoryBehindIsSent(
        uint offset, uint length, uint r2tSn, uint transfer, string text)
    {
        var session = await _net.ConnectAsync(_net.Options with { InitialR2T = true, ImmediateData = false });
        var done = false;
        var sent = 0;
        _net.Target.OnPdu = (side, bhs, data) =>
        {
            if (done) sent += data.Length;
            if (done || new BasicHeaderSegment(bhs).OpCode != PduOpCode.ScsiCommand) return false;
            done = true;
            Span<byte> answer = stackalloc byte[48];
            var pdu = Pdu.Begin<ReadyToTransfer>(answer);
            pdu.InitiatorTaskTag = new BasicHeaderSegment(bhs).InitiatorTaskTag;
            pdu.TargetTransferTag = new(transfer);
            pdu.R2TSn = new(r2tSn);
            pdu.BufferOffset = offset;
            pdu.DesiredDataTransferLength = length;
            side.Finish(answer, countsStatus: false);
            side.Append(answer, []);
            return true;
        };
        var task = Start(session, Write10(0, 8), dataOut: SessionTests.Pattern(4096, 1));
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await task).IsGood);
        var lost = Assert.Single(_net.Notices, notice => notice.Kind == IscsiSessionNoticeKind.ConnectionLost);
        Assert.Contains(text, lost.Fault!.Text, StringComparison.Ordinal);
        Assert.Equal(4096, sent);
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(true, "header")]
    [InlineData(false, "data")]
    public async Task Read_DigestWrong_CommandIsSentAgain(bool header, string which)
    {
        var session = await _net.ConnectAsync(_net.Options with
        {
            HeaderDigests = [Digest.Crc32C],
            DataDigests = [Digest.Crc32C],
        });
        new Random(9).NextBytes(_net.Target.Disk);
        foreach (var blocks in (int[])[1, 200])                     // copied, and received where it belongs
        {
            _net.Splits = new Random(blocks);
            var done = false;
            _net.Target.OnPdu = (side, bhs, _) =>
            {
                if (done || bhs[32] != 0x28) return false;
                done = true;
                var from = side.OutLength;
                side.Read(new BasicHeaderSegment(bhs).InitiatorTaskTag.Value, new byte[blocks * 512], blocks * 512);
                side.Corrupt(from + (header ? 49 : 60));
                return true;
            };
            var back = new byte[blocks * 512];
            var task = Start(session, Read10(7, blocks), back);
            _net.Advance(TimeSpan.FromSeconds(1));
            Assert.True((await task).IsGood);
            Assert.True(_net.Target.Disk.AsSpan(7 * 512, back.Length).SequenceEqual(back));
        }
        var faults = _net.Notices.Where(notice => notice.Kind == IscsiSessionNoticeKind.ConnectionLost).ToList();
        Assert.Equal(2, faults.Count);
        Assert.All(faults, notice => Assert.Equal(IscsiFaultKind.DigestError, notice.Fault!.Kind));
        Assert.All(faults, notice => Assert.Contains(which, notice.Fault!.Text, StringComparison.Ordinal));
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Pings_Answered_FloodEndsTheConnection()
    {
        var session = await _net.ConnectAsync();
        var echoed = 0;
        _net.Target.OnPdu = (_, bhs, data) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode != PduOpCode.NopOut || !header.InitiatorTaskTag.IsReserved) return false;
            Assert.Equal("are you there"u8, data);
            Assert.Equal(77u, NopOut.Over(header).TargetTransferTag.Value);
            echoed++;
            return true;
        };
        for (var i = 0; i < 1000; i++) _net.Target.Last.Ping(77, "are you there"u8);
        _net.Pump();
        Assert.Equal(1000, echoed);
        Assert.Equal(1, _net.Target.Logins);
        for (var i = 0; i < 2000; i++) _net.Target.Last.Ping(77, "are you there"u8);
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _net.Target.Logins);
        var lost = Assert.Single(_net.Notices, notice => notice.Kind == IscsiSessionNoticeKind.ConnectionLost);
        Assert.Contains("pinged more", lost.Fault!.Text, StringComparison.Ordinal);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Reject_OfACommand_ThatCommandAloneFails()
    {
        var session = await _net.ConnectAsync();
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            if (bhs[32] != 0x28) return false;
            var rejected = bhs.ToArray();
            side.Send<Reject>(pdu => pdu.Reason = RejectReason.InvalidPduField, rejected);
            return true;
        };
        var result = await _net.RunAsync(session, Read10(0, 1), new byte[512]);
        Assert.Equal(CommandOutcome.TargetFailure, result.Outcome);
        Assert.Contains("InvalidPduField", result.Fault!.Text, StringComparison.Ordinal);
        Assert.True((await _net.RunAsync(session, [0, 0, 0, 0, 0, 0])).IsGood);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Reject_OfACommandWhoseNumberStaysOpen_SessionIsMadeAnewAndTheCommandSentAgain()
    {
        var session = await _net.ConnectAsync();
        var rejections = 0;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            if (bhs[32] != 0x28 || rejections++ > 0) return false;
            var header = new byte[48];
            var reject = Pdu.Begin<Reject>(header);
            side.Finish(header, countsStatus: true);
            reject.Reason = RejectReason.DataDigestError;
            reject.ExpCmdSn = ScsiCommand.Over(new BasicHeaderSegment(bhs)).CmdSn;
            side.Append(header, bhs);
            return true;
        };
        var reading = Start(session, Read10(0, 1), new byte[512]);
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await reading).IsGood);
        Assert.Equal(2, rejections);
        Assert.Equal(2, session.Settings.Logins);
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Received_Noise_NoInvariantBreaks(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var session = await _net.ConnectAsync(_net.Options with { RecoveryTime = TimeSpan.Zero });
            var buffer = new byte[4096];
            var tasks = Enumerable.Range(0, 4).Select(_ => Start(session, Read10(0, 8), buffer)).ToList();
            _net.Target.OnPdu = (_, _, _) => true;
            _net.Pump();
            var noise = new byte[48 * random.Next(1, 12)];
            random.NextBytes(noise);
            for (var at = 0; at < noise.Length; at += 48)
            {
                // Nearly right: a target's opcode, small lengths, a tag that may be on the wire.
                byte[] codes = [0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x31, 0x32, 0x3F];
                noise[at] = codes[random.Next(codes.Length)];
                BinaryPrimitives.WriteUInt32BigEndian(noise.AsSpan(at + 4), (uint)random.Next(2) * 48);
                BinaryPrimitives.WriteUInt32BigEndian(noise.AsSpan(at + 16), 0x10000 + (uint)random.Next(6));
                BinaryPrimitives.WriteUInt32BigEndian(noise.AsSpan(at + 24), _net.Target.Last.StatSn.Value);
                BinaryPrimitives.WriteUInt32BigEndian(noise.AsSpan(at + 36), (uint)random.Next(2));
                BinaryPrimitives.WriteUInt32BigEndian(noise.AsSpan(at + 40), (uint)random.Next(2) * 48);
            }
            _net.Target.Last.Raw(noise);
            _net.Pump();
            _net.Cut();
            _net.Pump();
            await Task.WhenAll(tasks).WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.NotEqual(IscsiFaultKind.Internal, session.Fault?.Kind);
            _net.Target.OnPdu = null;
            await _net.CloseAsync(session);
        }
    }

    private static void Misbehave(TargetSide side, uint tag, string misdeed)
    {
        Span<byte> bhs = stackalloc byte[48];
        switch (misdeed)
        {
            case "data beyond the buffer":
                Data(side, tag, 0, 0, 512);
                Data(side, tag, 1, 512, 600);
                break;
            case "data at another offset": Data(side, tag, 0, 100, 16); break;
            case "data at a huge offset": Data(side, tag, 0, uint.MaxValue, 16); break;
            case "data for a write": Data(side, tag, 0, 0, 16); break;
            case "unknown tag": Data(side, tag + 7, 0, 0, 16); break;
            case "tag out of range": Data(side, 0xFFFF_7FFF, 0, 0, 16); break;
            case "old tag": Data(side, tag - 0x10000, 0, 0, 16); break;
            case "wrong DataSN": Data(side, tag, 5, 0, 16); break;
            case "data lost in between":
                Data(side, tag, 0, 0, 512);
                Data(side, tag, 2, 512, 512);
                break;
            case "data sent twice":
                Data(side, tag, 0, 0, 512);
                Data(side, tag, 0, 512, 512);
                break;
            case "last data lost": Answer(side, tag, pdus: 1, counted: 2); break;
            case "all data lost": Answer(side, tag, pdus: 0, counted: 2); break;
            case "more data than counted": Answer(side, tag, pdus: 2, counted: 1); break;
            case "status skipped":
                side.StatSn = side.StatSn.Advance(2);
                side.Respond(tag, ScsiStatus.Good);
                break;
            case "response for an unknown tag": side.Respond(tag + 1, ScsiStatus.Good); break;
            case "sense longer than its segment":
                side.Send<ScsiResponse>(pdu => pdu.InitiatorTaskTag = new(tag), [0x0F, 0xFF, 0x70, 0]);
                break;
            case "additional headers":
                side.Send<ScsiResponse>(pdu => pdu.InitiatorTaskTag = new(tag));
                side.Corrupt(side.OutLength - 44);
                break;
            case "endless data segment":
                Pdu.Begin<DataIn>(bhs).DataSegmentLength = 0xFF_FFFF;
                side.Raw(bhs);
                break;
            case "opcode of an initiator": side.Send<Lunette.Iscsi.ScsiCommand>(_ => { }); break;
            case "login again": side.Send<LoginResponse>(_ => { }); break;
            case "R2T for a read":
                side.Send<ReadyToTransfer>(pdu => Ask(pdu, tag), countsStatus: false);
                break;
            case "management answer to nothing": side.Answer(5, TaskManagementResponseCode.FunctionComplete); break;
            case "logout answer to nothing": side.Send<LogoutResponse>(_ => { }); break;
            case "text answer to nothing": side.Send<TextResponse>(_ => { }); break;
            case "ping answer to nothing": side.Send<NopIn>(pdu => pdu.InitiatorTaskTag = new(tag)); break;
            case "reject of nothing": side.Send<Reject>(pdu => pdu.Reason = RejectReason.ProtocolError); break;
            case "reject of a logout":
                Pdu.Begin<LogoutRequest>(bhs);
                side.Send<Reject>(pdu => pdu.Reason = RejectReason.ProtocolError, bhs);
                break;
            default: throw new ArgumentException(misdeed);
        }
    }

    private static void Ask(ReadyToTransfer pdu, uint tag)
    {
        pdu.InitiatorTaskTag = new(tag);
        pdu.TargetTransferTag = new(1);
        pdu.DesiredDataTransferLength = 512;
    }

    // Data-In of 512 bytes each, then GOOD in a response of its own, which says how many they were.
    private static void Answer(TargetSide side, uint tag, int pdus, uint counted)
    {
        for (var i = 0; i < pdus; i++) Data(side, tag, (uint)i, (uint)i * 512, 512);
        side.Send<ScsiResponse>(pdu =>
        {
            pdu.InitiatorTaskTag = new(tag);
            pdu.ExpDataSn = new(counted);
        });
    }

    private static void Data(TargetSide side, uint tag, uint dataSn, uint offset, int length) =>
        side.Send<DataIn>(
            pdu =>
            {
                pdu.Final = false;
                pdu.InitiatorTaskTag = new(tag);
                pdu.DataSn = new(dataSn);
                pdu.BufferOffset = offset;
            },
            SessionTests.Pattern(length, 1), countsStatus: false);
}
