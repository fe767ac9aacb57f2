using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Events;
using Lunette.Adapter.Transactions;
using Lunette.Runtime.Loops;

namespace Lunette.Adapter;

/// <content>
/// Calls onto the loop, and its end. An adapter is dead with its loop: no time-out runs out any more and no answer gets
/// in. So whoever waits is told then: ENODEV where nothing had been begun, EIO where it was cut short. A command that
/// is at the device ends when its transport, which is ended too, lets go of its memory, and says what became of it.
/// </content>
public sealed partial class ScsiAdapter
{
    private readonly HashSet<TaskCompletionSource<Errno>> _asked = [];
    private readonly Lock _endGate = new();
    private volatile bool _hasEnded;
    private AtEnd? _atEnd;
    private Task? _transportEnd;

    /// <summary>Whether its loop has ended, and it with it.</summary>
    internal bool HasEnded => _hasEnded;

    internal void LoopHasEnded() => _hasEnded = true;

    internal void Post(Action action, Action? refused = null, Action<Exception>? faulted = null)
    {
        if (_hasEnded) refused?.Invoke();
        else if (Loop.IsCurrent) new Call(action, refused, faulted).RunHere();
        else Loop.Post(new Call(action, refused, faulted));
    }

    private Task<T> CallAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => done.SetResult(function()), () => done.SetException(new ObjectDisposedException(Name)),
            done.SetException);
        return done.Task;
    }

    /// <summary>Runs an operation on the loop that answers at once.</summary>
    private Task<Errno> CarryOutAsync(Func<Errno> operation) => AskAsync(done => done(operation()));

    /// <summary>Runs a step on the loop that answers by a callback, at once or later. ENODEV where the loop has ended
    /// before it, EIO where the loop ends meanwhile.</summary>
    internal Task<Errno> AskAsync(Action<Action<Errno>> step)
    {
        var done = new TaskCompletionSource<Errno>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            () =>
            {
                _asked.Add(done);
                step(error =>
                {
                    _asked.Remove(done);
                    done.TrySetResult(error);
                });
            },
            () => done.TrySetResult(Errno.ENODEV),
            fault =>
            {
                _asked.Remove(done);
                done.TrySetException(fault);
            });
        return done.Task;
    }

    // The loop knows the adapter as long as anything of it could wait. On the loop.
    private void WatchLoop()
    {
        _atEnd ??= new AtEnd(this);
        if (_queues.Count > 0 || !_senders.IsEmpty) Loop.AtEnd(_atEnd);
        else Loop.NotAtEnd(_atEnd);
    }

    private void EndWithLoop()
    {
        LoopHasEnded();
        _ = EndTransportAsync();
        Raise(null, AdapterEvents.FatalHardwareError);
        var cutShort = _asked.Count;
        foreach (var queue in _queues.Values)
        {
            cutShort += queue.LetGoOfActive();
            for (; queue.TakeUnsent(out var error) is { } unsent; cutShort++) End(unsent, error);
        }
        _queues.Clear();
        Clearings.Clear();
        foreach (var done in _asked) done.TrySetResult(Errno.EIO);
        _asked.Clear();
        foreach (var session in _senders.Values) session.Stop();
        _senders.Clear();
        if (cutShort > 0)
            Log(ErrorLabel.SCSI_ERR1, 0, default, null, $"its loop has ended: {cutShort} requests with it");
    }

    private void End(Transaction transaction, Errno error)
    {
        transaction.Fail(error);
        try
        {
            transaction.Done();
        }
        catch (Exception fault)
        {
            TellLoop(fault);
        }
    }

    private Task EndTransportAsync()
    {
        lock (_endGate) return _transportEnd ??= Transport.DisposeAsync().AsTask();
    }

    private sealed class AtEnd(ScsiAdapter adapter) : LoopWork
    {
        public override void Run() => adapter.EndWithLoop();
    }

    private sealed class Call(Action action, Action? refused, Action<Exception>? faulted) : LoopWork
    {
        public override void Run() => action();

        public override void Refused() => refused?.Invoke();

        public override void Faulted(Exception fault) => faulted?.Invoke(fault);

        /// <summary>As the loop would run it: what it throws is told to whoever waits for it, where anybody
        /// does.</summary>
        public void RunHere()
        {
            try
            {
                action();
            }
            catch (Exception fault) when (faulted is not null)
            {
                faulted(fault);
            }
        }
    }
}
