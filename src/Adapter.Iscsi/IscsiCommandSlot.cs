using System.Runtime.CompilerServices;
using Lunette.Adapter.Transports;
using Lunette.Initiator.Iscsi;

namespace Lunette.Adapter.Iscsi;

/// <summary>One command on its way; used again and again, so that a command allocates nothing.</summary>
#pragma warning disable CA1001 // The source has no timer and no wait handle: there is nothing to dispose of.
internal sealed class IscsiCommandSlot
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly IscsiLink _link;
    private readonly Action _ended;
    private CancellationTokenSource _abort = new();
    private ConfiguredValueTaskAwaitable<ScsiResult>.ConfiguredValueTaskAwaiter _awaiter;
    private TransportCommand? _command;
    private TransportManagement? _asked;
    private byte[] _gathered = [];
    private bool _isGathered;

    public IscsiCommandSlot(IscsiLink link)
    {
        _link = link;
        _ended = Ended;
    }

    public void Start(IscsiSession session, TransportCommand command)
    {
        lock (_gate)
        {
            if (!_abort.TryReset())
            {
                _abort.Dispose();
                _abort = new CancellationTokenSource();
            }
            _command = command;
            command.TransportState = this;
        }
        var data = Whole(command);
#pragma warning disable CA2012 // Its awaiter is used once, in Ended: a state machine would allocate per command.
        _awaiter = session.ExecuteAsync(
            new IscsiCommand(command.Lun, command.Cdb, command.Attribute),
            command.Direction == TransferDirection.In ? data : default,
            command.Direction == TransferDirection.Out ? data : default,
            _abort.Token).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        if (_awaiter.IsCompleted) Ended();
        else _awaiter.UnsafeOnCompleted(_ended);
    }

    /// <summary>Aborts the command on the wire; its end answers the function. On the adapter's loop.</summary>
    public void Abort(TransportManagement asked)
    {
        CancellationTokenSource? abort = null;
        lock (_gate)
        {
            if (_command is not null && _command == asked.Command && _asked is null)
            {
                _asked = asked;
                abort = _abort;
            }
        }
        if (abort is null) asked.Complete(TransportOutcome.Answered);
        else abort.Cancel();
    }

    // The initiator takes one piece of memory: spanned and gathered transfers are copied together.
    private Memory<byte> Whole(TransportCommand command)
    {
        _isGathered = !command.Data.TryGetWhole(out var whole);
        if (!_isGathered) return whole;
        if (_gathered.Length < command.Data.Length) _gathered = new byte[command.Data.Length];
        if (command.Direction == TransferDirection.Out) command.Data.CopyOut(_gathered);
        return _gathered.AsMemory(0, command.Data.Length);
    }

    private void Ended()
    {
        var outcome = TransportOutcome.Aborted;
        var command = _command!;
        try
        {
            outcome = Take(_awaiter.GetResult(), command);
        }
        catch (OperationCanceledException)
        {
            // Aborted on the wire, as asked for.
        }
        TransportManagement? asked;
        lock (_gate)
        {
            command.TransportState = null;
            _command = null;
            asked = _asked;
            _asked = null;
        }
        _awaiter = default;
        _link.Recycle(this);
        command.Complete(outcome);
        asked?.Complete(TransportOutcome.Answered);
    }

    private TransportOutcome Take(in ScsiResult result, TransportCommand command)
    {
        command.Status = result.Status;
        command.SetSense(result.Sense.Span);
        if (command.Direction == TransferDirection.In)
        {
            command.TransferredBytes = result.DataInLength;
            if (_isGathered) command.Data.CopyIn(0, _gathered.AsSpan(0, result.DataInLength));
        }
        else
        {
            // A target may claim any residual.
            command.TransferredBytes = (int)(command.Data.Length - Math.Clamp(result.Residual, 0, command.Data.Length));
        }
        return result.Outcome switch
        {
            CommandOutcome.Completed => TransportOutcome.Answered,
            CommandOutcome.Aborted => TransportOutcome.Aborted,
            CommandOutcome.QueueFull => TransportOutcome.NoMemory,
            CommandOutcome.IdentityChanged => TransportOutcome.NoDevice,
            _ when _link.IsResetting => TransportOutcome.Aborted,
            _ => TransportOutcome.ConnectionLost,
        };
    }
}
