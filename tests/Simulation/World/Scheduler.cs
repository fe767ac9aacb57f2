using System.Globalization;
using System.Text;

namespace Lunette.Simulation.World;

/// <summary>
/// Virtual time and the order of everything: one thread takes the next event, seeded chance breaks ties and chooses
/// delays. It is the synchronization context of the run, so whatever is awaited comes back as an event too, and it
/// refuses every other thread.
/// </summary>
internal sealed class Scheduler : SynchronizationContext
{
    private const int LinesKept = 400;

    private readonly PriorityQueue<Action, (long Time, int Tie, long Number)> _events = new();
    private readonly Queue<string> _lines = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _number;
    private ulong _hash = 14695981039346656037;

    public Scheduler(int seed) => Random = new Random(seed);

    /// <summary>The one source of chance.</summary>
    public Random Random { get; }

    /// <summary>Virtual time since the beginning, in nanoseconds.</summary>
    public long Now { get; private set; }

    /// <summary>Events run so far.</summary>
    public long Events { get; private set; }

    /// <summary>What was logged, as one number: two runs of a seed agree in it.</summary>
    public ulong TraceHash => _hash;

    /// <summary>The first thing found where an exception would meet the product's own guards; ends the run.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Something was found.</summary>
    public void Fail(Exception found) => Failure ??= found;

    /// <summary>Told of each line; null for nobody.</summary>
    public Action<string>? Tracer { get; set; }

    /// <summary>The last lines of the log.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Runs something at a time, or now where that has passed.</summary>
    public void At(long time, Action act)
    {
        CheckThread();
        _events.Enqueue(act, (Math.Max(time, Now), Random.Next(), _number++));
    }

    /// <summary>Runs something after a while.</summary>
    public void After(TimeSpan delay, Action act) => At(Now + (delay.Ticks * 100), act);

    /// <summary>Completes after a while.</summary>
    public Task Delay(TimeSpan delay)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        After(delay, done.SetResult);
        return done.Task;
    }

    /// <summary>A time from nothing to so many microseconds.</summary>
    public TimeSpan Microseconds(int most) => TimeSpan.FromMicroseconds(Random.Next(most + 1));

    /// <summary>Whether something of this chance happens.</summary>
    public bool OneIn(int chances) => Random.Next(chances) == 0;

    /// <summary>One line of the log: who, what.</summary>
    public void Log(string who, string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Now / 1000,12} us  {who,-14} {what}");
        foreach (var octet in Encoding.UTF8.GetBytes(line)) _hash = (_hash ^ octet) * 1099511628211;
        _lines.Enqueue(line);
        if (_lines.Count > LinesKept) _lines.Dequeue();
        Tracer?.Invoke(line);
    }

    /// <summary>Runs events until the condition holds; false when it does not within the time.</summary>
    public bool RunUntil(Func<bool> done, TimeSpan within)
    {
        var end = Now + (within.Ticks * 100);
        while (!done())
        {
            if (!_events.TryPeek(out _, out var next) || next.Time > end)
            {
                Now = end;
                return done();
            }
            var act = _events.Dequeue();
            Now = next.Time;
            Events++;
            act();
            if (Failure is { } found) throw found;
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => At(Now, () => d(state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new InvalidOperationException("nobody waits for another in a simulation");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Fails where another thread shows up.</summary>
    public void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("a simulation has one thread: " + Environment.StackTrace);
    }
}
