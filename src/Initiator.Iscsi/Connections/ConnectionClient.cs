using Lunette.Runtime.Loops;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Whom a connection serves: a session, or a discovery. Called on its loop, one call at a time. What returns a fault
/// ends the connection with it. It belongs to its initiator, and ends with it, or with the loop, at the latest.
/// </summary>
internal abstract class ConnectionClient
{
    private readonly IscsiInitiator _initiator;
    private readonly Call _atEnd;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasEnded;

    protected ConnectionClient(IscsiInitiator initiator, Loop loop)
    {
        _initiator = initiator;
        Loop = loop;
        _atEnd = Call(() => Fault(LoopHasEnded));
    }

    /// <summary>What whoever comes too late is told.</summary>
    public static IscsiFault LoopHasEnded { get; } =
        new(IscsiFaultKind.Closed, "the initiator was disposed, or the loop has ended");

    /// <summary>Where it lives.</summary>
    public Loop Loop { get; }

    /// <summary>Ends with it; never with an exception.</summary>
    public Task WhenEnded => _ended.Task;

    /// <summary>It has been on its loop.</summary>
    protected bool IsBegun { get; private set; }

    /// <summary>Begins on its loop. Any thread, once; its initiator has it. Where the loop has ended it ends here, and
    /// whoever observes it is told, so that no lock may be held.</summary>
    public void Start() => Loop.Post(Call(
        () =>
        {
            // Its initiator may have been disposed of meanwhile.
            if (_hasEnded) return;
            IsBegun = true;
            Loop.AtEnd(_atEnd);
            Begin();
        },
        refused: () => Fault(LoopHasEnded)));

    /// <summary>A call onto its loop; a bug in it ends the client. Where the loop has ended it does nothing, unless
    /// told.</summary>
    public Call Call(Action act, Action? refused = null) => new(act, Fault, refused);

    /// <summary>A bug of ours: it cannot be trusted any more.</summary>
    public void Fault(Exception fault) => Fault(new IscsiFault(IscsiFaultKind.Internal, fault.Message));

    /// <summary>The first attempt; once.</summary>
    protected abstract void Begin();

    /// <summary>Nobody wants it any more: it ends in good order.</summary>
    public abstract void Close();

    /// <summary>It cannot go on, and ends at once: a bug of ours, or its loop has ended.</summary>
    public abstract void Fault(IscsiFault fault);

    /// <summary>It has ended; nothing runs for it any more.</summary>
    protected void HasEnded()
    {
        _hasEnded = true;
        if (IsBegun) Loop.NotAtEnd(_atEnd);
        _initiator.Forget(this);
        _ended.TrySetResult();
    }

    /// <summary>The connection was made; the login begins.</summary>
    public abstract void Connected(InitiatorConnection connection);

    /// <summary>Full feature phase has begun.</summary>
    public abstract void LoggedIn(InitiatorConnection connection);

    /// <summary>A PDU other than Data-In, digests checked; the bytes are only lent.</summary>
    public abstract IscsiFault? Receive(ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data);

    /// <summary>A Data-In header has come: where its data goes. Empty when it carries none.</summary>
    public virtual IscsiFault? PlaceDataIn(ReadOnlySpan<byte> bhs, int length, out Memory<byte> destination)
    {
        destination = default;
        return IscsiFault.Protocol("Data-In in a session that has no commands");
    }

    /// <summary>The data of a Data-In that was placed has arrived, digest checked.</summary>
    public virtual IscsiFault? DataInArrived(ReadOnlySpan<byte> bhs, int length) => null;

    /// <summary>What was received is used up and what was appended is about to be sent.</summary>
    public virtual void BatchEnding()
    {
    }

    /// <summary>The connection has ended; nothing of the caller's memory is in its hands any more.</summary>
    public abstract void Closed(InitiatorConnection connection, IscsiFault fault);
}
