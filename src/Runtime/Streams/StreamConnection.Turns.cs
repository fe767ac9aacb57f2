using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Streams;

/// <content>
/// Turns: a deficit round robin over the connections of a loop. In one turn a connection's bytes are looked at until
/// what its handler has appended reaches <see cref="StreamOptions.TurnBytes"/>, and as much is sent; what is left comes
/// in the next round, after the others. A round is bounded by the connections that take part, not by what they ask for.
/// </content>
public abstract unsafe partial class StreamConnection
{
    private long _credit;               // bytes that may still be appended in this turn; less than none is made up for
    private bool _inTurn;               // the handler looks at bytes: what it appends is charged
    private bool _stalled;              // bytes are left that the handler has had no credit for
    private bool _workLeft;             // the handler has work left that needs no bytes
    private bool _turnTaken;            // the turn that was asked for has come early, with bytes
    private TurnWork? _turn;

    /// <summary>
    /// The handler, whose turn is over, has work left that needs no more bytes:
    /// <see cref="StreamHandler.TurnBegins"/> and <see cref="StreamHandler.TurnEnds"/> follow.
    /// </summary>
    public void LeaveForNextTurn()
    {
        _workLeft = true;
        Loop.AtBatchEnd(this);
    }

    /// <summary>Whether the turn that runs is not over: something may still be appended in it.</summary>
    public bool HasCredit => _end == StreamEnd.None && _credit > 0;

    // False when an earlier turn has taken more than its share: a later one is waited for.
    private bool BeginTurn()
    {
        var share = Loop.IsShared ? _resources.Options.TurnBytes : _resources.Options.UnsentBytesMax;
        _credit = Math.Min(_credit + share, share);
        return _credit > 0;
    }

    private int HandOver(Span<byte> bytes)
    {
        _inTurn = true;
        var used = Handler!.Received(bytes);
        _inTurn = false;
        Invariant.That((uint)used <= (uint)bytes.Length, "a handler uses what it was given");
        return used;
    }

    private void Charge(int bytes)
    {
        if (_inTurn) _credit -= bytes;
    }

    // Bytes are left over: of a message that is not whole, or of one whose turn has not come.
    private void NoteStall() => _stalled = !HasCredit && !_paused && _move is null;

    private bool IsTurnAhead => _turn is { Posted: true };

    private bool IsAnythingLeft => (_stalled || _workLeft) && !_throttled && !_closing;

    // A turn that is ahead waits for its place in the round; what is left of the handler's own work does not keep it
    // from looking at bytes now.
    private bool TryTakeTurnEarly()
    {
        if (!IsTurnAhead) return true;
        _turnTaken = _workLeft && _spillLength == 0;
        return _turnTaken;
    }

    private void AskForTurn()
    {
        _turn ??= new TurnWork(this);
        if (_turn.Posted) return;
        _turn.Posted = true;
        Loop.Post(_turn);
    }

    private void TakeTurn()
    {
        if (_end != StreamEnd.None) return;
        if (_turnTaken) _turnTaken = false;
        else if (IsAnythingLeft && BeginTurn()) LookAgain();
        Loop.AtBatchEnd(this);
    }

    private void LookAgain()
    {
        _stalled = _workLeft = false;
        _inTurn = true;
        Handler!.TurnBegins();
        _inTurn = false;
        if (_spillLength > 0 && _end == StreamEnd.None) DeliverSpill();
        if (_end != StreamEnd.None) return;
        _inTurn = true;
        Handler.TurnEnds();
        _inTurn = false;
    }

    // What came before a pause or a move is looked at now, or when its turn comes.
    private void LookAtSpill()
    {
        if (_spillLength == 0) return;
        if (!BeginTurn()) _stalled = true;
        else if (IsReceiving) DeliverSpill();
    }

    // After a flush: what could be sent or looked at now gets a turn by itself, since no event will tell of it.
    private void AskForWhatIsLeft()
    {
        if ((UnsentBytes > 0 && !_blocked) || IsAnythingLeft) AskForTurn();
    }

    private sealed class TurnWork(StreamConnection connection) : LoopWork
    {
        public bool Posted { get; set; }

        public override void Run()
        {
            // The connection has moved while this was on its way.
            if (connection.Loop is StreamLoop { IsCurrent: false } elsewhere)
            {
                elsewhere.Post(this);
                return;
            }
            Posted = false;
            connection.TakeTurn();
        }

        public override void Faulted(Exception fault) => connection.Faulted(fault);
    }
}
