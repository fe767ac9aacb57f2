using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Tests.Sockets;

/// <summary>Timers of a loop that has nothing else to do: only they end its wait.</summary>
public sealed class LoopTimerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);

    public static TheoryData<bool> Makes => [false, true];

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Earlier_ArmedWhileItWaitsForALaterOne_EndsTheWait(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var later = new Counted();
        foreach (var milliseconds in (int[])[2000, 400, 90, 20])
        {
            await RunAsync(loop, () => loop.Arm(later, s_never));
            var timer = new Counted();
            await RunAsync(loop, () => loop.Arm(timer, TimeSpan.FromMilliseconds(milliseconds)));
            await timer.Fired.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, later.Count);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Later_ArmedInPlaceOfAnEarlierOne_FiresOnceAndNotBefore(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var (timer, armed, fired) = (new Counted(), 0L, 0L);
        timer.Then = () => fired = loop.NowNanoseconds;
        var early = new Counted();
        await RunAsync(loop, () => loop.Arm(early, TimeSpan.FromMilliseconds(50)));
        await RunAsync(loop, () =>
        {
            loop.Disarm(early);
            armed = loop.NowNanoseconds;
            loop.Arm(timer, TimeSpan.FromMilliseconds(800));
        });
        await timer.Fired.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.True(fired - armed >= 800_000_000);
        Assert.Equal(1, timer.Count);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task OneAfterAnother_EachArmedByTheOneBefore_AllFire(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = new Counted();
        timer.Then = () =>
        {
            if (timer.Count == 30) done.SetResult();
            else loop.Arm(timer, TimeSpan.FromMilliseconds(timer.Count % 3 * 15));
        };
        await RunAsync(loop, () => loop.Arm(timer, TimeSpan.FromMilliseconds(10)));
        await done.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    private static LoopGroup Start(bool portable, BufferPool buffers) =>
        LoopGroup.Start(new LoopGroupOptions { Count = 1, Portable = portable, Spin = false }, buffers);

    private static async Task RunAsync(StreamLoop loop, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Do(() =>
        {
            action();
            done.SetResult();
        }));
        await done.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    private sealed class Counted : LoopTimer
    {
        public TaskCompletionSource Fired { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action? Then { get; set; }

        public int Count { get; private set; }

        public override void Fire()
        {
            Count++;
            Then?.Invoke();
            Fired.TrySetResult();
        }
    }

    private sealed class Do(Action action) : LoopWork
    {
        public override void Run() => action();
    }
}
