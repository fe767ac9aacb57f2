using System.Net;
using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Streams;

/// <summary>
/// One byte stream on a loop: it receives in batches, hands what came to its <see cref="Handler"/>, and sends what the
/// handler appended with one gathered send at the end of the batch. It knows no protocol. Everything is called on its
/// loop. What differs between epoll, plain sockets and memory is in the derived class: six small operations.
/// </summary>
public abstract unsafe partial class StreamConnection : BatchWork
{
    private StreamResources _resources;
    private StreamEnd _end;
    private bool _endTold;
    private bool _closing;              // send what is left, then close in order
    private bool _sendShut;
    private LingerTimer? _linger;
    private Move? _move;
    private bool _inTransit;            // off its old loop and not yet on the new one

    /// <summary>Makes a connection on a loop.</summary>
    protected StreamConnection(Loop loop, StreamResources resources)
    {
        Loop = loop;
        _resources = resources;
    }

    /// <summary>The loop it lives on now.</summary>
    public Loop Loop { get; private set; }

    /// <summary>Who handles its bytes.</summary>
    public StreamHandler? Handler { get; private set; }

    /// <summary>The peer's end; null where there is none.</summary>
    public abstract IPEndPoint? RemoteEndPoint { get; }

    /// <summary>Our end; null where there is none.</summary>
    public abstract IPEndPoint? LocalEndPoint { get; }

    /// <summary>Why it ended; <see cref="StreamEnd.None"/> while it lives.</summary>
    public StreamEnd End => _end;

    /// <summary>Whether bytes can still be sent.</summary>
    public bool IsOpen => _end == StreamEnd.None && !_closing;

    /// <summary>Gives the connection its handler and starts to receive. Where the handler throws, the connection ends
    /// as by any fault of its handler, and whoever started it is told by the exception.</summary>
    public void Start(StreamHandler handler)
    {
        Invariant.That(Handler is null, "a connection is started once");
        Handler = handler;
        try
        {
            handler.Attached(this);
            UpdateWatch();
        }
        catch
        {
            Close(StreamEnd.Fault);
            throw;
        }
    }

    /// <summary>Drops the connection now; what is not sent is lost. The handler is told when the batch ends.</summary>
    public void Close(StreamEnd end = StreamEnd.ClosedHere)
    {
        if (_end != StreamEnd.None) return;
        _end = end;
        if (_linger is not null) Loop.Disarm(_linger);
        CloseTransport();
        Loop.AtBatchEnd(this);
    }

    /// <summary>Sends what was appended, then closes in order; what still arrives is thrown away.</summary>
    public void CloseWhenSent()
    {
        if (_end != StreamEnd.None || _closing) return;
        _closing = true;
        DropSpill();
        _linger = new LingerTimer(this);
        Loop.Arm(_linger, _resources.Options.LingerTime);
        Loop.AtBatchEnd(this);
    }

    /// <summary>
    /// Moves the connection with all it has received and not yet used to another loop, to another handler, once the
    /// batch has ended. The old handler hears nothing more. Where the other loop has ended, the new one hears of the
    /// connection's end and of nothing else.
    /// </summary>
    public void MoveTo(StreamLoop loop, StreamHandler handler)
    {
        Invariant.That(_move is null, "a connection makes one move at a time");
        _move = new Move(this, loop, handler);
        Loop.AtBatchEnd(this);
    }

    /// <inheritdoc/>
    public sealed override void RunAtBatchEnd()
    {
        if (_inTransit) return;
        if (_end == StreamEnd.None)
        {
            Handler?.BatchEnding();
            Flush();
        }
        if (_end != StreamEnd.None) TellEnd();
        else if (_move is not null && !Waiting) Leave();
    }

    /// <inheritdoc/>
    public sealed override void Faulted(Exception fault) => Close(StreamEnd.Fault);

    internal void CloseWithLoop() => Close(StreamEnd.LoopEnded);

    /// <summary>Receives into vectors: bytes, 0 at the end of the stream, or one of <see cref="WouldBlock"/> and
    /// <see cref="Broken"/>.</summary>
    protected abstract nint Receive(IoVector* vectors, int count);

    /// <summary>Sends from vectors: bytes, or one of <see cref="WouldBlock"/> and <see cref="Broken"/>.</summary>
    protected abstract nint Send(IoVector* vectors, int count);

    /// <summary>Says what the connection wants to hear of: bytes to receive, room to send.</summary>
    protected abstract void Watch(bool readable, bool writable);

    /// <summary>Says from how many bytes on the connection wants to hear of what has come: at least so many are still
    /// to come. Its end it hears of at once.</summary>
    protected virtual void TellFrom(int bytes)
    {
    }

    /// <summary>Says that nothing more will be sent.</summary>
    protected abstract void ShutSend();

    /// <summary>Closes the transport.</summary>
    protected abstract void CloseTransport();

    /// <summary>Takes the transport off its loop, on that loop.</summary>
    protected abstract void Detach();

    /// <summary>Puts the transport on the loop it was moved to, on that loop.</summary>
    protected abstract void Attach(StreamLoop loop);

    /// <summary>Nothing now; the loop will say when.</summary>
    protected const int WouldBlock = -1;

    /// <summary>The connection is broken.</summary>
    protected const int Broken = -2;

    private void TellEnd()
    {
        if (_endTold) return;
        _endTold = true;
        DropSpill();
        _directInto = null;
        _directLeft = 0;
        if (_queue is { } queue)
        {
            queue.Clear();
            _resources.GiveQueue(queue);
            _queue = null;
        }
        _tap?.Ended();
        _tap = null;
        Handler?.Closed(_end);
    }

    // The transport leaves; the spill and what is unsent go along. The new loop takes over when it runs the move.
    private void Leave()
    {
        Invariant.That(_directLeft == 0, "a connection that receives directly does not move");
        _inTransit = true;
        Detach();
        _watching = default;
        var move = _move!;
        Loop = move.Target;
        Handler = move.Handler;
        move.Target.Post(move);
    }

    private void Arrive(Move move)
    {
        _move = null;
        _inTransit = false;
        _resources = move.Target.Streams;
        if (_end != StreamEnd.None)
        {
            TellEnd();          // closed on its way
            return;
        }
        Attach(move.Target);
        move.Handler.Attached(this);
        LookAtSpill();
        Loop.AtBatchEnd(this);
        UpdateWatch();
    }

    // The other loop has ended: there is no batch any more whose end could tell. It refuses here, where the connection
    // left, or on its own thread, where what the old loop's connections share is out of reach.
    private void ArriveNowhere(Move move)
    {
        _move = null;
        _inTransit = false;
        if (move.Target.IsCurrent) _resources = move.Target.Streams;
        if (_end == StreamEnd.None)
        {
            _end = StreamEnd.LoopEnded;
            CloseTransport();
        }
        TellEnd();
    }

    private sealed class Move(StreamConnection connection, StreamLoop target, StreamHandler handler) : LoopWork
    {
        public StreamLoop Target { get; } = target;

        public StreamHandler Handler { get; } = handler;

        public override void Run() => connection.Arrive(this);

        public override void Refused() => connection.ArriveNowhere(this);

        public override void Faulted(Exception fault) => connection.Faulted(fault);
    }

    private sealed class LingerTimer(StreamConnection connection) : LoopTimer
    {
        public override void Fire() => connection.Close();
    }
}
