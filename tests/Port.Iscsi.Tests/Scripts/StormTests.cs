using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

/// <summary>Many of a kind in full feature phase: task management functions, texts that go on and on.</summary>
public sealed class StormTests
{
    private const int FunctionsMax = 16;
    private const int Storm = 1000;

    [Fact]
    public async Task Functions_ThousandThatDoNotEnd_BoundedEachAnsweredOnceAndTheSessionGoesOn()
    {
        await using var script = await SessionScript.StartAsync();
        script.Steered.HoldsFunctions = true;
        for (var i = 0; i < Storm; i++) ManagementTests.SendFunction(
            script, TaskManagementFunctionCode.LogicalUnitReset, lun: 1);
        for (var i = FunctionsMax; i < Storm; i++)
            Assert.Equal(RejectReason.ImmediateCommandReject, script.ExpectReject());
        script.ExpectNothing();
        Assert.Equal(FunctionsMax, script.Steered.Functions.Count);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));

        foreach (var function in script.Steered.Functions) function.Complete(ServiceResponse.FunctionComplete);
        for (var i = 0; i < FunctionsMax; i++) script.Expect(PduOpCode.TaskManagementResponse);
        script.ExpectNothing();
        script.Steered.HoldsFunctions = false;
        ManagementTests.SendFunction(script, TaskManagementFunctionCode.LogicalUnitReset, lun: 1);
        script.Expect(PduOpCode.TaskManagementResponse);
        Assert.Equal(Storm - FunctionsMax, script.Provider.Counters.Rejects(RejectReason.ImmediateCommandReject));
    }

    [Fact]
    public async Task Functions_ThousandThatEndAtOnce_EachAnsweredAndNothingIsLeft()
    {
        await using var script = await SessionScript.StartAsync();
        TaskManagementFunctionCode[] functions =
        [
            TaskManagementFunctionCode.AbortTaskSet, TaskManagementFunctionCode.ClearTaskSet,
            TaskManagementFunctionCode.LogicalUnitReset, TaskManagementFunctionCode.AbortTask,
        ];
        for (var i = 0; i < Storm; i++)
        {
            var tag = script.SendCommand(Cdb.Write10(0, 8), write: 4096);
            script.Expect(PduOpCode.ReadyToTransfer);
            ManagementTests.SendFunction(script, functions[i % functions.Length], referenced: tag);
            script.Expect(PduOpCode.TaskManagementResponse);
            Assert.Equal(0, script.Session.Tasks.InUse);
            if (functions[i % functions.Length] != TaskManagementFunctionCode.LogicalUnitReset) continue;
            script.SendCommand(Cdb.TestUnitReady);              // past its attention
            script.Expect(PduOpCode.ScsiResponse);
        }
        Assert.Equal(0, script.Provider.Counters.Rejects(RejectReason.ImmediateCommandReject));
    }

    [Fact]
    public async Task Text_ContinuesWithoutData_ProtocolErrorAndTheSessionGoesOn()
    {
        await using var script = await SessionScript.StartAsync();
        SendText(script, []);
        Assert.Equal(RejectReason.ProtocolError, script.ExpectReject());
        script.CmdSn--;                 // counts as not received
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    [Fact]
    public async Task Text_ContinuesWithoutEnd_ProtocolErrorAtTheBoundAndTheSessionGoesOn()
    {
        await using var script = await SessionScript.StartAsync();
        var transfer = TargetTransferTag.Reserved;
        var requests = 0;
        for (; requests < Storm; requests++)
        {
            SendText(script, "X-a=1\0"u8.ToArray(), transfer);
            var pdu = script.Next()!;
            if (pdu.OpCode == PduOpCode.Reject) break;
            transfer = TextResponse.Over((ReadOnlySpan<byte>)pdu.Header).TargetTransferTag;
        }
        Assert.InRange(requests, 1, Storm - 1);
        script.CmdSn--;
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(script.SendCommand(Cdb.TestUnitReady)));
    }

    private static void SendText(SessionScript script, byte[] text, TargetTransferTag? transfer = null)
    {
        var number = script.CmdSn++;
        script.Send<TextRequest>(
            t =>
            {
                t.Final = false;
                t.Continue = true;
                t.InitiatorTaskTag = new InitiatorTaskTag(0x4444);
                t.TargetTransferTag = transfer ?? TargetTransferTag.Reserved;
                t.CmdSn = new CmdSn(number);
            },
            text);
    }
}
