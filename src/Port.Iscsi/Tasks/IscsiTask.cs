using Lunette.Iscsi;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Iscsi.Tasks;

/// <summary>
/// A SCSI command of an iSCSI session, with the state of its transfers. There is one object per place in the command
/// window, reused; its generation tells a late PDU of an earlier command from one of this.
/// </summary>
internal sealed class IscsiTask(TargetSession session, int slot) : ScsiTask
{
    private const int GenerationBits = 10;
    private const int BurstBits = 12;

    private nint _immediateAddress;
    private int _immediateLength;

    /// <summary>Place among the session's tasks.</summary>
    public int Slot { get; } = slot;

    /// <summary>The link of the list of tasks that are not in use.</summary>
    public IscsiTask? NextFree { get; set; }

    /// <summary>The link of <see cref="TaskTags"/>.</summary>
    public IscsiTask? NextOfPlace { get; set; }

    /// <summary>Grows with each command carried.</summary>
    public uint Generation { get; private set; }

    public InitiatorTaskTag InitiatorTaskTag { get; private set; }

    public CmdSn CmdSn { get; private set; }

    /// <summary>Delivered outside the command order; such a task has no place in the window.</summary>
    public bool IsImmediate { get; private set; }

    public bool IsRead { get; private set; }

    public bool IsWrite { get; private set; }

    /// <summary>Data-Out the logical unit asked for, in bytes; -1 before it did.</summary>
    public int Wanted { get; set; }

    /// <summary>The logical unit waits for <see cref="Wanted"/> bytes.</summary>
    public bool Waiting { get; set; }

    /// <summary>When it began to wait, in the loop's nanoseconds.</summary>
    public long WaitingSince { get; set; }

    /// <summary>Bytes of Data-Out that have come, in order from the first (DataPDUInOrder and DataSequenceInOrder are
    /// always Yes here).</summary>
    public int Received { get; set; }

    /// <summary>Bytes of Data-In given to the transport.</summary>
    public int Sent { get; set; }

    /// <summary>More unsolicited data is announced: immediate data that is still arriving, or Data-Out until its F
    /// bit.</summary>
    public bool UnsolicitedOpen { get; set; }

    /// <summary>DataSN of the next Data-Out of the current burst.</summary>
    public DataSn DataSn { get; set; }

    /// <summary>First byte that is asked for by R2T.</summary>
    public int SolicitedFrom { get; set; }

    /// <summary>R2Ts sent so far.</summary>
    public int ReadyToTransfers { get; set; }

    /// <summary>The burst that Data-Out is coming for now: bursts before it are complete.</summary>
    public int Burst { get; set; }

    /// <summary>Unsolicited data that came before the logical unit asked for it.</summary>
    public LeaseList Stash { get; } = new();

    /// <summary>No buffer was left for the stash: what came is lost.</summary>
    public bool StashLost { get; set; }

    /// <summary>The task has ended, and its answer waits for data that is still on its way.</summary>
    public bool EndHeld { get; set; }

    /// <summary>Whether the held end is to be answered.</summary>
    public bool AnswerHeld { get; set; }

    /// <summary>Data is being received straight into the task's leases, so that they must not be released.</summary>
    public bool Receiving { get; set; }

    /// <summary>Bytes of Data-In it waits to be allowed to fetch; 0 when it does not wait. See
    /// <see cref="UnitTurns"/>.</summary>
    public int AwaitedTurn { get; set; }

    /// <summary>The link of the list of tasks that wait so.</summary>
    public IscsiTask? NextInTurn { get; set; }

    /// <summary>What the transport found wrong, said instead of what the logical unit says.</summary>
    public AdditionalSense? TransportError { get; set; }

    /// <inheritdoc/>
    public override unsafe ReadOnlySpan<byte> ImmediateData => new((void*)_immediateAddress, _immediateLength);

    /// <summary>Fills the object for a command that has arrived.</summary>
    public void Begin(in ScsiCommand command, ReadOnlySpan<byte> cdb, uint dataIn, uint dataOut, long now)
    {
        Begin(cdb);
        Generation++;
        Nexus = session.Nexus!;
        Lun = command.Lun;
        InitiatorTaskTag = command.InitiatorTaskTag;
        Tag = command.InitiatorTaskTag.Value;
        CmdSn = command.CmdSn;
        IsImmediate = command.Immediate;
        IsRead = command.Read;
        IsWrite = command.Write;
        Priority = command.Priority;
        Attribute = command.Attribute.TryToScsi(out var attribute) ? attribute : TaskAttribute.Simple;
        ExpectedDataInLength = dataIn;
        ExpectedDataOutLength = dataOut;
        ArrivedNanoseconds = now;
        Wanted = -1;
        Waiting = false;
        Received = 0;
        Sent = 0;
        UnsolicitedOpen = false;
        DataSn = default;
        SolicitedFrom = 0;
        ReadyToTransfers = 0;
        Burst = 0;
        StashLost = false;
        EndHeld = false;
        Receiving = false;
        TransportError = null;
    }

    /// <summary>Shows data that lies in the receive buffer, for as long as the command is being submitted.</summary>
    public unsafe void ShowImmediate(ReadOnlySpan<byte> data)
    {
        // Receive buffers are native memory: they do not move.
        _immediateAddress = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetReference(data));
        _immediateLength = data.Length;
    }

    /// <summary>The data is about to be overwritten.</summary>
    public void HideImmediate() => _immediateLength = 0;

    /// <summary>Names a burst: slot, generation and R2TSN, so that Data-Out for an earlier command is known for what it
    /// is. It never has the value that names nothing.</summary>
    public TargetTransferTag TransferTag(int burst) => new(
        ((uint)Slot << (GenerationBits + BurstBits)) | ((Generation & ((1u << GenerationBits) - 1)) << BurstBits)
        | ((uint)burst & ((1u << BurstBits) - 1)));

    /// <summary>The slot a transfer tag names.</summary>
    public static int SlotOf(TargetTransferTag tag) => (int)(tag.Value >> (GenerationBits + BurstBits));

    /// <summary>The most slots the tags can tell apart.</summary>
    public const int SlotsMax = (1 << (32 - GenerationBits - BurstBits)) - 1;

    /// <inheritdoc/>
    public override DataOutResult RequestDataOut(int length) => session.RequestDataOut(this, length);

    /// <inheritdoc/>
    protected override bool TryTakeLargeTurn(int length) => session.TryTakeTurn(this, length);

    /// <inheritdoc/>
    public override bool TryLeaseDataIn(int length, out Lease lease) =>
        session.Buffers.TryLease(length, "Data-In", out lease);

    /// <inheritdoc/>
    public override void Faulted(Exception fault) => session.Faulted();

    /// <summary>Counts it, answered or forgotten.</summary>
    public void Account(long now, bool answered)
    {
        var status = !answered ? ScsiStatus.TaskAborted
            : TransportError is null ? Status
            : ScsiStatus.CheckCondition;
        Account(now, status, status == ScsiStatus.Good ? Received + (long)Sent : 0);
    }

    /// <inheritdoc/>
    protected override void OnEnded(bool answered) => session.TaskEnded(this, answered);
}
