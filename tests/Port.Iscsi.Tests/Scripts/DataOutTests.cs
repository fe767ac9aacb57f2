using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;
using Lunette.Testing.Iscsi;
using static Lunette.Port.Iscsi.Tests.Scripts.CommandTests;

namespace Lunette.Port.Iscsi.Tests.Scripts;

public class DataOutTests
{
    private static readonly SessionParameters s_solicitedOnly = new()
    {
        InitialR2T = true,
        ImmediateData = false,
        MaxBurstLength = 4096,
        MaxOutstandingR2T = 2,
    };

    [Fact]
    public async Task Write_Solicited_ReadyToTransfersStayWithinWhatWasAgreed()
    {
        await using var script = await SessionScript.StartAsync(s_solicitedOnly);
        var data = Pattern(5 * 4096, 3);
        var tag = script.SendCommand(Cdb.Write10(0, 40), write: 5 * 4096);
        var bursts = new Queue<WirePdu>();
        bursts.Enqueue(script.Expect(PduOpCode.ReadyToTransfer));
        bursts.Enqueue(script.Expect(PduOpCode.ReadyToTransfer));
        script.ExpectNothing();
        for (var burst = 0u; burst < 5; burst++)
        {
            var (transfer, offset, length, number) = Read(bursts.Dequeue());
            Assert.Equal((burst * 4096, 4096u, burst), (offset, length, number));
            SendBurst(script, tag, transfer, data, (int)offset, 4096, 1000);
            if (burst + 2 < 5) bursts.Enqueue(script.Expect(PduOpCode.ReadyToTransfer));
        }
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
        Assert.Equal(data, ReadBack(script, 0, 40));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4096, 0)]
    [InlineData(0, 8192)]
    [InlineData(4096, 4096)]
    [InlineData(2048, 6144)]
    public async Task Write_ImmediateThenUnsolicitedThenSolicited_AllArrives(int immediate, int unsolicited)
    {
        await using var script = await SessionScript.StartAsync(new SessionParameters
        {
            InitialR2T = false,
            FirstBurstLength = 8192,
            MaxBurstLength = 16384,
            MaxOutstandingR2T = 1,
        });
        var data = Pattern(65536, 4);
        var tag = script.SendCommand(
            Cdb.Write10(8, 128), write: 65536, immediate: data.AsSpan(0, immediate), final: unsolicited == 0);
        if (unsolicited > 0) SendBurst(script, tag, TargetTransferTag.Reserved, data, immediate, unsolicited, 3000);
        var sent = immediate + unsolicited;
        while (sent < data.Length)
        {
            var (transfer, offset, length, _) = Read(script.Expect(PduOpCode.ReadyToTransfer));
            Assert.Equal((uint)sent, offset);
            SendBurst(script, tag, transfer, data, sent, (int)length, 8192);
            sent += (int)length;
        }
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
        Assert.Equal(data, ReadBack(script, 8, 128));
    }

    [Fact]
    public async Task Write_LogicalUnitNotReadyForIt_EarlyDataIsKept()
    {
        await using var script = await SessionScript.StartAsync(new SessionParameters
        {
            InitialR2T = false,
            FirstBurstLength = 8192,
            MaxBurstLength = 16384,
        });
        var data = Pattern(12288, 5);
        var tag = script.SendCommand(
            Cdb.Write10(0, 24), write: 12288, immediate: data.AsSpan(0, 2048), lun: 1, final: false);
        SendBurst(script, tag, TargetTransferTag.Reserved, data, 2048, 6144, 2048);
        script.ExpectNothing();
        // Only now the logical unit looks at the command.
        var task = script.Steered.Tasks.Single();
        Assert.Equal(DataOutResult.Pending, task.RequestDataOut(12288));
        var (transfer, offset, length, _) = Read(script.Expect(PduOpCode.ReadyToTransfer));
        Assert.Equal((8192u, 4096u), (offset, length));
        byte[]? arrived = null;
        SendBurst(script, tag, transfer, data, 8192, 2048, 2048, final: false);
        arrived = Take(task, 10240);
        Assert.Equal(data[..10240], arrived);
        SendBurst(script, tag, transfer, data, 10240, 2048, 2048, first: 1);
        Assert.Equal(DataOutOutcome.Arrived, script.Steered.Arrived.Single().Outcome);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
    }

    [Fact]
    public async Task Write_EndsBeforeUnsolicitedDataHasCome_AnswerWaitsForIt()
    {
        await using var script = await SessionScript.StartAsync();
        var data = Pattern(4096, 6);
        var tag = script.SendCommand(Cdb.Write10(5000, 8), write: 4096, final: false);      // past the end
        script.ExpectNothing();
        SendBurst(script, tag, TargetTransferTag.Reserved, data, 0, 2048, 2048, final: false);
        script.ExpectNothing();
        SendBurst(script, tag, TargetTransferTag.Reserved, data, 2048, 2048, 2048, first: 1);
        Assert.Equal(
            ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.LogicalBlockAddressOutOfRange));
    }

    [Fact]
    public async Task Write_AnnouncedDataNeverComes_AnsweredAtTheDeadline()
    {
        await using var script = await SessionScript.StartAsync();
        var tag = script.SendCommand(Cdb.Write10(5000, 8), write: 4096, final: false);
        Wait(script, 29);
        script.ExpectNothing();
        Wait(script, 3);
        Assert.Equal(
            ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.LogicalBlockAddressOutOfRange));
    }

    [Fact]
    public async Task Write_SolicitedDataNeverComes_InitiatorResponseTimeout()
    {
        await using var script = await SessionScript.StartAsync(s_solicitedOnly);
        var tag = script.SendCommand(Cdb.Write10(0, 8), write: 4096);
        var (transfer, _, _, _) = Read(script.Expect(PduOpCode.ReadyToTransfer));
        Wait(script, 32);
        Assert.Equal(ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.InitiatorResponseTimeout));
        // What comes late belongs to nobody and hurts nobody.
        SendBurst(script, tag, transfer, Pattern(4096, 1), 0, 4096, 4096);
        script.ExpectNothing();
        Assert.Equal(1, script.Provider.Counters.Ignored);
    }

    // A slow link takes longer for the whole than the time for which a write may wait.
    [Fact]
    public async Task Write_DataKeepComing_TheTimeBeginsAnewWithEach()
    {
        await using var script = await SessionScript.StartAsync(s_solicitedOnly);
        var tag = script.SendCommand(Cdb.Write10(0, 8), write: 4096);
        var (transfer, _, _, _) = Read(script.Expect(PduOpCode.ReadyToTransfer));
        for (var i = 0; i < 8; i++)
        {
            Wait(script, 20);
            script.ExpectNothing();
            SendBurst(script, tag, transfer, Pattern(4096, 1), i * 512, 512, 512, final: i == 7, first: (uint)i);
        }
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
        Assert.Equal(Pattern(4096, 1), ReadBack(script, 0, 8));
    }

    // One that drips does not keep the others, or itself, for ever.
    [Fact]
    public async Task Write_DataDrips_EndedAtTenTimesTheDeadline()
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { ImmediateData = false, MaxBurstLength = 16384 });
        var drips = script.SendCommand(Cdb.Write10(0, 32), write: 16384);
        var (transfer, _, _, _) = Read(script.Expect(PduOpCode.ReadyToTransfer));
        var silent = script.SendCommand(Cdb.Write10(64, 8), write: 4096);
        script.Expect(PduOpCode.ReadyToTransfer);
        for (var i = 0; i < 14; i++)
        {
            Wait(script, 20);
            SendBurst(script, drips, transfer, Pattern(16384, 1), i * 512, 512, 512, final: false, first: (uint)i);
        }
        script.ExpectNothing();
        Wait(script, 25);
        foreach (var tag in new[] { drips, silent })
        {
            Assert.Equal(
                ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.InitiatorResponseTimeout));
        }
    }

    public static TheoryData<string, AdditionalSense> Mistakes => new()
    {
        { "number", AdditionalSense.DataPhaseError },
        { "offset", AdditionalSense.DataOffsetError },
        { "length", AdditionalSense.TooMuchWriteData },
        { "final early", AdditionalSense.DataPhaseError },
        { "final missing", AdditionalSense.DataPhaseError },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task DataOut_Wrong_RejectedAndTheTaskEnds(string mistake, AdditionalSense sense)
    {
        await using var script = await SessionScript.StartAsync(s_solicitedOnly);
        var tag = script.SendCommand(Cdb.Write10(0, 8), write: 4096);
        var (transfer, _, _, _) = Read(script.Expect(PduOpCode.ReadyToTransfer));
        script.Send<DataOut>(
            d =>
            {
                d.InitiatorTaskTag = new InitiatorTaskTag(tag);
                d.TargetTransferTag = transfer;
                d.DataSn = new DataSn(mistake == "number" ? 1u : 0);
                d.BufferOffset = mistake == "offset" ? 4u : 0;
                d.Final = mistake is not "final missing";
            },
            new byte[mistake switch { "length" => 4100, "final early" => 512, _ => 4096 }]);
        Assert.Equal(RejectReason.ProtocolError, script.ExpectReject());
        Assert.Equal(ScsiStatus.CheckCondition, script.ExpectResponse(tag, sense));
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    [Theory]
    [InlineData(false, true, 0)]        // immediate data was not agreed on
    [InlineData(true, true, 16384)]     // more than FirstBurstLength
    public async Task ImmediateData_NotAllowed_UnexpectedUnsolicitedData(bool agreed, bool final, int length)
    {
        await using var script = await SessionScript.StartAsync(new SessionParameters
        {
            InitialR2T = false,
            ImmediateData = agreed,
            FirstBurstLength = 8192,
        });
        var tag = script.SendCommand(
            Cdb.Write10(0, 64), write: 32768, immediate: new byte[Math.Max(512, length)], final: final);
        Assert.Equal(
            ScsiStatus.CheckCondition,
            script.ExpectResponse(tag, AdditionalSense.WriteErrorUnexpectedUnsolicitedData));
    }

    [Fact]
    public async Task DataOut_UnknownTask_Ignored()
    {
        await using var script = await SessionScript.StartAsync();
        SendBurst(script, 0x7777, TargetTransferTag.Reserved, new byte[512], 0, 512, 512);
        SendBurst(script, 0x7777, new TargetTransferTag(0x12345678), new byte[512], 0, 512, 512);
        script.ExpectNothing();
        Assert.Equal(2, script.Provider.Counters.Ignored);
    }

    [Theory]
    [InlineData(512, false)]
    [InlineData(65536, false)]
    [InlineData(65536, true)]
    public async Task Write_LongImmediateData_ReceivedWhereItBelongsAtEverySplit(int length, bool digests)
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { InitialR2T = false, FirstBurstLength = 262144 },
            new ConnectionParameters
            {
                MaxSendDataSegmentLength = 262144,
                MaxRecvDataSegmentLength = 262144,
                HeaderDigest = digests,
                DataDigest = digests,
            });
        var random = new Random(length);
        for (var round = 0; round < 60; round++)
        {
            var data = Pattern(length, round);
            var (bytes, tag) = script.BuildCommand(
                Cdb.Write10(0, length / 512), write: (uint)length, immediate: data);
            var (next, nextTag) = script.BuildCommand(Cdb.Read10(0, length / 512), read: (uint)length);
            byte[] stream = [.. bytes, .. next];
            // Header and digest borders first, then anywhere.
            var at = round < 54 ? round + 1 : random.Next(1, stream.Length);
            script.Wire.Put(stream.AsMemory(0, at));
            script.Loop.Pump();
            script.Wire.Put(stream.AsMemory(at));
            Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
            var read = script.Expect(PduOpCode.DataIn);
            Assert.Equal(nextTag, DataIn.Over((ReadOnlySpan<byte>)read.Header).InitiatorTaskTag.Value);
            Assert.True(data.AsSpan().SequenceEqual(read.Data), $"round {round}");
        }
    }

    [Fact]
    public async Task Write_LongData_CommandFails_TheRestIsThrownAway()
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { InitialR2T = false, FirstBurstLength = 262144 });
        var (bytes, tag) = script.BuildCommand(
            Cdb.Write10(5000, 128), write: 65536, immediate: Pattern(65536, 1));
        script.SendBytes(bytes[..100]);
        script.ExpectNothing();
        script.SendBytes(bytes[100..]);
        Assert.Equal(
            ScsiStatus.CheckCondition, script.ExpectResponse(tag, AdditionalSense.LogicalBlockAddressOutOfRange));
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    // The reset ends while a long data segment is on its way: the rest of it is taken, and the session closes.
    [Fact]
    public async Task TargetColdReset_EndsInLongData_SessionEndsWithTheSegment()
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { InitialR2T = false, FirstBurstLength = 262144 });
        script.SendCommand(Cdb.TestUnitReady, lun: 1);
        Stmf.Contracts.Tasks.TaskManagementRequest? reset = null;
        script.Steered.OnManage = request => reset = request;
        ManagementTests.SendFunction(script, TaskManagementFunctionCode.TargetColdReset, lun: 0);
        var (bytes, _) = script.BuildCommand(Cdb.Write10(0, 128), write: 65536, immediate: Pattern(65536, 1));
        script.SendBytes(bytes[..30_000]);
        Assert.NotNull(reset);
        script.Steered.OnManage = null;
        script.Steered.Manage(reset);
        script.SendBytes(bytes[30_000..]);
        Assert.Equal(0, script.Session.Tasks.InUse);
        Assert.True(script.Session.Closed.IsCompleted);
    }

    [Fact]
    public async Task Close_InLongData_LeasesComeBack()
    {
        var script = await SessionScript.StartAsync(
            new SessionParameters { InitialR2T = false, FirstBurstLength = 262144 });
        script.Steered.OnSubmit = task => task.RequestDataOut(65536);
        var (bytes, _) = script.BuildCommand(
            Cdb.Write10(0, 128), write: 65536, immediate: Pattern(65536, 1), lun: 1);
        script.SendBytes(bytes[..30_000]);
        Assert.Contains("Data-Out", script.Buffers.DescribeLeases().Keys);
        await script.DisposeAsync();
        Assert.Equal(1, script.Provider.Counters.Drops(DropReason.PeerClosed));
    }

    private static byte[] Take(ScsiTask task, int length)
    {
        var bytes = new byte[length];
        task.DataOut.Read(0, bytes);
        return bytes;
    }

    private static void Wait(SessionScript script, int seconds)
    {
        // The initiator stays alive, so that nothing but the wait is overdue.
        for (var i = 0; i < seconds; i++)
        {
            script.Loop.Advance(TimeSpan.FromSeconds(1));
            script.Send<NopOut>(n =>
            {
                n.Immediate = true;
                n.InitiatorTaskTag = InitiatorTaskTag.Reserved;
            });
        }
    }

    internal static (TargetTransferTag Transfer, uint Offset, uint Length, uint Number) Read(WirePdu pdu)
    {
        var r2t = ReadyToTransfer.Over((ReadOnlySpan<byte>)pdu.Header);
        return (r2t.TargetTransferTag, r2t.BufferOffset, r2t.DesiredDataTransferLength, r2t.R2TSn.Value);
    }

    internal static void SendBurst(
        SessionScript script, uint tag, TargetTransferTag transfer, byte[] data, int offset, int length, int segment,
        bool final = true, uint first = 0)
    {
        for (var at = 0; at < length; at += segment, first++)
        {
            var take = Math.Min(segment, length - at);
            var number = first;
            var (place, last) = (offset + at, at + take == length);
            script.Send<DataOut>(
                d =>
                {
                    d.InitiatorTaskTag = new InitiatorTaskTag(tag);
                    d.TargetTransferTag = transfer;
                    d.DataSn = new DataSn(number);
                    d.BufferOffset = (uint)place;
                    d.Final = final && last;
                },
                data.AsSpan(place, take));
        }
    }

    private static byte[] ReadBack(SessionScript script, uint lba, int blocks)
    {
        script.SendCommand(Cdb.Read10(lba, blocks), read: (uint)blocks * 512);
        var read = new List<byte>();
        while (read.Count < blocks * 512) read.AddRange(script.Expect(PduOpCode.DataIn).Data);
        return [.. read];
    }
}
