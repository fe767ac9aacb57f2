using Lunette.Runtime.Loops;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Ended commands whose callers go on in the thread pool: handed over once a batch, not once a command. One thread lets
/// one caller after another go on, and what they post meanwhile goes to the loop together. A caller that computes long
/// or blocks holds up nobody: what waits behind it goes to another thread, what was posted before it to the loop. While
/// commands come and go quickly that thread runs the loop as well.
/// </summary>
internal sealed partial class ContinuationQueue : IThreadPoolWorkItem
{
    // Short beside the wake-ups that it saves, long beside a caller that only starts its next command.
    private static readonly TimeSpan s_patience = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan s_blocked = TimeSpan.FromMilliseconds(10);

    // The thread's hold, while it lets callers of a queue go on.
    [ThreadStatic]
    private static ContinuationQueue? t_serving;

    private readonly Lock _gate = new();
    private readonly TaskList _ended = new();
    private readonly Loop _loop;
    private readonly Watch _watch;
    private readonly TakenBack _takenBack;
    private readonly LoopWork[] _held;
    private readonly TimeProvider _time;
    private int _heldCount;
    private bool _isAskedFor;
    private bool _isOver;           // the session has ended, and its loop may
    private int _serving;           // threads in it
    private long _givenAt;          // when what is held was posted last

    /// <summary>Makes the queue of a session.</summary>
    /// <param name="loop">The session's.</param>
    /// <param name="commandsMax">Commands there are at most.</param>
    /// <param name="time">What tells a caller that computes from one that only starts its next command.</param>
    public ContinuationQueue(Loop loop, int commandsMax, TimeProvider time)
    {
        _loop = loop;
        _time = time;
        _held = new LoopWork[commandsMax];
        _watch = new Watch(this);
        _takenBack = new TakenBack(this);
    }

    /// <summary>Adds a command that has ended; on the session's loop.</summary>
    public void Add(CommandTask task)
    {
        lock (_gate) _ended.Add(task);
    }

    /// <summary>Adds a command that the loop has refused, since it has ended. Any thread.</summary>
    public void AddLate(CommandTask task)
    {
        lock (_gate) _ended.Add(task);
        Ask();
    }

    /// <summary>The session has ended: nothing is kept any more, and no loop looks after callers that block, so each
    /// that waits is given a thread. On the session's loop, as the last there.</summary>
    public void Over()
    {
        lock (_gate)
        {
            _isOver = true;
            GiveHeld();
            if (_ended.Count != 0) Ask();
        }
    }

    /// <summary>The batch is over: whoever was added is gone on with. On the session's loop.</summary>
    public void Flush()
    {
        // Whoever runs the loop here comes to them next, and posts what it holds.
        if (t_serving == this && !_isOver) return;
        bool asks;
        lock (_gate)
        {
            // What is held while others wait must not be forgotten where those have been taken meanwhile.
            if (_ended.Count == 0 && _heldCount == 0) return;
            asks = _serving == 0 || _isOver;
        }
        if (asks) Ask();
        if (!_isOver && !_watch.Armed) _loop.Arm(_watch, s_blocked);
    }

    /// <summary>
    /// Keeps a command that a caller posts who goes on here, while others wait behind; false where it is to be posted.
    /// </summary>
    public bool TryHold(CommandTask task)
    {
        if (t_serving != this) return false;
        // Who runs the loop himself wakes nobody by posting; what this thread holds it sees without the gate.
        if (_leads && _heldCount == 0) return false;
        lock (_gate)
        {
            if (_heldCount == 0 && _ended.Count == 0) return false;
            if (_heldCount == 0 && IsOverdue) return false;
            _held[_heldCount++] = task;
            if (_ended.Count == 0) GiveHeld();
        }
        return true;
    }

    /// <summary>Posts what is held: something is about to be posted that is to come after it. Any thread.</summary>
    public void GiveWhatIsHeld()
    {
        lock (_gate) GiveHeld();
    }

    void IThreadPoolWorkItem.Execute()
    {
        t_serving = this;
        lock (_gate)
        {
            _isAskedFor = false;
            _serving++;
        }
        Serve();
        var hasLed = MayLead;
        if (hasLed) Lead();
        t_serving = null;
        bool asks;
        lock (_gate)
        {
            _serving--;
            // Who led and stops has left to itself what ended last, and another that is here may block.
            asks = (hasLed || _serving == 0) && _ended.Count != 0;
        }
        if (asks) Ask();
    }

    // One caller after another goes on, until nobody waits; false where they took longer than to start a command.
    private bool Serve()
    {
        var isQuick = true;
        for (var isFirst = true; Take(isFirst, ref isQuick) is { } task; isFirst = false) task.Complete();
        return isQuick;
    }

    private CommandTask? Take(bool isFirst, ref bool isQuick)
    {
        lock (_gate)
        {
            if (isFirst) _givenAt = _time.GetTimestamp();
            if (_isOver || !isFirst && IsOverdue)
            {
                // Callers that compute, or may block with no loop to look after them: others go on beside them.
                isQuick = false;
                _givenAt = _time.GetTimestamp();
                GiveHeld();
                if (_ended.Count > 1) Ask();
            }
            if (_ended.Take() is { } task) return (CommandTask)task;
            GiveHeld();
            return null;
        }
    }

    private bool IsOverdue => _isOver || _time.GetElapsedTime(_givenAt) > s_patience;

    private void GiveHeld()
    {
        if (_heldCount == 0) return;
        _givenAt = _time.GetTimestamp();
        _loop.Post(_held.AsSpan(0, _heldCount));
        Array.Clear(_held, 0, _heldCount);
        _heldCount = 0;
    }

    private void Ask()
    {
        lock (_gate)
        {
            if (_isAskedFor) return;
            _isAskedFor = true;
        }
#pragma warning disable RS0030 // A library's callers go on in the pool, where they may block; never on the loop.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore RS0030
    }

    // On the loop, now and then while there is something to go on with: a caller may have blocked.
    private void Look()
    {
        bool waits;
        lock (_gate)
        {
            waits = _ended.Count != 0;
            GiveHeld();
        }
        if (!waits) return;
        Ask();
        if (!_isOver) _loop.Arm(_watch, s_blocked);
    }

    private sealed class Watch(ContinuationQueue queue) : LoopTimer
    {
        public override void Fire() => queue.Look();
    }

    private sealed class TakenBack(ContinuationQueue queue) : LoopWork
    {
        public override void Run() => queue.Look();
    }
}
