using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

/// <summary>Logical units of one session: one that is asked for much does not take what the other may have.</summary>
public sealed class UnitTurnTests
{
    private const int Length = 1 << 20;

    [Fact]
    public async Task Read_ManyLargeOnesOfOneUnit_CommandOfAnotherIsAnsweredFirst()
    {
        await using var script = await SessionScript.StartAsync();
        script.Steered.OnSubmit = task => script.Steered.Complete(task);
        var reads = BuildReads(script, 60);
        var (command, tag) = script.BuildCommand(Cdb.TestUnitReady, lun: 1);
        script.SendBytes([.. reads.SelectMany(read => read.Bytes), .. command]);
        Assert.Equal(ScsiStatus.Good, script.ExpectResponse(tag));
        Assert.Equal(60, CountAnswers(script).Reads);
    }

    [Fact]
    public async Task Read_LargeOnesOfTwoUnits_BothGetTheSame()
    {
        await using var script = await SessionScript.StartAsync();
        script.Steered.OnSubmit = task => TakeTurn(script, task, Length);
        var reads = BuildReads(script, 40);
        var others = Enumerable.Range(0, 40).Select(_ => script.BuildCommand(Cdb.TestUnitReady, lun: 1)).ToArray();
        script.SendBytes([.. reads.SelectMany(read => read.Bytes), .. others.SelectMany(other => other.Bytes)]);
        var (mine, theirs) = (0, 0);
        while (script.Next() is { } pdu)
        {
            if (pdu.OpCode == PduOpCode.ScsiResponse) theirs++;
            else if (DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus) mine++;
            Assert.InRange(mine - theirs, -1, 1);
        }
        Assert.Equal((40, 40), (mine, theirs));
    }

    // What came later is looked at while the first ones still wait for the peer to take what it was sent.
    [Fact]
    public async Task Read_LargeOnesWait_CommandThatComesLaterOvertakesThem()
    {
        await using var script = await SessionScript.StartAsync();
        script.Steered.OnSubmit = task => script.Steered.Complete(task);
        script.Wire.SendRoom = 3 << 20;
        script.SendBytes([.. BuildReads(script, 60).SelectMany(read => read.Bytes)]);
        script.Wire.GiveRoom(2 << 20);
        script.Loop.Pump();
        var tag = script.SendCommand(Cdb.TestUnitReady, lun: 1);
        script.Wire.GiveRoom(long.MaxValue);
        var before = 0;
        while (script.Next() is { } pdu && pdu.OpCode == PduOpCode.DataIn)
            if (DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus) before++;
        Assert.InRange(before, 1, 12);
        Assert.Equal(60 - before, CountAnswers(script).Reads);
        Assert.DoesNotContain(script.Steered.Tasks, task => task.Tag == tag);
    }

    [Fact]
    public async Task AbortTask_ReadAwaitsItsTurn_CompleteAndNeverAnswered()
    {
        await using var script = await SessionScript.StartAsync();
        script.Wire.SendRoom = 0;
        var reads = BuildReads(script, 20);
        script.SendBytes([.. reads.SelectMany(read => read.Bytes)]);
        Assert.True(script.Session.Turns!.Any);
        ManagementTests.SendFunction(
            script, TaskManagementFunctionCode.AbortTask, referenced: reads[^1].Tag);
        script.Wire.GiveRoom(long.MaxValue);
        var (answered, functions) = CountAnswers(script);
        Assert.Equal((19, 1), (answered, functions));
        Assert.Equal(0, script.Session.Tasks.InUse);
    }

    // The script's end looks for anything that is left.
    [Fact]
    public async Task Connection_ClosedWhileReadsAwaitTheirTurn_NothingIsLeft()
    {
        await using var script = await SessionScript.StartAsync();
        script.Wire.SendRoom = 0;
        script.SendBytes([.. BuildReads(script, 20).SelectMany(read => read.Bytes)]);
        Assert.True(script.Session.Turns!.Any);
    }

    private static void TakeTurn(SessionScript script, ScsiTask task, int length)
    {
        if (task.TryTakeTurn(length)) script.Steered.Complete(task);
    }

    private static (byte[] Bytes, uint Tag)[] BuildReads(SessionScript script, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => script.BuildCommand(Cdb.Read10(0, Length / 512), read: Length))];

    private static (int Reads, int Functions) CountAnswers(SessionScript script)
    {
        var (reads, functions) = (0, 0);
        while (script.Next() is { } pdu)
        {
            if (pdu.OpCode == PduOpCode.TaskManagementResponse) functions++;
            else if (DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus) reads++;
        }
        return (reads, functions);
    }
}
