using System.Runtime.CompilerServices;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Tests.Loops;

/// <summary>A loop that another thread runs for a while. The borrower is the test's own thread.</summary>
public sealed class LendingTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    public static TheoryData<bool> Makes => [false, true];

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Borrow_PostedWorkAndTimers_RunOnTheBorrowerUntilItGivesBack(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        Borrowing(loop, loan =>
        {
            var me = Environment.CurrentManagedThreadId;
            var (ran, fired) = (0, 0);
            Assert.True(loop.IsCurrent);
            loop.Post(new Do(() =>
            {
                ran = Environment.CurrentManagedThreadId;
                loop.Arm(new After(() => fired = Environment.CurrentManagedThreadId), TimeSpan.FromMilliseconds(1));
            }));
            while (fired == 0) loan.RunRound();
            Assert.Equal((me, me), (ran, fired));
            Assert.False(loop.TryBorrow(out _));
            loan.GiveBack();
            Assert.False(loop.IsCurrent);
            Assert.False(loan.TryResume());
        });
        await RunsElsewhereAsync(loop);
    }

    // A session that has ended may be large.
    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Borrow_GivenBack_NothingOfTheBorrowerIsKept(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var borrower = BorrowAndGiveBack(loop);
        await RunsElsewhereAsync(loop);
        GC.Collect();
        Assert.False(borrower.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference BorrowAndGiveBack(StreamLoop loop)
    {
        var takenBack = new Do(() => { });
        Assert.True(TryBorrow(loop, out var loan, takenBack));
        loan.GiveBack();
        return new WeakReference(takenBack);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Paused_AndDoesNotComeBack_TheLoopsThreadTakesItBack(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        // A pause of no length is over in time, unless the machine keeps the test's thread waiting in it.
        UntilResumed(loop, loan =>
        {
            loan.Pause();
            Assert.False(loop.IsCurrent);
            var resumed = loan.TryResume();
            Assert.Equal(resumed, loop.IsCurrent);
            return resumed;
        });
        Borrowing(loop, loan =>
        {
            loan.Pause();
            using var ran = new ManualResetEventSlim();
            loop.Post(new Do(ran.Set));
            Assert.True(ran.Wait(s_limit, TestContext.Current.CancellationToken));
            Assert.False(loan.TryResume());
            loan.GiveBack();
        });
        // What an old borrower says concerns no later one.
        Borrowing(loop, first =>
        {
            first.Pause();
            using var ran = new ManualResetEventSlim();
            loop.Post(new Do(ran.Set));
            Assert.True(ran.Wait(s_limit, TestContext.Current.CancellationToken));
            UntilResumed(loop, second =>
            {
                second.Pause();
                Assert.False(first.TryResume());
                first.GiveBack();
                return second.TryResume();
            });
        });
        await RunsElsewhereAsync(loop);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TakenBack_WorkOfTheBorrower_RunsThenAndOnlyThen(bool stays)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable: false, buffers);
        var loop = group.Loops[0];
        using var isTaken = new ManualResetEventSlim();
        var onLoop = false;
        var work = new Do(() =>
        {
            onLoop = loop.IsCurrent;
            isTaken.Set();
        });
        Assert.True(TryBorrow(loop, out var loan, work));
        if (stays)
        {
            loan.Pause();
            Assert.True(isTaken.Wait(s_limit, TestContext.Current.CancellationToken));
            Assert.True(onLoop);
        }
        loan.GiveBack();
        await RunsElsewhereAsync(loop);
        Assert.Equal(stays, isTaken.IsSet);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Idle_TheBorrowerIsToldToGiveBack(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        Borrowing(group.Loops[0], loan =>
        {
            while (loan.RunRound())
            {
            }
            loan.GiveBack();
        });
        await RunsElsewhereAsync(group.Loops[0]);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Idle_TimerDueLater_FiresAlthoughTheBorrowerWaitsForNoTimer(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable, buffers);
        var loop = group.Loops[0];
        var fired = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Borrowing(loop, loan =>
        {
            loop.Arm(new After(() => fired.SetResult(Environment.CurrentManagedThreadId)), TimeSpan.FromSeconds(1));
            while (loan.RunRound())
            {
            }
            loan.GiveBack();
        });
        await fired.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_WhileItIsLent_EndsWithEveryWorkDone(bool paused)
    {
        using var buffers = new BufferPool(16 << 20);
        var group = Start(portable: false, buffers);
        var loop = group.Loops[0];
        var ran = new TaskCompletionSource();
        var disposed = Task.CompletedTask;
        Borrowing(loop, loan =>
        {
            loop.Post(new Do(ran.SetResult));
            disposed = group.DisposeAsync().AsTask();
            if (paused)
            {
                loan.Pause();
                Assert.True(disposed.Wait(s_limit, TestContext.Current.CancellationToken));
            }
            else
            {
                while (loan.RunRound())
                {
                }
            }
            loan.GiveBack();
        });
        await disposed.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await ran.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.False(loop.TryBorrow(out _));
    }

    [Fact]
    public async Task Borrow_FromManyThreadsThatPauseAndStay_EachWorkRunsOnceByOneThreadAtATime()
    {
        const int Posts = 20_000;
        using var buffers = new BufferPool(16 << 20);
        await using var group = Start(portable: false, buffers);
        var loop = group.Loops[0];
        var (inside, wrong, done) = (0, 0, 0);
        var borrowers = Enumerable.Range(1, 3).Select(seed => Thread(() =>
        {
            var random = new Random(seed);
            while (Volatile.Read(ref done) < Posts)
            {
                if (!loop.TryBorrow(out var loan)) continue;
                for (var rounds = random.Next(20); rounds > 0 && loan.RunRound(); rounds--)
                {
                    loan.Pause();
                    // Now and then it stays away for so long that the loop's thread goes on.
                    if (random.Next(200) == 0) Assert.False(Never.WaitOne(TimeSpan.FromMilliseconds(25)));
                    if (!loan.TryResume()) break;
                }
                loan.GiveBack();
            }
        })).ToArray();
        for (var i = 0; i < Posts; i++)
        {
            var number = i;
            loop.Post(new Do(() =>
            {
                if (!loop.IsCurrent || Interlocked.Exchange(ref inside, 1) != 0 || done != number)
                    Interlocked.Increment(ref wrong);
                done = number + 1;
                Volatile.Write(ref inside, 0);
            }));
        }
        await Task.WhenAll(borrowers).WaitAsync(s_limit * 2, TestContext.Current.CancellationToken);
        Assert.Equal((0, Posts), (wrong, done));
    }

    private static ManualResetEvent Never { get; } = new(initialState: false);

    private static LoopGroup Start(bool portable, BufferPool buffers) =>
        LoopGroup.Start(new LoopGroupOptions { Count = 1, Portable = portable }, buffers);

    private static void UntilResumed(StreamLoop loop, Func<LoopLoan, bool> pauseAndResume)
    {
        var resumed = false;
        for (var tries = 0; tries < 100 && !resumed; tries++)
        {
            Borrowing(loop, loan =>
            {
                resumed = pauseAndResume(loan);
                loan.GiveBack();
            });
        }
        Assert.True(resumed, "it was never resumed");
    }

    private static void Borrowing(StreamLoop loop, Action<LoopLoan> use)
    {
        Assert.True(TryBorrow(loop, out var loan));
        use(loan);
    }

    // A loop that is slow to end its round is not lent; it is asked again.
    private static bool TryBorrow(StreamLoop loop, out LoopLoan loan, LoopWork? takenBack = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < s_limit)
            if (loop.TryBorrow(out loan, takenBack)) return true;
        loan = default;
        return false;
    }

    private static async Task RunsElsewhereAsync(StreamLoop loop)
    {
        var ran = new TaskCompletionSource<(int, bool)>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Do(() => ran.SetResult((Environment.CurrentManagedThreadId, loop.IsCurrent))));
        var me = Environment.CurrentManagedThreadId;
        var (there, isCurrent) = await ran.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.True(isCurrent);
        Assert.NotEqual(me, there);
    }

    private static Task Thread(Action run) => Task.Factory.StartNew(run, TestContext.Current.CancellationToken,
        TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class Do(Action action) : LoopWork
    {
        public override void Run() => action();
    }

    private sealed class After(Action action) : LoopTimer
    {
        public override void Fire() => action();
    }
}
