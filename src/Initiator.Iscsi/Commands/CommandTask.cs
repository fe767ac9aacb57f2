using System.Threading.Tasks.Sources;
using Lunette.Runtime.Loops;

namespace Lunette.Initiator.Iscsi;

/// <summary>A caller's command: it is what the caller awaits.</summary>
internal sealed class CommandTask : SessionTask, IValueTaskSource<ScsiResult>
{
    private readonly TaskPool _pool;
    private readonly ContinuationQueue? _continuations;
    private readonly AbortWork _abort;
    private ManualResetValueTaskSourceCore<ScsiResult> _core;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;

    public CommandTask(SessionMachine machine, TaskPool pool, int index, ContinuationQueue? continuations)
        : base(machine, index)
    {
        _pool = pool;
        _abort = new AbortWork(this);
        _continuations = continuations;
    }

    /// <summary>Hands the command to the loop.</summary>
    public ValueTask<ScsiResult> Post(
        Loop loop, in IscsiCommand command, Memory<byte> dataIn, ReadOnlyMemory<byte> dataOut,
        CancellationToken cancellation)
    {
        Set(command, dataIn, dataOut);
        _cancellation = cancellation;
        var version = _core.Version;
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(
                static state => ((CommandTask)state!).AskForAbort(), this);
        }
        if (loop.IsCurrent) Machine.Start(this);
        else if (_continuations?.TryHold(this) != true) loop.Post(this);
        return new ValueTask<ScsiResult>(this, version);
    }

    // The loop has ended: nobody else touches the task any more.
    public override void Refused()
    {
        Phase = TaskPhase.Ended;
        Result = new()
        {
            Outcome = CommandOutcome.SessionEnded,
            Fault = Machine.EndFault ?? ConnectionClient.LoopHasEnded,
        };
        if (_continuations is null) Complete();
        else _continuations.AddLate(this);
    }

    public override void Signal()
    {
        if (_continuations is null) Complete();
        else _continuations.Add(this);
    }

    /// <summary>The caller goes on, on this thread.</summary>
    public void Complete()
    {
        if (Result.Outcome == CommandOutcome.Aborted && _cancellation.IsCancellationRequested)
            _core.SetException(new OperationCanceledException(_cancellation));
        else
            _core.SetResult(Result);
    }

    public ScsiResult GetResult(short token)
    {
        // Throws where the task serves another command by now.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("the command has not ended: await it, once");
        // Waits for a callback that is running: afterwards no abort of this command can reach the next one.
        _registration.Dispose();
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _registration = default;
            _cancellation = default;
            _core.Reset();
            Clear();
            _pool.Give(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void AskForAbort() => _abort.Ask(_core.Version);

    // Asked for by any thread, at most once in the inbox; it may still stand there when the task serves another
    // command, so it knows which one it was asked for.
    private sealed class AbortWork(CommandTask task) : LoopWork
    {
        private int _version;
        private int _posted;

        public void Ask(short version)
        {
            Volatile.Write(ref _version, version);
            if (Interlocked.Exchange(ref _posted, 1) == 0) task.Machine.Loop.Post(this);
        }

        public override void Run()
        {
            Interlocked.Exchange(ref _posted, 0);
            // The phase is looked at first: a task leaves these phases on this loop only, so that with the version
            // still right it is the command that was meant.
            var phase = task.Phase;
            Interlocked.MemoryBarrier();
            if (phase is not (TaskPhase.Pending or TaskPhase.InFlight or TaskPhase.Draining)) return;
            if ((short)Volatile.Read(ref _version) == task._core.Version) task.Machine.Abort(task);
        }
    }
}

/// <summary>The tasks nobody uses: as many as a session holds commands. Any thread.</summary>
internal sealed class TaskPool
{
    private readonly Lock _gate = new();
    private readonly CommandTask[] _free;
    private int _count;

    public TaskPool(SessionMachine machine, int count, ContinuationQueue? continuations)
    {
        _free = new CommandTask[count];
        for (var i = count - 1; i >= 0; i--) _free[_count++] = new CommandTask(machine, this, i, continuations);
    }

    public IReadOnlyList<SessionTask> All => _free;

    public CommandTask? Take()
    {
        lock (_gate) return _count == 0 ? null : _free[--_count];
    }

    public void Give(CommandTask task)
    {
        lock (_gate) _free[_count++] = task;
    }
}
