using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Runtime.Loops;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Sockets;

/// <summary>A READ or WRITE allocates nothing in steady state, counted on the loop that carries it.</summary>
public class AllocationTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    [InlineData(65536)]
    public async Task ReadAndWrite_SteadyState_NothingAllocated(int length)
    {
        await using var host = await TargetHost.StartAsync();
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(SocketInitiator.Settings()));
        await initiator.SettleAsync();
        await RunAsync(initiator, length, 300);
        var loop = host.Loops.Loops.Single(l => l.StreamCount == 1);
        // What is made once, by whatever happens on the loop for the first time, is made in some round.
        var least = long.MaxValue;
        for (var round = 0; round < 10 && least >= 400; round++)
        {
            var before = await AllocatedAsync(loop);
            await RunAsync(initiator, length, 200);
            least = Math.Min(least, await AllocatedAsync(loop) - before);
        }
        // The measuring itself takes a little; four hundred commands take nothing.
        Assert.True(least < 400, $"{least} bytes for 400 commands");
    }

    private static async Task RunAsync(SocketInitiator initiator, int length, int rounds)
    {
        var data = new byte[length];
        for (var i = 0; i < rounds; i++)
        {
            await initiator.WriteAsync(0, data);
            await initiator.ReadAsync(0, length / 512);
        }
    }

    private static async Task<long> AllocatedAsync(Loop loop)
    {
        var asked = new Question();
        loop.Post(asked);
        return await asked.Answer.Task;
    }

    private sealed class Question : LoopWork
    {
        public TaskCompletionSource<long> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run() => Answer.SetResult(GC.GetAllocatedBytesForCurrentThread());
    }
}
