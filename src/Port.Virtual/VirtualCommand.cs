using Lunette.Runtime.Buffers;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Virtual;

/// <summary>When a target that asks for Data-Out gets it.</summary>
public enum DataOutDelivery
{
    /// <summary>It comes with the command, readable in place, as iSCSI immediate data does.</summary>
    Immediate,

    /// <summary>It is there when asked for.</summary>
    WhenAsked,

    /// <summary>It arrives one turn of the loop after it was asked for.</summary>
    Later,

    /// <summary>It does not come until <see cref="VirtualCommand.DeliverDataOut"/>.</summary>
    Held,
}

/// <summary>
/// One place in a virtual initiator's command window: a task object that is used again and again. Prepare it, start it,
/// and after its end read what came of it.
/// </summary>
public sealed class VirtualCommand : ScsiTask
{
    private readonly VirtualInitiator _initiator;
    private readonly Arrival _arrival;
    private ScsiRequest _request;
    private DataOutDelivery _delivery;
    private int _asked;
    private bool _submitting;
    private bool _waiting;
    private volatile bool _ended;

    internal VirtualCommand(VirtualInitiator initiator)
    {
        _initiator = initiator;
        _arrival = new Arrival(this);
        Submission = new Submit(this);
    }

    /// <summary>Whether it has ended; the fields below mean something only then.</summary>
    public bool HasEnded => _ended;

    /// <summary>Whether the target answered.</summary>
    public bool Answered { get; private set; }

    /// <summary>How many bytes are in the request's Data-In memory.</summary>
    public int DataInLength { get; private set; }

    /// <summary>Whether the target waits for Data-Out of it.</summary>
    public bool WaitsForDataOut => _waiting;

    /// <summary>Called on the nexus' loop when it has ended; null for none.</summary>
    public Action<VirtualCommand>? Ended { get; set; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> ImmediateData =>
        _submitting && _delivery == DataOutDelivery.Immediate ? _request.DataOut.Span : [];

    internal Submit Submission { get; }

    /// <summary>What the application client sees.</summary>
    public ScsiResult ToResult() => new()
    {
        Answered = Answered,
        Status = Status,
        SenseData = Sense.ToArray(),
        DataInLength = DataInLength,
        Residual = Residual,
    };

    /// <summary>
    /// Bytes the command called for beyond what the initiator expected (positive), or fell short of it (negative).
    /// </summary>
    public long Residual => CommandTransferLength - Math.Max(ExpectedDataInLength, ExpectedDataOutLength);

    /// <summary>Fills it for the next command; the last one has ended.</summary>
    internal void Prepare(in ScsiRequest request, DataOutDelivery delivery, ulong tag)
    {
        Begin(request.Cdb.Span);
        _request = request;
        _delivery = delivery;
        Nexus = _initiator.Nexus;
        Lun = request.Lun;
        Tag = tag;
        Attribute = request.Attribute;
        Priority = request.Priority;
        ExpectedDataInLength = (uint)request.DataIn.Length;
        ExpectedDataOutLength = (uint)request.DataOut.Length;
        ArrivedNanoseconds = Nexus.Loop.NowNanoseconds;
        Answered = false;
        DataInLength = 0;
        _asked = 0;
        _waiting = false;
        _ended = false;
    }

    /// <summary>Lets Data-Out that was held arrive, or fail. On the nexus' loop.</summary>
    public void DeliverDataOut(DataOutOutcome outcome = DataOutOutcome.Arrived)
    {
        if (!_waiting) return;
        _waiting = false;
        if (outcome == DataOutOutcome.Arrived) DataOut.Write(0, _request.DataOut.Span[.._asked]);
        LogicalUnit.DataOutArrived(this, outcome);
    }

    /// <inheritdoc/>
    public override DataOutResult RequestDataOut(int length)
    {
        if (DataOut.Count == 0 && !_initiator.Pool.TryLease(length, "virtual data-out", DataOut))
            return DataOutResult.NoBuffer;
        _asked = length;
        if (_delivery is DataOutDelivery.Immediate or DataOutDelivery.WhenAsked)
        {
            DataOut.Write(0, _request.DataOut.Span[..length]);
            return DataOutResult.Ready;
        }
        _waiting = true;
        if (_delivery == DataOutDelivery.Later) _arrival.Post();
        return DataOutResult.Pending;
    }

    /// <inheritdoc/>
    public override bool TryLeaseDataIn(int length, out Lease lease) =>
        _initiator.Pool.TryLease(length, "virtual data-in", out lease);

    /// <inheritdoc/>
    protected override void OnEnded(bool answered)
    {
        Answered = answered;
        _waiting = false;
        // The one copy of this port: into memory that is the caller's.
        if (answered) DataInLength = DataIn.Read(0, _request.DataIn.Span);
        var moved = Status == ScsiStatus.Good ? DataInLength + (long)_asked : 0;
        Account(Nexus.Loop.NowNanoseconds, answered ? Status : ScsiStatus.TaskAborted, moved);
        DataIn.Release();
        DataOut.Release();
        // An arrival that is posted still carries this object; its visit ends the command then.
        if (!_arrival.Posted) End();
    }

    private void End()
    {
        _ended = true;
        Ended?.Invoke(this);
    }

    internal sealed class Submit(VirtualCommand command) : Runtime.Loops.LoopWork
    {
        public override void Run()
        {
            command._submitting = true;
            command._initiator.Framework.Submit(command);
            command._submitting = false;
        }
    }

    private sealed class Arrival(VirtualCommand command) : Runtime.Loops.LoopWork
    {
        public bool Posted { get; private set; }

        public void Post()
        {
            Posted = true;
            command.Nexus.Loop.Post(this);
        }

        public override void Run()
        {
            Posted = false;
            if (command.Phase == TaskPhase.Ended) command.End();
            else command.DeliverDataOut();
        }
    }
}
