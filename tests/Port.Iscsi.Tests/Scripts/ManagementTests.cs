using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Runtime.Streams;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

public class ManagementTests
{
    [Fact]
    public async Task AbortTask_TaskInProgress_CompleteAndNeverAnswered()
    {
        await using var script = await SessionScript.StartAsync();
        var tag = script.SendCommand(Cdb.TestUnitReady, lun: 1);
        SendFunction(script, TaskManagementFunctionCode.AbortTask, referenced: tag, lun: 1);
        Assert.Equal(TaskManagementResponseCode.FunctionComplete, ExpectFunction(script));
        script.ExpectNothing();
        Assert.Equal(0, script.Session.Tasks.InUse);
    }

    [Fact]
    public async Task AbortTask_WaitsForData_CompleteAndLateDataIsIgnored()
    {
        await using var script = await SessionScript.StartAsync(new SessionParameters { ImmediateData = false });
        var tag = script.SendCommand(Cdb.Write10(0, 8), write: 4096);
        var (transfer, _, _, _) = DataOutTests.Read(script.Expect(PduOpCode.ReadyToTransfer));
        SendFunction(script, TaskManagementFunctionCode.AbortTask, referenced: tag);
        Assert.Equal(TaskManagementResponseCode.FunctionComplete, ExpectFunction(script));
        DataOutTests.SendBurst(script, tag, transfer, new byte[4096], 0, 4096, 4096);
        script.ExpectNothing();
        // The place is used by another command; late data does not reach it.
        var next = script.SendCommand(Cdb.Write10(0, 8), write: 4096);
        script.Expect(PduOpCode.ReadyToTransfer);
        DataOutTests.SendBurst(script, tag, transfer, new byte[4096], 0, 4096, 4096);
        DataOutTests.SendBurst(script, next, transfer, new byte[4096], 0, 4096, 4096);
        script.ExpectNothing();
        Assert.Equal(3, script.Provider.Counters.Ignored);
    }

    [Fact]
    public async Task AbortTask_CommandHasNotCome_ItsNumberCountsAsReceived()
    {
        await using var script = await SessionScript.StartAsync();
        var (lost, lostTag) = script.BuildCommand(Cdb.TestUnitReady);
        var (next, nextTag) = script.BuildCommand(Cdb.TestUnitReady);
        script.SendBytes(next);
        script.ExpectNothing();
        var number = script.CmdSn - 2;
        SendFunction(script, TaskManagementFunctionCode.AbortTask, referenced: lostTag, refCmdSn: number);
        Assert.Equal(TaskManagementResponseCode.FunctionComplete, ExpectFunction(script));
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(nextTag));
        script.SendBytes(lost);         // too late
        script.ExpectNothing();
    }

    [Fact]
    public async Task AbortTask_NoSuchTask_TaskDoesNotExist()
    {
        await using var script = await SessionScript.StartAsync();
        SendFunction(script, TaskManagementFunctionCode.AbortTask, referenced: 0x99, refCmdSn: script.CmdSn - 5);
        Assert.Equal(TaskManagementResponseCode.TaskDoesNotExist, ExpectFunction(script));
    }

    [Fact]
    public async Task LogicalUnitReset_TasksInProgress_AllEnd()
    {
        await using var script = await SessionScript.StartAsync();
        for (var i = 0; i < 5; i++) script.SendCommand(Cdb.TestUnitReady, lun: 1);
        SendFunction(script, TaskManagementFunctionCode.LogicalUnitReset, lun: 1);
        Assert.Equal(TaskManagementResponseCode.FunctionComplete, ExpectFunction(script));
        Assert.Equal(0, script.Session.Tasks.InUse);
        Assert.Equal(TaskManagementFunction.LogicalUnitReset, script.Steered.Functions.Single().Function);
    }

    [Fact]
    public async Task Function_LunNotMapped_LunDoesNotExist()
    {
        await using var script = await SessionScript.StartAsync();
        SendFunction(script, TaskManagementFunctionCode.AbortTaskSet, lun: 77);
        Assert.Equal(TaskManagementResponseCode.LunDoesNotExist, ExpectFunction(script));
    }

    [Theory]
    [InlineData(TaskManagementFunctionCode.TaskReassign, 2,
        TaskManagementResponseCode.TaskAllegianceReassignmentNotSupported)]
    [InlineData((TaskManagementFunctionCode)99, 2, TaskManagementResponseCode.FunctionNotSupported)]
    [InlineData(TaskManagementFunctionCode.QueryTaskSet, 1, TaskManagementResponseCode.FunctionNotSupported)]
    public async Task Function_NotSupported_SaysSo(
        TaskManagementFunctionCode function, int level, TaskManagementResponseCode response)
    {
        await using var script = await SessionScript.StartAsync(new SessionParameters { ProtocolLevel = level });
        SendFunction(script, function);
        Assert.Equal(response, ExpectFunction(script));
    }

    [Fact]
    public async Task NopOut_Ping_AnsweredWithItsData()
    {
        await using var script = await SessionScript.StartAsync();
        script.Send<NopOut>(
            n =>
            {
                n.Immediate = true;
                n.InitiatorTaskTag = new InitiatorTaskTag(0x77);
                n.CmdSn = new CmdSn(script.CmdSn);
            },
            "hello"u8);
        var pdu = script.Expect(PduOpCode.NopIn);
        Assert.Equal("hello"u8.ToArray(), pdu.Data);
        var nop = NopIn.Over((ReadOnlySpan<byte>)pdu.Header);
        Assert.Equal((0x77u, true), (nop.InitiatorTaskTag.Value, nop.TargetTransferTag.IsReserved));
    }

    [Fact]
    public async Task Silence_InitiatorAnswersThePing_Stays()
    {
        await using var script = await SessionScript.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            script.Loop.Advance(TimeSpan.FromSeconds(31));
            var ping = NopIn.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.NopIn).Header);
            Assert.True(ping.InitiatorTaskTag.IsReserved && !ping.TargetTransferTag.IsReserved);
            var transfer = ping.TargetTransferTag;
            script.Send<NopOut>(n =>
            {
                n.Immediate = true;
                n.InitiatorTaskTag = InitiatorTaskTag.Reserved;
                n.TargetTransferTag = transfer;
            });
            script.ExpectNothing();
        }
    }

    [Fact]
    public async Task Silence_MachineStoodStillAndTheAnswerIsHere_NotDropped()
    {
        await using var script = await SessionScript.StartAsync();
        script.Loop.Advance(TimeSpan.FromSeconds(31));
        var transfer = NopIn.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.NopIn).Header).TargetTransferTag;
        script.Wire.Put(script.Build<NopOut>(n =>
        {
            n.Immediate = true;
            n.InitiatorTaskTag = InitiatorTaskTag.Reserved;
            n.TargetTransferTag = transfer;
        }));
        script.Loop.StandStill(TimeSpan.FromMinutes(10));
        script.Loop.Advance(TimeSpan.FromSeconds(5));
        script.ExpectNothing();
        Assert.Equal(StreamEnd.None, script.Wire.End);
    }

    // The answer to a ping would come behind it.
    [Fact]
    public async Task Silence_LongDataSegmentComesSlowly_NotDropped()
    {
        await using var script = await SessionScript.StartAsync();
        var write = script.Build<ScsiCommand>(
            command =>
            {
                command.Write = true;
                command.Attribute = TaskAttributeCode.Simple;
                command.InitiatorTaskTag = new InitiatorTaskTag(script.NextTag());
                command.ExpectedDataTransferLength = 65536;
                command.CmdSn = new CmdSn(script.CmdSn++);
                command.Cdb = Cdb.Write10(0, 128);
            },
            new byte[65536]);
        const int Piece = 1000;
        var sent = 0;
        for (; sent < 20 * Piece; sent += Piece)
        {
            script.SendBytes(write[sent..(sent + Piece)]);
            script.Loop.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(StreamEnd.None, script.Wire.End);
        }
        script.SendBytes(write[sent..]);
        var answer = ScsiResponse.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.ScsiResponse).Header);
        Assert.Equal(ScsiStatus.Good, answer.Status);
    }

    [Fact]
    public async Task Silence_NoAnswerToThePing_Dropped()
    {
        await using var script = await SessionScript.StartAsync();
        script.Loop.Advance(TimeSpan.FromSeconds(31));
        script.Expect(PduOpCode.NopIn);
        script.Loop.Advance(TimeSpan.FromSeconds(22));
        script.ExpectDropped(DropReason.PingTimedOut);
    }

    [Fact]
    public async Task SendTargets_NormalSession_OnlyItsOwnTarget()
    {
        await using var script = await SessionScript.StartAsync();
        var other = script.Provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse("iqn.2026-11.example:other")))!;
        await other.OnlineAsync(CancellationToken.None);
        var portal = script.Provider.OpenPortal(new(System.Net.IPAddress.Loopback, 0));
        SendText(script, "SendTargets=\0");
        var text = System.Text.Encoding.UTF8.GetString(script.Expect(PduOpCode.TextResponse).Data);
        Assert.Equal($"TargetName=iqn.2026-11.example:target\0TargetAddress={portal.EndPoint},1\0", text);
        SendText(script, "SendTargets=All\0");
        Assert.Equal("SendTargets=Reject\0"u8.ToArray(), script.Expect(PduOpCode.TextResponse).Data);
        script.Provider.ClosePortal(portal);
    }

    [Fact]
    public async Task Text_AnswerLongerThanASegment_FetchedPieceByPiece()
    {
        await using var script = await SessionScript.StartAsync(
            new SessionParameters { SessionType = SessionType.Discovery },
            new ConnectionParameters { MaxSendDataSegmentLength = 512, MaxRecvDataSegmentLength = 8192 });
        var portal = script.Provider.OpenPortal(new(System.Net.IPAddress.Loopback, 0));
        for (var i = 0; i < 40; i++)
        {
            var settings = new IscsiTargetSettings(IscsiName.Parse($"iqn.2026-11.example:target{i}"));
            await script.Provider.AddTarget(settings)!.OnlineAsync(CancellationToken.None);
        }
        var text = new List<byte>();
        var transfer = TargetTransferTag.Reserved;
        SendText(script, "SendTargets=All\0");
        while (true)
        {
            var pdu = script.Expect(PduOpCode.TextResponse);
            var response = TextResponse.Over((ReadOnlySpan<byte>)pdu.Header);
            Assert.True(pdu.Data.Length <= 512);
            text.AddRange(pdu.Data);
            Assert.Equal(response.Final, !response.Continue);
            if (response.Final) break;
            transfer = response.TargetTransferTag;
            SendText(script, "", transfer);
        }
        Assert.Equal(TextFault.None, TextFormat.Parse([.. text], TextLimits.Discovery, out var pairs));
        Assert.True(SendTargets.TryParseResponse(pairs, out var targets));
        Assert.Equal(41, targets.Count);
        Assert.All(targets, t => Assert.Equal(portal.EndPoint.Port, t.Addresses.Single().Port));
        script.Provider.ClosePortal(portal);
    }

    [Theory]
    [InlineData("no equals sign\0")]
    [InlineData("InitiatorName=iqn.2026-11.example:other\0")]
    [InlineData("not terminated=1")]
    public async Task Text_Malformed_ProtocolErrorAndTheSessionGoesOn(string text)
    {
        await using var script = await SessionScript.StartAsync();
        SendText(script, text);
        Assert.Equal(RejectReason.ProtocolError, script.ExpectReject());
        script.CmdSn--;                 // counts as not received
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    [Fact]
    public async Task Text_UnknownTransferTag_ProtocolError()
    {
        await using var script = await SessionScript.StartAsync();
        SendText(script, "", new TargetTransferTag(5));
        Assert.Equal(RejectReason.ProtocolError, script.ExpectReject());
    }

    [Fact]
    public async Task Text_MaxRecvDataSegmentLengthDeclaredAnew_IsKept()
    {
        await using var script = await SessionScript.StartAsync();
        SendText(script, "MaxRecvDataSegmentLength=1024\0");
        script.Expect(PduOpCode.TextResponse);
        script.SendCommand(Cdb.Read10(0, 4), read: 2048);
        Assert.Equal(1024, script.Expect(PduOpCode.DataIn).Data.Length);
        Assert.Equal(1024, script.Expect(PduOpCode.DataIn).Data.Length);
    }

    [Fact]
    public async Task Logout_CloseSession_TasksEndAndTheAnswerIsLast()
    {
        await using var script = await SessionScript.StartAsync();
        script.SendCommand(Cdb.TestUnitReady, lun: 1);
        SendLogout(script, LogoutReason.CloseSession);
        var response = LogoutResponse.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.LogoutResponse).Header);
        Assert.Equal(LogoutResponseCode.Closed, response.Response);
        script.SendCommand(Cdb.TestUnitReady);
        script.ExpectNothing();
        Assert.True(script.Wire.IsShut);
        Assert.Empty(script.Steered.Tasks);
        script.Wire.ClosePeer();
        script.ExpectDropped(DropReason.LoggedOut);
    }

    [Theory]
    [InlineData(LogoutReason.CloseConnection, 8, LogoutResponseCode.CidNotFound)]
    [InlineData(LogoutReason.RemoveConnectionForRecovery, 7, LogoutResponseCode.ConnectionRecoveryNotSupported)]
    public async Task Logout_CannotBe_SaysWhyAndTheSessionGoesOn(LogoutReason reason, int cid, LogoutResponseCode code)
    {
        await using var script = await SessionScript.StartAsync();
        SendLogout(script, reason, cid);
        var response = LogoutResponse.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.LogoutResponse).Header);
        Assert.Equal(code, response.Response);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    [Fact]
    public async Task Offline_InitiatorLogsOut_DoneBeforeTheDeadline()
    {
        await using var script = await SessionScript.StartAsync();
        var offline = script.Session.Port!.OfflineAsync(TimeSpan.FromSeconds(20), CancellationToken.None).AsTask();
        var message = AsynchronousMessage.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.AsynchronousMessage).Header);
        Assert.Equal((AsyncEvent.LogoutRequest, (ushort)20), (message.AsyncEvent, message.Parameter3));
        Assert.False(offline.IsCompleted);
        SendLogout(script, LogoutReason.CloseSession);
        script.Expect(PduOpCode.LogoutResponse);
        await offline.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Offline_InitiatorDoesNotAnswer_DroppedAtTheDeadline()
    {
        await using var script = await SessionScript.StartAsync();
        script.SendCommand(Cdb.TestUnitReady, lun: 1);
        var offline = script.Session.Port!.OfflineAsync(TimeSpan.FromSeconds(5), CancellationToken.None).AsTask();
        script.Expect(PduOpCode.AsynchronousMessage);
        // It goes on as if nothing had been said, and is served until then.
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
        script.Loop.Advance(TimeSpan.FromSeconds(4));
        Assert.False(offline.IsCompleted);
        script.Loop.Advance(TimeSpan.FromSeconds(2.1));
        script.ExpectDropped(DropReason.LogoutTimedOut);
        await offline.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    internal static void SendFunction(
        SessionScript script, TaskManagementFunctionCode function, uint referenced = 0xFFFF_FFFF, int lun = 0,
        uint refCmdSn = 0)
    {
        var tag = script.NextTag();
        script.Send<TaskManagementRequest>(t =>
        {
            t.Immediate = true;
            t.Function = function;
            t.Lun = Lun.FromNumber(lun);
            t.InitiatorTaskTag = new InitiatorTaskTag(tag);
            t.ReferencedTaskTag = new InitiatorTaskTag(referenced);
            t.CmdSn = new CmdSn(script.CmdSn);
            t.RefCmdSn = new CmdSn(refCmdSn);
        });
    }

    private static TaskManagementResponseCode ExpectFunction(SessionScript script) => TaskManagementResponse
        .Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.TaskManagementResponse).Header).Response;

    private static void SendText(SessionScript script, string text, TargetTransferTag? transfer = null)
    {
        var number = script.CmdSn++;
        script.Send<TextRequest>(
            t =>
            {
                t.InitiatorTaskTag = new InitiatorTaskTag(0x4444);
                t.TargetTransferTag = transfer ?? TargetTransferTag.Reserved;
                t.CmdSn = new CmdSn(number);
            },
            System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static void SendLogout(SessionScript script, LogoutReason reason, int cid = 7)
    {
        var number = script.CmdSn++;
        script.Send<LogoutRequest>(l =>
        {
            l.Reason = reason;
            l.InitiatorTaskTag = new InitiatorTaskTag(0x5555);
            l.Cid = new Cid((ushort)cid);
            l.CmdSn = new CmdSn(number);
        });
    }
}
