using System.Buffers;
using Lunette.Iscsi;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Initiator.Iscsi;

/// <summary>Where a task is.</summary>
internal enum TaskPhase : byte
{
    /// <summary>Nobody uses it.</summary>
    Idle,

    /// <summary>Handed to the loop, or waiting there for the session or its window.</summary>
    Pending,

    /// <summary>On the wire.</summary>
    InFlight,

    /// <summary>Answered, while bytes of its Data-Out Buffer still wait to be sent.</summary>
    Draining,

    /// <summary>Over; whoever awaits it has not been told yet, or has not looked.</summary>
    Ended,
}

/// <summary>
/// One command of a session, from the call to its end. It is made once and used again and again; from the moment it is
/// posted until it has ended it belongs to the session's loop.
/// </summary>
internal abstract unsafe class SessionTask(SessionMachine machine, int index) : LoopWork, ILeaseOwner
{
    private MemoryHandle _pin;
    private int _generation;
    private int _leases;

    public int Index { get; } = index;

    // Links of the one list it stands in.
    public SessionTask? Previous { get; set; }

    public SessionTask? Next { get; set; }

    public TaskPhase Phase { get; set; }

    /// <summary>It stands in the session's queue; before that it is on its way to the loop.</summary>
    public bool IsQueued { get; set; }

    public IscsiCommand Command { get; private set; }

    public Memory<byte> DataIn { get; private set; }

    public ReadOnlyMemory<byte> DataOut { get; private set; }

    public InitiatorTaskTag Tag { get; private set; }

    public CmdSn CmdSn { get; set; }

    /// <summary>Bytes of Data-In so far; they come in order.</summary>
    public int Received { get; set; }

    /// <summary>The next DataSN or R2TSN: they share one count.</summary>
    public uint ExpectedSn { get; set; }

    /// <summary>Bytes of Data-Out asked for or sent unasked so far.</summary>
    public int Sent { get; set; }

    /// <summary>The caller wants it ended.</summary>
    public bool AbortWanted { get; set; }

    /// <summary>The task management function that ends it is on the wire.</summary>
    public bool AbortSent { get; set; }

    /// <summary>It waited for, or was sent again by, a session that came back.</summary>
    public bool AcrossRecovery { get; set; }

    /// <summary>How often it was sent again by a session that came back.</summary>
    public int Replays { get; set; }

    /// <summary>How often it was sent once more because of a unit attention of the new nexus.</summary>
    public int AttentionsPassed { get; set; }

    public ScsiResult Result { get; set; }

    /// <summary>Bytes of the Data-Out Buffer are still in the connection's hands.</summary>
    public bool IsLent => _leases != 0;

    protected SessionMachine Machine { get; } = machine;

    public override void Run() => Machine.Start(this);

    public override void Faulted(Exception fault) => Machine.Fault(fault);

    protected void Set(in IscsiCommand command, Memory<byte> dataIn, ReadOnlyMemory<byte> dataOut)
    {
        Invariant.That(Phase == TaskPhase.Idle, "a task is used by one command at a time");
        Phase = TaskPhase.Pending;
        Command = command;
        DataIn = dataIn;
        DataOut = dataOut;
        AbortWanted = AcrossRecovery = IsQueued = false;
        AttentionsPassed = Replays = 0;
    }

    /// <summary>It goes on the wire, for the first time or again: with a new tag and from the beginning.</summary>
    public void Begin(CmdSn cmdSn)
    {
        Invariant.That(Phase == TaskPhase.Pending, "a task is sent from the queue");
        Phase = TaskPhase.InFlight;
        _generation = (_generation + 1) & 0xFFFF;
        Tag = new InitiatorTaskTag(((uint)_generation << 16) | (uint)Index);
        CmdSn = cmdSn;
        Received = Sent = 0;
        ExpectedSn = 0;
        AbortSent = false;
    }

    /// <summary>Lends part of the Data-Out Buffer until it is sent.</summary>
    public Lease Lend(int offset, int length)
    {
        if (_leases++ == 0) _pin = DataOut.Pin();
        return new Lease((nint)_pin.Pointer + offset, length, this, 0);
    }

    public void Release(nint token)
    {
        Invariant.That(_leases > 0, "a lease is released once");
        if (--_leases != 0) return;
        _pin.Dispose();
        _pin = default;
        if (Phase == TaskPhase.Draining) Machine.Drained(this);
    }

    /// <summary>Tells whoever waits; on the loop, when the batch ends.</summary>
    public abstract void Signal();

    protected void Clear()
    {
        Phase = TaskPhase.Idle;
        DataIn = default;
        DataOut = default;
        Result = default;
    }
}
