using System.Buffers.Binary;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Runtime.Streams;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

public class BadInputTests
{
    private static readonly ConnectionParameters s_digests = new()
    {
        HeaderDigest = true,
        DataDigest = true,
        MaxSendDataSegmentLength = 65536,
        MaxRecvDataSegmentLength = 262144,
    };

    [Fact]
    public async Task HeaderDigest_Wrong_ConnectionIsLost()
    {
        await using var script = await SessionScript.StartAsync(connection: s_digests);
        var (bytes, _) = script.BuildCommand(Cdb.TestUnitReady);
        bytes[20] ^= 1;
        script.SendBytes(bytes);
        script.ExpectDropped(DropReason.HeaderDigestError);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(32768)]
    public async Task DataDigest_WrongOnDataOut_RejectAndTheTaskEnds(int length)
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { ImmediateData = false, MaxBurstLength = 65536 }, s_digests);
        var tag = script.SendCommand(Cdb.Write10(0, length / 512), write: (uint)length);
        var (transfer, _, _, _) = DataOutTests.Read(script.Expect(PduOpCode.ReadyToTransfer));
        var bytes = script.Build<DataOut>(
            d =>
            {
                d.InitiatorTaskTag = new InitiatorTaskTag(tag);
                d.TargetTransferTag = transfer;
            },
            new byte[length]);
        bytes[60] ^= 1;
        // A long one arrives in two pieces, so that it is received where it belongs.
        script.SendBytes(bytes[..100]);
        script.SendBytes(bytes[100..]);
        Assert.Equal(RejectReason.DataDigestError, script.ExpectReject());
        Assert.Equal(ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.ProtocolServiceCrcError));
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    [Fact]
    public async Task DataDigest_WrongOnImmediateData_RejectAndTheNumberStaysOpen()
    {
        await using var script = await SessionScript.StartAsync(connection: s_digests);
        var (bytes, tag) = script.BuildCommand(Cdb.Write10(0, 1), write: 512, immediate: new byte[512]);
        var broken = bytes.ToArray();
        broken[60] ^= 1;
        script.SendBytes(broken);
        Assert.Equal(RejectReason.DataDigestError, script.ExpectReject());
        script.ExpectNothing();
        script.SendBytes(bytes);        // the initiator fills the gap
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
    }

    [Fact]
    public async Task DataDigest_WrongOnLongImmediateData_RejectAndTheTaskEnds()
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { InitialR2T = false, FirstBurstLength = 65536 }, s_digests);
        var (bytes, tag) = script.BuildCommand(Cdb.Write10(0, 128), write: 65536, immediate: new byte[65536]);
        bytes[5000] ^= 1;
        script.SendBytes(bytes[..2000]);
        script.SendBytes(bytes[2000..]);
        Assert.Equal(RejectReason.DataDigestError, script.ExpectReject());
        Assert.Equal(ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.ProtocolServiceCrcError));
    }

    [Fact]
    public async Task Pdu_LongerThanWeTake_Dropped()
    {
        await using var script = await SessionScript.StartAsync();
        var header = new byte[48];
        Pdu.Begin<NopOut>(header);
        header[5] = 0xFF;
        script.SendBytes(header);
        script.ExpectDropped(DropReason.OversizedPdu);
    }

    [Theory]
    [InlineData(0x1C, RejectReason.CommandNotSupported)]
    [InlineData(0x25, RejectReason.CommandNotSupported)]        // a target's own PDU
    [InlineData(0x10, RejectReason.SnackReject)]
    [InlineData(0x43, RejectReason.ProtocolError)]              // a login
    public async Task Pdu_NotForThisPhase_RejectedAndTheSessionGoesOn(byte opCode, RejectReason reason)
    {
        await using var script = await SessionScript.StartAsync();
        var header = new byte[48];
        header[0] = opCode;
        header[1] = 0x80;
        script.SendBytes(header);
        Assert.Equal(reason, script.ExpectReject());
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
        Assert.Equal(1, script.Provider.Counters.Rejects(reason));
    }

    [Fact]
    public async Task Stream_EndsInTheMiddleOfAPdu_NothingIsLeft()
    {
        var (bytes, _) = (await BytesOfAWriteAsync());
        for (var at = 1; at < bytes.Length; at += 97)
        {
            await using var script = await SessionScript.StartAsync();
            script.SendBytes(bytes[..at]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Stream_NearlyRightPdus_NoFaultNoLeak(int seed)
    {
        var random = new Random(seed);
        var connection = random.Next(2) == 0
            ? new ConnectionParameters { MaxSendDataSegmentLength = 4096, MaxRecvDataSegmentLength = 65536 }
            : s_digests;
        for (var round = 0; round < 20; round++)
        {
            await using var script = await SessionScript.StartAsync(
                new SessionParameters
                {
                    InitialR2T = random.Next(2) == 0,
                    ImmediateData = random.Next(2) == 0,
                    FirstBurstLength = 8192,
                    MaxBurstLength = 16384,
                    MaxOutstandingR2T = random.Next(1, 5),
                    ProtocolLevel = 2,
                },
                connection);
            script.Steered.OnSubmit = task =>
            {
                switch (random.Next(4))
                {
                    case 0:
                        script.Steered.Complete(task);
                        break;
                    case 1 when task.ExpectedDataOutLength is > 0 and < 100_000:
                        task.RequestDataOut((int)task.ExpectedDataOutLength);
                        break;
                }
            };
            for (var step = 0; step < 200 && script.Wire.End == StreamEnd.None; step++)
            {
                var pdu = NearlyRight(random, script);
                var at = random.Next(pdu.Length + 1);
                script.Wire.Put(pdu.AsMemory(0, at));
                if (random.Next(3) == 0) script.Loop.Pump();
                script.Wire.Put(pdu.AsMemory(at));
                script.Loop.Pump();
                if (random.Next(20) == 0) script.Loop.Advance(TimeSpan.FromSeconds(random.Next(1, 20)));
                script.Wire.Take();
            }
            Assert.Equal(0, script.Provider.Counters.Drops(DropReason.Fault));
        }
    }

    private static async Task<(byte[] Bytes, uint Tag)> BytesOfAWriteAsync()
    {
        await using var script = await SessionScript.StartAsync();
        return script.BuildCommand(Cdb.Write10(0, 64), write: 32768, immediate: new byte[32768]);
    }

    // Lawful in most fields, so that it gets far before something is wrong.
    private static byte[] NearlyRight(Random random, SessionScript script)
    {
        var header = new byte[48];
        header[0] = random.Next(12) switch
        {
            <= 4 => 0x01,
            5 or 6 => 0x05,
            7 => 0x02,
            8 => 0x00,
            9 => 0x04,
            10 => (byte)random.Next(256),
            _ => 0x41,
        };
        header[1] = (byte)(0x80 | random.Next(128));
        var length = random.Next(4) switch { 0 => 0, 1 => 512, 2 => random.Next(3000), _ => random.Next(40_000) };
        var data = new byte[length];
        header[9] = (byte)random.Next(3);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16), (uint)random.Next(20));
        BinaryPrimitives.WriteUInt32BigEndian(
            header.AsSpan(20), random.Next(2) == 0 ? 0xFFFF_FFFF : (uint)random.Next(70_000));
        BinaryPrimitives.WriteUInt32BigEndian(
            header.AsSpan(24), script.Session.ExpCmdSn.Value + (uint)(random.Next(4) == 0 ? random.Next(-3, 130) : 0));
        var cdb = random.Next(3) switch
        {
            0 => Cdb.Write10((uint)random.Next(3000), random.Next(200)),
            1 => Cdb.Read10((uint)random.Next(3000), random.Next(200)),
            _ => Cdb.Inquiry((byte)random.Next(256)),
        };
        if ((header[0] & 0x3F) == 1) cdb.CopyTo(header, 32);
        var offset = (uint)random.Next(3) * 512;
        if ((header[0] & 0x3F) == 5) BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(40), offset);
        if (random.Next(10) == 0) header[random.Next(48)] ^= (byte)(1 << random.Next(8));
        header[4] = 0;
        header[5] = 0;
        header[6] = (byte)(data.Length >> 8);
        header[7] = (byte)data.Length;
        var bytes = WirePdu.Frame(header, data, script.Connection.HeaderDigest, script.Connection.DataDigest);
        if (random.Next(100) == 0) bytes[random.Next(bytes.Length)] ^= 0x10;
        return bytes;
    }
}
