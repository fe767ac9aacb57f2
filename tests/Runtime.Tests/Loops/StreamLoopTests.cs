using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Tests.Loops;

public class StreamLoopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    public static TheoryData<bool> Makes => [false, true];

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Post_FromManyThreads_RunsEachOnceOnTheLoopInOrder(bool portable)
    {
        const int posters = 4, each = 5000;
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var seen = new int[posters];
        var wrong = 0;
        using var done = new CountdownEvent(posters * each);
        await Task.WhenAll(Enumerable.Range(0, posters).Select(p => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < each; i++)
                {
                    var number = i;
                    loop.Post(new Do(() =>
                    {
                        if (!loop.IsCurrent || seen[p]++ != number) Interlocked.Increment(ref wrong);
                        done.Signal();
                    }));
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.True(done.Wait(s_patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, wrong);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Arm_LoopAsleep_FiresNoEarlierThanDue(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var fired = new TaskCompletionSource<long>();
        var armed = new TaskCompletionSource<long>();
        loop.Post(new Do(() =>
        {
            armed.SetResult(loop.NowNanoseconds);
            loop.Arm(new After(() => fired.SetResult(loop.NowNanoseconds)), TimeSpan.FromMilliseconds(60));
        }));
        var waited = await fired.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken)
            - await armed.Task;
        Assert.True(waited >= 60_000_000, $"fired after {waited} ns");
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Run_WorkThrows_FaultIsReportedAndTheLoopGoesOn(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        var faults = new TaskCompletionSource<LoopFault>();
        await using var group = LoopGroup.Start(
            new LoopGroupOptions { Count = 1, Portable = portable }, buffers, f => faults.TrySetResult(f));
        var ran = new TaskCompletionSource();
        group.Loops[0].Post(new Do(() => Invariant.That(false, "planted")));
        group.Loops[0].Post(new Do(ran.SetResult));
        await ran.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        var fault = await faults.Task;
        Assert.Same(group.Loops[0], fault.Loop);
        Assert.Contains("planted", fault.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task AtBatchEnd_AskedForTwice_RunsOnceAfterTheWork(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var order = new List<string>();
        var done = new TaskCompletionSource();
        var end = new End(() =>
        {
            order.Add("end");
            done.TrySetResult();
        });
        loop.Post(new Do(() =>
        {
            loop.AtBatchEnd(end);
            loop.AtBatchEnd(end);
            order.Add("work");
        }));
        await done.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(["work", "end"], order);
    }

    [Fact]
    public async Task Idle_NothingToDo_SleepsThrough()
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable: false, buffers);
        var loop = group.Loops[0];
        // A signal (the collector stops threads with one) ends a sleep early now and then; a wheel that ticks would end
        // forty every time. A loop that a busy machine keeps from running does not even begin to sleep.
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 15; round++)
            if (await SleepsAsync(loop) is var slept and > 0) least = Math.Min(least, slept);
        Assert.InRange(least, 1, 15);
    }

    // How often it goes to sleep in 400 ms.
    private static async Task<long> SleepsAsync(StreamLoop loop)
    {
        var fired = new TaskCompletionSource<long>();
        var before = 0L;
        loop.Post(new Do(() =>
        {
            before = loop.Sleeps;
            loop.Arm(new After(() => fired.SetResult(loop.Sleeps)), TimeSpan.FromMilliseconds(400));
        }));
        return await fired.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken) - before;
    }

    private static LoopGroup Start(bool portable, BufferPool buffers) =>
        LoopGroup.Start(new LoopGroupOptions { Count = 1, Portable = portable }, buffers);

    private sealed class Do(Action action) : LoopWork
    {
        public override void Run() => action();
    }

    private sealed class End(Action action) : BatchWork
    {
        public override void RunAtBatchEnd() => action();
    }

    private sealed class After(Action action) : LoopTimer
    {
        public override void Fire() => action();
    }
}
