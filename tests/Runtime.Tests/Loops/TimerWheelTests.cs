using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Tests.Loops;

public class TimerWheelTests
{
    private const long Tick = TimerWheel.TickNanoseconds;

    [Theory]
    [InlineData(1)]
    [InlineData(Tick)]
    [InlineData(3 * Tick + 1)]
    [InlineData(511 * Tick)]
    [InlineData(512 * Tick)]
    [InlineData(5000 * Tick + 7)]
    public void Turn_TimerDue_FiresWithinATickAndNeverEarly(long due)
    {
        var wheel = new TimerWheel(0);
        var timer = new Recorder();
        wheel.Arm(timer, due);
        var now = 0L;
        while (timer.Fired == 0)
        {
            now += Tick / 2;
            wheel.Turn(now);
            Assert.True(now < due + (3 * Tick), "it fires at all");
        }
        Assert.InRange(now, due, due + (2 * Tick));
        Assert.True(wheel.IsEmpty);
    }

    // "Never" in the words of options: no time of ours ends so late, and none is due at once for it.
    [Fact]
    public void Arm_LongerThanTheClockCounts_DoesNotFire()
    {
        var loop = new ManualLoop();
        var (far, near) = (new Recorder(), new Recorder());
        loop.Arm(far, TimeSpan.MaxValue);
        loop.Arm(near, TimeSpan.MinValue);
        loop.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((0, 1), (far.Fired, near.Fired));
    }

    [Fact]
    public void Turn_OneTimerThrows_TheOthersFireAndItIsReported()
    {
        var reported = new List<LoopTimer>();
        var wheel = new TimerWheel(0, (timer, _) => reported.Add(timer));
        var (before, thrower, after) = (new Recorder(), new Thrower(), new Recorder());
        wheel.Arm(before, 5 * Tick);
        wheel.Arm(thrower, 5 * Tick);
        wheel.Arm(after, 5 * Tick);
        wheel.Turn(10 * Tick);
        Assert.Equal((1, 1), (before.Fired, after.Fired));
        Assert.Equal([thrower], reported);
        Assert.True(wheel.IsEmpty);
    }

    [Fact]
    public void Turn_TimerDisarmed_DoesNotFire()
    {
        var wheel = new TimerWheel(0);
        var (kept, dropped) = (new Recorder(), new Recorder());
        wheel.Arm(kept, 5 * Tick);
        wheel.Arm(dropped, 5 * Tick);
        wheel.Disarm(dropped);
        wheel.Turn(10 * Tick);
        Assert.Equal((1, 0), (kept.Fired, dropped.Fired));
    }

    [Fact]
    public void Turn_SleptForLongerThanATurnOfTheWheel_FiresEverythingDue()
    {
        var wheel = new TimerWheel(0);
        var timers = Enumerable.Range(1, 1000).Select(i => (Timer: new Recorder(), Due: i * Tick)).ToArray();
        foreach (var (timer, due) in timers) wheel.Arm(timer, due);
        wheel.Turn(900 * Tick);
        Assert.All(timers, t => Assert.Equal(t.Due <= 900 * Tick ? 1 : 0, t.Timer.Fired));
    }

    [Fact]
    public void NanosecondsToNextTurn_RandomTimers_NeverLaterThanTheEarliest()
    {
        const int seed = 7143;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var start = random.NextInt64(0, 1000 * Tick);
            var wheel = new TimerWheel(start);
            var timers = Enumerable.Range(0, random.Next(1, 5)).Select(_ => new Recorder()).ToArray();
            foreach (var timer in timers) wheel.Arm(timer, start + random.NextInt64(1, 600 * Tick));
            wheel.Disarm(timers[0]);
            var earliest = timers.Skip(1).Select(t => (long?)t.DueNanoseconds).Min();
            var wait = wheel.NanosecondsToNextTurn(start);
            if (earliest is null)
            {
                Assert.Equal(-1, wait);
                continue;
            }
            Assert.InRange(start + wait, start, earliest.Value);
            // Nobody is woken for nothing: unless a timer is further off than a turn of the wheel, the wait is exact.
            if (timers.Max(t => t.DueNanoseconds) - start < 511 * Tick) Assert.Equal(earliest.Value, start + wait);
        }
    }

    [Fact]
    public void Fire_ArmsItselfAgain_FiresAgainLater()
    {
        var wheel = new TimerWheel(0);
        var timer = new Repeater(wheel);
        wheel.Arm(timer, Tick);
        for (var now = 0L; now <= 100 * Tick; now += Tick) wheel.Turn(now);
        Assert.InRange(timer.Fired, 45, 50);
    }

    private sealed class Recorder : LoopTimer
    {
        public int Fired { get; private set; }

        public override void Fire() => Fired++;
    }

    private sealed class Repeater(TimerWheel wheel) : LoopTimer
    {
        public int Fired { get; private set; }

        public override void Fire()
        {
            Fired++;
            wheel.Arm(this, DueNanoseconds + (2 * Tick));
        }
    }

    private sealed class Thrower : LoopTimer
    {
        public override void Fire() => throw new InvalidOperationException("a bug");
    }
}
