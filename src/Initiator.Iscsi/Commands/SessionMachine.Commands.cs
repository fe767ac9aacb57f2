using Lunette.Iscsi;
using Lunette.Runtime;
using Lunette.Runtime.Loops;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    private const int CdbInHeader = 16;

    private readonly SessionTask[] _tasks;
    private readonly TaskList _pending = new();
    private readonly TaskList _inFlight = new();
    private readonly TaskList _over = new();
    private readonly ContinuationQueue? _continuations;
    private SessionParameters _terms = new();
    private CommandWindow _window;
    private CmdSn _cmdSn;
    private StatSn _expStatSn;
    private int _maxSend;
    private bool _batchEnding;

    /// <summary>Posts work to the loop, behind the commands that the same thread started before it.</summary>
    public void Post(LoopWork work)
    {
        _continuations?.GiveWhatIsHeld();
        Loop.Post(work);
    }

    /// <summary>Takes a command; on the loop.</summary>
    public void Start(SessionTask task)
    {
        if (State == IscsiSessionState.Ended || _closing)
        {
            End(task, new() { Outcome = CommandOutcome.SessionEnded, Fault = _fault ?? ClosedByCaller });
            return;
        }
        if (task.AbortWanted)
        {
            End(task, new() { Outcome = CommandOutcome.Aborted });
            return;
        }
        task.IsQueued = true;
        task.AcrossRecovery = State != IscsiSessionState.LoggedIn;
        _pending.Add(task);
        NeedBatch();
    }

    /// <summary>Bytes of its Data-Out Buffer were all sent, or thrown away with the connection.</summary>
    public void Drained(SessionTask task) => PutOver(task);

    public override void BatchEnding()
    {
        // What continues inline may start commands and end up here again; the outer call sees to them.
        if (_batchEnding) return;
        _batchEnding = true;
        try
        {
            do
            {
                SendPending();
                while (_over.Take() is { } task) task.Signal();
            }
            while (_over.Count != 0 || CanSend);
            _continuations?.Flush();
            if (_pending.Count != 0 && _inFlight.Count == 0) WatchWindow();
            if (State == IscsiSessionState.Draining && _inFlight.Count == 0) Apply(SessionEvent.Drained);
        }
        finally
        {
            _batchEnding = false;
        }
    }

    private void NeedBatch() => Loop.AtBatchEnd(_batch);

    private bool CanSend => _pending.Count != 0 && MaySend
        && _inFlight.Count < _options.QueueDepth && _window.Contains(_cmdSn);

    // While it verifies only the session's own command goes; it is the first.
    private bool MaySend => State == IscsiSessionState.LoggedIn
        || State == IscsiSessionState.Verifying && _identityTask.IsQueued;

    private void SendPending()
    {
        while (CanSend)
        {
            var task = _pending.Take()!;
            if (IsRefused(task)) continue;
            Send(task);
        }
    }

    private void Send(SessionTask task)
    {
        task.IsQueued = false;
        task.Begin(_cmdSn);
        _cmdSn = _cmdSn.Next;
        _inFlight.Add(task);
        AppendCommand(task);
        if (_options.VerifyIdentity && task != _identityTask) Learn(task.Command.Lun);
        if (task.AbortWanted) SendAbort(task);
    }

    private void AppendCommand(SessionTask task)
    {
        var command = task.Command;
        var connection = _connection!;
        var extended = command.CdbLength > CdbInHeader ? command.Cdb[CdbInHeader..] : default;
        var writes = task.DataOut.Length;
        var reads = task.DataIn.Length;
        uint? readLength = writes != 0 && reads != 0 ? (uint)reads : null;
        var ahsLength = AdditionalHeaderSegments.LengthOf(extended.Length, readLength is not null);
        var immediate = ImmediateLength(writes);
        var unsolicited = UnsolicitedLength(writes);
        var header = connection.BeginHeader(ahsLength);
        var pdu = Pdu.Begin<Lunette.Iscsi.ScsiCommand>(header);
        pdu.Final = unsolicited == immediate;
        pdu.Read = reads != 0;
        pdu.Write = writes != 0;
        pdu.Attribute = command.Attribute.ToCode();
        pdu.Priority = _terms.ProtocolLevel >= 2 ? command.Priority : (byte)0;
        pdu.Lun = command.Lun;
        pdu.InitiatorTaskTag = task.Tag;
        pdu.ExpectedDataTransferLength = (uint)(writes != 0 ? writes : reads);
        pdu.CmdSn = task.CmdSn;
        pdu.ExpStatSn = _expStatSn;
        pdu.Cdb = command.Cdb[..Math.Min((int)command.CdbLength, CdbInHeader)];
        pdu.TotalAhsLength = ahsLength;
        pdu.DataSegmentLength = immediate;
        if (ahsLength != 0)
            AdditionalHeaderSegments.Write(header[BasicHeaderSegment.Length..], extended, readLength);
        connection.EndHeader(header);
        AppendData(task, 0, immediate);
        task.Sent = immediate;
        if (unsolicited > immediate) AppendBurst(task, TargetTransferTag.Reserved, unsolicited - immediate);
    }

    private void End(SessionTask task, in ScsiResult result)
    {
        Invariant.That(task.Phase is TaskPhase.Pending or TaskPhase.InFlight, "a task ends once");
        if (task.Phase == TaskPhase.InFlight) _inFlight.Remove(task);
        else if (task.IsQueued) _pending.Remove(task);
        task.IsQueued = false;
        task.Result = result;
        // The caller has its memory back when the answer is there: not before the last byte of it was sent.
        if (task.IsLent) task.Phase = TaskPhase.Draining;
        else PutOver(task);
    }

    private void PutOver(SessionTask task)
    {
        task.Phase = TaskPhase.Ended;
        _over.Add(task);
        NeedBatch();
    }

    private void EndEveryTask(CommandOutcome outcome, IscsiFault fault)
    {
        while (_inFlight.First is { } sent) End(sent, new() { Outcome = outcome, Fault = fault });
        EndPending(outcome, fault);
    }

    // What was on the wire before may have been carried out, so it is not said that it was not.
    private void EndPending(CommandOutcome outcome, IscsiFault fault)
    {
        while (_pending.First is { } task)
        {
            var own = task.Replays > 0 ? CommandOutcome.ConnectionLost : outcome;
            End(task, new() { Outcome = own, Fault = fault });
        }
    }

    private SessionTask? FindInFlight(InitiatorTaskTag tag)
    {
        var index = (int)(tag.Value & 0xFFFF);
        if (index >= _tasks.Length) return null;
        var task = _tasks[index];
        return task.Phase == TaskPhase.InFlight && task.Tag == tag ? task : null;
    }

    private bool IsRefused(SessionTask task)
    {
        if (task is IdentityTask || !_options.VerifyIdentity) return false;
        if (!IsAnother(task.Command.Lun)) return false;
        var result = new ScsiResult { Outcome = CommandOutcome.IdentityChanged, Fault = AnotherUnit(task.Command.Lun) };
        task.IsQueued = false;
        End(task, result);
        return true;
    }
}
