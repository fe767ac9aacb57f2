using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

public class CommandTests
{
    [Fact]
    public async Task Read_FitsOnePdu_DataInCarriesTheStatus()
    {
        await using var script = await SessionScript.StartAsync();
        Write(script, 5, Pattern(512, 1));
        var tag = script.SendCommand(Cdb.Read10(5, 1), read: 512);
        var pdu = script.Expect(PduOpCode.DataIn);
        var dataIn = DataIn.Over((ReadOnlySpan<byte>)pdu.Header);
        Assert.Equal(tag, dataIn.InitiatorTaskTag.Value);
        Assert.True(dataIn is { Final: true, HasStatus: true, ResidualOverflow: false, ResidualUnderflow: false });
        Assert.Equal(ScsiStatus.Good, dataIn.Status);
        Assert.Equal(script.CmdSn, dataIn.ExpCmdSn.Value);
        Assert.Equal(script.CmdSn + 127, dataIn.MaxCmdSn.Value);
        Assert.Equal(Pattern(512, 1), pdu.Data);
        script.ExpectNothing();
    }

    [Fact]
    public async Task Read_LargerThanSegments_SplitInOrderAndFinalAtEachBurst()
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { InitialR2T = false, MaxBurstLength = 20480 },
            new ConnectionParameters { MaxSendDataSegmentLength = 8192, MaxRecvDataSegmentLength = 262144 });
        var pattern = Pattern(49152, 2);
        Write(script, 0, pattern);
        script.SendCommand(Cdb.Read10(0, 96), read: 49152);
        var read = new List<byte>();
        // Bursts of 20,480: each of 8,192, 8,192 and 4,096.
        foreach (var (length, final) in new[]
        {
            (8192, false), (8192, false), (4096, true), (8192, false), (8192, false), (4096, true), (8192, true),
        })
        {
            var pdu = script.Expect(PduOpCode.DataIn);
            var dataIn = DataIn.Over((ReadOnlySpan<byte>)pdu.Header);
            Assert.Equal((length, final), (pdu.Data.Length, dataIn.Final));
            Assert.Equal((uint)read.Count, dataIn.BufferOffset);
            Assert.Equal(read.Count + length == 49152, dataIn.HasStatus);
            read.AddRange(pdu.Data);
        }
        Assert.Equal(pattern, read);
        script.ExpectNothing();
    }

    [Theory]
    [InlineData(512u, 0u, false, false)]
    [InlineData(200u, 312u, true, false)]
    [InlineData(10000u, 9488u, false, true)]
    public async Task Read_ExpectedLengthDiffers_ResidualIsTold(uint expected, uint residual, bool over, bool under)
    {
        await using var script = await SessionScript.StartAsync();
        script.SendCommand(Cdb.Read10(0, 1), read: expected);
        var pdu = script.Expect(PduOpCode.DataIn);
        var dataIn = DataIn.Over((ReadOnlySpan<byte>)pdu.Header);
        Assert.Equal((residual, over, under),
            (dataIn.ResidualCount, dataIn.ResidualOverflow, dataIn.ResidualUnderflow));
        Assert.Equal((int)Math.Min(expected, 512), pdu.Data.Length);
    }

    [Fact]
    public async Task Commands_ThreeInOneReceive_AnnouncedTwoAhead()
    {
        await using var script = await SessionScript.StartAsync();
        var batch = new List<byte>();
        for (byte code = 0x28; code <= 0x2A; code++)
            batch.AddRange(script.BuildCommand([code, .. new byte[9]], lun: 1).Bytes);
        script.Steered.OnSubmit = task => script.Steered.Complete(task);
        script.SendBytes([.. batch]);
        Assert.Equal(
            [(0x28, 0), (0x29, 1), (0x2A, 2), (0x28, -1), (0x2A, 1), (0x29, -1), (0x2A, -1)], script.Steered.Seen);
        for (var i = 0; i < 3; i++) script.Expect(PduOpCode.ScsiResponse);
    }

    [Fact]
    public async Task Read_LbaPastCapacity_SenseInTheResponse()
    {
        await using var script = await SessionScript.StartAsync();
        var tag = script.SendCommand(Cdb.Read10(2048, 1), read: 512);
        Assert.Equal(
            ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.LogicalBlockAddressOutOfRange));
    }

    [Fact]
    public async Task Command_LunNotMapped_LogicalUnitNotSupported()
    {
        await using var script = await SessionScript.StartAsync();
        var tag = script.SendCommand(Cdb.TestUnitReady, lun: 9);
        Assert.Equal(ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.LogicalUnitNotSupported));
    }

    [Fact]
    public async Task Command_TagInUse_TaskInProgress()
    {
        await using var script = await SessionScript.StartAsync();
        var first = script.SendCommand(Cdb.TestUnitReady, lun: 1);
        var number = script.CmdSn;
        script.Send<ScsiCommand>(c => Fill(c, first, number));
        Assert.Equal(RejectReason.TaskInProgress, script.ExpectReject());
        // The number counts as not received: the initiator fills the gap.
        script.SendCommand(Cdb.TestUnitReady);
        Assert.Equal(PduOpCode.ScsiResponse, script.Expect(PduOpCode.ScsiResponse).OpCode);
    }

    [Fact]
    public async Task Command_WindowFull_NextIsIgnoredUntilOneEnds()
    {
        await using var script = await SessionScript.StartAsync(options: new IscsiPortOptions { CommandWindow = 4 });
        for (var i = 0; i < 4; i++) script.SendCommand(Cdb.TestUnitReady, lun: 1);
        Assert.Equal(4, script.Steered.Tasks.Count);
        var (bytes, tag) = script.BuildCommand(Cdb.TestUnitReady, lun: 0);
        script.SendBytes(bytes);
        script.ExpectNothing();
        Assert.Equal(1, script.Provider.Counters.Ignored);
        script.Steered.Complete(script.Steered.Tasks[0]);
        var freed = ScsiResponse.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.ScsiResponse).Header);
        Assert.Equal(script.CmdSn - 1, freed.ExpCmdSn.Value);
        Assert.Equal(script.CmdSn - 1, freed.MaxCmdSn.Value);
        script.SendBytes(bytes);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
    }

    [Theory]
    [InlineData(-1)]            // one received before
    [InlineData(-1000)]
    [InlineData(128)]           // past the window
    [InlineData(int.MinValue)]  // half the circle away
    public async Task CmdSn_OutsideTheWindow_Ignored(int distance)
    {
        await using var script = await SessionScript.StartAsync();
        var number = script.CmdSn + (uint)distance;
        script.Send<ScsiCommand>(c => Fill(c, 5, number));
        script.Send<TextRequest>(t =>
        {
            t.InitiatorTaskTag = new InitiatorTaskTag(6);
            t.CmdSn = new CmdSn(number);
        });
        script.ExpectNothing();
        Assert.Equal(2, script.Provider.Counters.Ignored);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    [Fact]
    public async Task CmdSn_AGap_HeldAndCarriedOutInOrder()
    {
        await using var script = await SessionScript.StartAsync();
        var (first, firstTag) = script.BuildCommand(Cdb.Write10(1, 1), write: 512, immediate: Pattern(512, 7));
        var (second, secondTag) = script.BuildCommand(Cdb.Read10(1, 1), read: 512);
        var (third, thirdTag) = script.BuildCommand(Cdb.TestUnitReady);
        script.SendBytes(third);
        script.SendBytes(second);
        script.SendBytes(second);       // a duplicate
        script.ExpectNothing();
        Assert.Equal(1, script.Provider.Counters.Ignored);
        script.SendBytes(first);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(firstTag));
        var read = script.Expect(PduOpCode.DataIn);
        Assert.Equal(secondTag, DataIn.Over((ReadOnlySpan<byte>)read.Header).InitiatorTaskTag.Value);
        Assert.Equal(Pattern(512, 7), read.Data);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(thirdTag));
    }

    [Fact]
    public async Task Command_Immediate_OutsideTheOrderAndTheWindow()
    {
        await using var script = await SessionScript.StartAsync(
            options: new IscsiPortOptions { CommandWindow = 2, ImmediateCommandsMax = 3 });
        script.SendCommand(Cdb.TestUnitReady, lun: 1);
        script.SendCommand(Cdb.TestUnitReady, lun: 1);
        for (var i = 0u; i < 3; i++) SendImmediate(script, 0x500 + i, lun: 1);
        Assert.Equal(5, script.Steered.Tasks.Count);
        SendImmediate(script, 0x600, lun: 1);
        Assert.Equal(RejectReason.ImmediateCommandReject, script.ExpectReject());
        script.Steered.Complete(script.Steered.Tasks[4]);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(0x502));
        SendImmediate(script, 0x601, lun: 0);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(0x601));
    }

    [Fact]
    public async Task Command_LongCdb_AdditionalHeaderIsPartOfIt()
    {
        await using var script = await SessionScript.StartAsync();
        var cdb = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        cdb[0] = 0x7F;
        var header = new byte[BasicHeaderSegment.Length + AdditionalHeaderSegments.LengthOf(16, bidirectional: false)];
        var command = Pdu.Begin<ScsiCommand>(header);
        command.TotalAhsLength = header.Length - BasicHeaderSegment.Length;
        Fill(command, 5, script.CmdSn++, lun: 1);
        command.Cdb = cdb.AsSpan(0, 16);
        AdditionalHeaderSegments.Write(header.AsSpan(BasicHeaderSegment.Length), cdb.AsSpan(16), null);
        script.SendBytes(header);
        Assert.Equal(cdb, script.Steered.Tasks.Single().Cdb.ToArray());
    }

    [Fact]
    public async Task Command_AdditionalHeaderIsNonsense_InvalidPduField()
    {
        await using var script = await SessionScript.StartAsync();
        var header = new byte[BasicHeaderSegment.Length + 8];
        var command = Pdu.Begin<ScsiCommand>(header);
        Fill(command, 5, script.CmdSn);
        header[4] = 2;
        header[48] = 0xFF;              // a segment that reaches past the header
        script.SendBytes(header);
        Assert.Equal(RejectReason.InvalidPduField, script.ExpectReject());
    }

    [Fact]
    public async Task Command_InDiscoverySession_ProtocolError()
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { SessionType = SessionType.Discovery });
        script.SendCommand(Cdb.TestUnitReady);
        Assert.Equal(RejectReason.ProtocolError, script.ExpectReject());
    }

    internal static byte[] Pattern(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static void Write(SessionScript script, uint lba, byte[] data)
    {
        for (var at = 0; at < data.Length; at += 32768)
        {
            var piece = data.AsSpan(at, Math.Min(32768, data.Length - at));
            var blocks = piece.Length / SessionScript.BlockBytes;
            var tag = script.SendCommand(
                Cdb.Write10(lba + (uint)(at / SessionScript.BlockBytes), blocks), write: (uint)piece.Length,
                immediate: piece);
            Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
        }
    }

    internal static void Fill(ScsiCommand command, uint tag, uint number, int lun = 0)
    {
        command.Attribute = TaskAttributeCode.Simple;
        command.InitiatorTaskTag = new InitiatorTaskTag(tag);
        command.CmdSn = new CmdSn(number);
        command.Lun = Lun.FromNumber(lun);
    }

    private static void SendImmediate(SessionScript script, uint tag, int lun) => script.Send<ScsiCommand>(c =>
    {
        Fill(c, tag, script.CmdSn, lun);
        c.Immediate = true;
    });
}
