using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

/// <summary>A session that asks for more than it takes.</summary>
public class GreedySessionTests
{
    private const int Commands = 100;
    private const int Length = 1 << 20;

    [Fact]
    public async Task Read_ManyLargeOnesInOneBatch_AnswersStayWithinTheBound()
    {
        await using var script = await SessionScript.StartAsync();
        Run(script, [.. Enumerable.Range(0, Commands)]);
    }

    // The first number comes last: all others are held, and then their turn comes at once.
    [Fact]
    public async Task Read_ManyLargeOnesHeldForTheirTurn_AnswersStayWithinTheBound()
    {
        await using var script = await SessionScript.StartAsync();
        Run(script, [.. Enumerable.Range(1, Commands - 1), 0]);
    }

    private static void Run(SessionScript script, int[] order)
    {
        script.Wire.SendRoom = 0;
        var reads = Enumerable.Range(0, Commands)
            .Select(_ => script.BuildCommand(Cdb.Read10(0, Length / 512), read: Length).Bytes).ToArray();
        script.SendBytes([.. order.SelectMany(i => reads[i])]);
        // 4 MiB, and a turn, and the answer the turn began with.
        Assert.InRange(script.Wire.UnsentBytes, 4 << 20, (4 << 20) + (1 << 20) + Length + (64 << 10));
        script.Wire.GiveRoom(long.MaxValue);
        var ended = 0;
        while (script.Next() is { } pdu)
        {
            Assert.Equal(PduOpCode.DataIn, pdu.OpCode);
            if (DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus) ended++;
        }
        Assert.Equal(Commands, ended);
    }
}
