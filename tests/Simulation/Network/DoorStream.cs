using Lunette.Simulation.World;

namespace Lunette.Simulation.Network;

/// <summary>One end of what is between two doors. On a machine without power nothing of it ever completes.</summary>
internal sealed class DoorStream(DoorLink link, Machine machine) : Stream
{
    private readonly Scheduler _scheduler = link.Scheduler;
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private TaskCompletionSource? _arrival;
    private long _lastArrival;
    private bool _losesPieces;

    public Machine Machine => machine;

    /// <summary>The other end.</summary>
    public DoorStream Other { get; set; } = null!;

    /// <summary>It knows that nothing more comes.</summary>
    public bool IsOver { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_arrived.Count == 0 && !IsOver)
        {
            var arrival = _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellationToken.UnsafeRegister(static end => ((TaskCompletionSource)end!).TrySetResult(), arrival))
                await arrival.Task;
            await StayAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
        if (!_arrived.TryPeek(out var first)) return 0;
        var taken = Math.Min(first.Length, buffer.Length);
        first[..taken].CopyTo(buffer);
        _arrived.Dequeue();
        if (taken < first.Length) PutBack(first[taken..]);
        return taken;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await StayAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (IsOver) throw new IOException("the door is broken");
        var bytes = buffer.ToArray();
        for (var at = 0; at < bytes.Length;)
        {
            var take = Math.Min(_scheduler.OneIn(8) ? _scheduler.Random.Next(1, 40) : 8192, bytes.Length - at);
            var piece = bytes.AsMemory(at, take);
            _scheduler.At(Other.NextArrival(), () => Other.Arrive(piece));
            at += take;
        }
        if (_scheduler.OneIn(4)) await _scheduler.Delay(_scheduler.Microseconds(300));
        await StayAsync();
    }

    /// <summary>It learns that nothing more comes.</summary>
    public void End()
    {
        IsOver = true;
        _arrival?.TrySetResult();
    }

    /// <summary>The other end learns that nothing more comes, behind what is under way to it.</summary>
    public void EndOther() => _scheduler.At(Other.NextArrival(), Other.End);

    /// <summary>What is under way to it does not arrive.</summary>
    public void LosePieces() => _losesPieces = true;

    public override ValueTask DisposeAsync()
    {
        if (!IsOver && machine.IsAlive) EndOther();
        LosePieces();
        End();
        return base.DisposeAsync();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private long NextArrival()
    {
        var delay = _scheduler.OneIn(30) ? _scheduler.Random.Next(10_000) : _scheduler.Random.Next(100);
        var at = Math.Max(_scheduler.Now + (delay * 1000L), _lastArrival + 1);
        return _lastArrival = Math.Max(at, link.HeldUntil);
    }

    private void Arrive(ReadOnlyMemory<byte> piece)
    {
        if (_losesPieces || IsOver || !machine.IsAlive) return;
        _arrived.Enqueue(piece);
        _arrival?.TrySetResult();
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var others = _arrived.ToArray();
        _arrived.Clear();
        _arrived.Enqueue(rest);
        foreach (var other in others) _arrived.Enqueue(other);
    }

    // A machine without power waits for ever.
    private Task StayAsync() => machine.IsAlive ? Task.CompletedTask : new TaskCompletionSource().Task;
}
