using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Tests.Loops;

/// <summary>A loop that ends leaves nobody waiting: work runs or is refused, and whoever asked is told.</summary>
public class LoopEndTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    public static TheoryData<bool> Makes => [false, true];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Dispose_WhileManyThreadsPost_EachWorkRunsOrIsRefusedOnce(bool portable)
    {
        const int Posters = 4, Each = 20_000;
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var works = Enumerable.Range(0, Posters * Each).Select(_ => new Counted()).ToArray();
        using var enough = new ManualResetEventSlim();
        var posting = Enumerable.Range(0, Posters).Select(poster => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < Each; i += 2)
                {
                    loop.Post(works[(poster * Each) + i]);
                    loop.Post([works[(poster * Each) + i + 1]]);
                    if (i == Each / 4) enough.Set();
                }
            },
            Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Assert.True(enough.Wait(s_patience, Stop));
        await group.DisposeAsync().AsTask().WaitAsync(s_patience, Stop);
        await Task.WhenAll(posting).WaitAsync(s_patience, Stop);
        loop.Post(works[0]);
        Assert.Equal(2, works[0].Ends);
        Assert.All(works[1..], work => Assert.Equal(1, work.Ends));
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task AtEnd_LoopEnds_RunsThereOnceUnlessTakenBack(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var wasThere = false;
        var told = new Counted(() => wasThere = loop.IsCurrent);
        var takenBack = new Counted();
        var refused = new Counted();
        var asked = new Counted(() =>
        {
            loop.AtEnd(told);
            loop.AtEnd(told);
            loop.AtEnd(takenBack);
            loop.AtEnd(new Counted(() => throw new InvalidOperationException("planted")));
            loop.AtEnd(new Counted(() => loop.Post(refused)));
            loop.NotAtEnd(takenBack);
        });
        loop.Post(asked);
        await group.DisposeAsync();
        Assert.Equal((1, 1, 0, true), (asked.Runs, told.Runs, takenBack.Ends, wasThere));
        Assert.Equal((0, 1), (refused.Runs, refused.Refusals));
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task End_WorkPostsMore_RunsForSomeRoundsAndNotForEver(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var batches = new Batch(batch =>
        {
            if (batch.Runs <= 10) loop.Post(new Counted(() => loop.AtBatchEnd(batch)));
        });
        Counted? endless = null;
        endless = new Counted(() => loop.Post(endless!));
        loop.Post(new Counted(() =>
        {
            _ = loop.DisposeAsync().AsTask();
            loop.AtBatchEnd(batches);
            loop.Post(endless);
        }));
        await loop.DisposeAsync().AsTask().WaitAsync(s_patience, Stop);
        Assert.Equal((11, 1), (batches.Runs, endless.Refusals));
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task End_RefusedWorkThrowsOrAsksForTheBatchsEnd_TheRestIsRefusedAndTheBatchEnds(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var faults = 0;
        loop.OnFault = _ => Interlocked.Increment(ref faults);
        var batch = new Batch();
        var last = new Counted();
        loop.Post(new Counted(() => loop.AtEnd(new Counted(() =>
        {
            loop.Post(new Refusing(() => throw new InvalidOperationException("planted")));
            loop.Post(new Refusing(() => loop.AtBatchEnd(batch)));
            loop.Post(last);
        }))));
        await group.DisposeAsync().AsTask().WaitAsync(s_patience, Stop);
        Assert.Equal((1, 1, 1), (faults, batch.Runs, last.Refusals));
    }

    [Fact]
    public async Task IsCurrent_LoopHasEnded_OfNoThreadThatComesLater()
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable: false, buffers);
        await group.DisposeAsync();
        for (var i = 0; i < 100; i++)
        {
            // Numbers of threads that have ended are given out again.
            var isCurrent = await Task.Factory.StartNew(
                () => group.Loops[0].IsCurrent, Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.False(isCurrent);
        }
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Post_LoopHasEndedAndOneRefusalThrows_AllAreRefused(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        await group.DisposeAsync();
        var (first, last) = (new Counted(), new Counted());
        var thrower = new Refusing(() => throw new InvalidOperationException("planted"));
        Assert.Throws<InvalidOperationException>(() => group.Loops[0].Post([first, thrower, last]));
        Assert.Equal((1, 1), (first.Refusals, last.Refusals));
    }

    // A handler of faults has one itself: that must not take the loop from everybody else.
    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Faulted_Throws_TheLoopGoesOn(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var faults = 0;
        loop.OnFault = _ => Interlocked.Increment(ref faults);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Hopeless());
        loop.Post(new Counted(() =>
        {
            loop.Arm(new HopelessTimer(), TimeSpan.Zero);
            loop.Arm(new Timer(done.SetResult), TimeSpan.FromMilliseconds(50));
            loop.AtBatchEnd(new HopelessBatch());
        }));
        await done.Task.WaitAsync(s_patience, Stop);
        Assert.Equal(6, faults);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public void Start_OneLoopCannotBeMade_NoneRuns(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        var time = new BrokenTime(Environment.CurrentManagedThreadId);
        Assert.Throws<InvalidOperationException>(() => LoopGroup.Start(
            new LoopGroupOptions { Count = 3, Portable = portable, Spin = false, Time = time }, buffers));
        Assert.False(SpinWait.SpinUntil(() => time.WasReadElsewhere, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void End_ManualLoop_TellsAndRefuses()
    {
        var loop = new ManualLoop();
        var before = new Counted();
        var told = new Counted();
        loop.Post(before);
        loop.AtEnd(told);
        loop.End();
        var after = new Counted();
        loop.Post(after);
        loop.Pump();
        Assert.Equal((1, 1, 0, 1), (before.Runs, told.Runs, after.Runs, after.Refusals));
    }

    private static LoopGroup Start(bool portable, BufferPool buffers) =>
        LoopGroup.Start(new LoopGroupOptions { Count = 1, Portable = portable, Spin = false }, buffers);

    private sealed class Hopeless : LoopWork
    {
        public override void Run() => throw new InvalidOperationException("planted");

        public override void Faulted(Exception fault) => throw new InvalidOperationException("planted again");
    }

    private sealed class HopelessBatch : BatchWork
    {
        public override void RunAtBatchEnd() => throw new InvalidOperationException("planted");

        public override void Faulted(Exception fault) => throw new InvalidOperationException("planted again");
    }

    private sealed class HopelessTimer : LoopTimer
    {
        public override void Fire() => throw new InvalidOperationException("planted");

        public override void Faulted(Exception fault) => throw new InvalidOperationException("planted again");
    }

    private sealed class Timer(Action act) : LoopTimer
    {
        public override void Fire() => act();
    }

    // The second loop that asks it how fast it goes is not made.
    private sealed class BrokenTime(int thread) : TimeProvider
    {
        private int _loops;
        private bool _wasReadElsewhere;

        public bool WasReadElsewhere => Volatile.Read(ref _wasReadElsewhere);

        public override long TimestampFrequency => ++_loops < 2
            ? base.TimestampFrequency
            : throw new InvalidOperationException("planted");

        public override long GetTimestamp()
        {
            if (Environment.CurrentManagedThreadId != thread) Volatile.Write(ref _wasReadElsewhere, true);
            return base.GetTimestamp();
        }
    }

    private sealed class Refusing(Action act) : LoopWork
    {
        public override void Run() => Assert.Fail("the loop has ended");

        public override void Refused() => act();
    }

    private sealed class Batch(Action<Batch>? act = null) : BatchWork
    {
        public int Runs { get; private set; }

        public override void RunAtBatchEnd()
        {
            Runs++;
            act?.Invoke(this);
        }
    }

    private sealed class Counted(Action? act = null) : LoopWork
    {
        private int _runs;
        private int _refusals;

        public int Runs => Volatile.Read(ref _runs);

        public int Refusals => Volatile.Read(ref _refusals);

        public int Ends => Runs + Refusals;

        public override void Run()
        {
            Interlocked.Increment(ref _runs);
            act?.Invoke();
        }

        public override void Refused() => Interlocked.Increment(ref _refusals);
    }
}
