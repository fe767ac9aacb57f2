using System.Diagnostics;
using System.Runtime.CompilerServices;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Statistics;

namespace Lunette.Stmf.Contracts.Tasks;

/// <summary>
/// A command in progress (SAM-6, Task): nexus, tag, CDB, data and outcome. The port makes it, one reused object per
/// place in its command window, and derives from it; the logical unit works on it; it belongs to the loop of its
/// nexus and is touched on that loop only, except where a member says otherwise.
/// </summary>
/// <remarks>
/// Life: the port fills it and submits it through the framework; the logical unit may ask for Data-Out, appends
/// Data-In, and calls <see cref="Complete"/> or <see cref="CompleteAborted"/> exactly once, at once or later, on the
/// task's loop; the port answers the initiator, releases the data and reuses the object. An aborted task is still
/// owned by the logical unit until it has completed it: nothing recalls a store call.
/// </remarks>
public abstract class ScsiTask : LoopWork
{
    /// <summary>The longest CDB, in bytes (SPC-6, variable length CDBs).</summary>
    public const int CdbLengthMax = 260;

    /// <summary>The longest sense data, in bytes.</summary>
    public const int SenseLengthMax = 252;

    private CdbBytes _cdb;
    private SenseBytes _sense;
    private byte[]? _longCdb;

    // --- What the port says -----------------------------------------------------------------------------------------

    /// <summary>The I_T nexus the command came through.</summary>
    public ItNexus Nexus { get; protected set; } = null!;

    /// <summary>The logical unit number it addresses.</summary>
    public Lun Lun { get; protected set; }

    /// <summary>The initiator's tag; unique among the tasks of its nexus.</summary>
    public ulong Tag { get; protected set; }

    /// <summary>Task attribute.</summary>
    public TaskAttribute Attribute { get; protected set; }

    /// <summary>Command priority, 0 (none) to 15 (lowest).</summary>
    public byte Priority { get; protected set; }

    /// <summary>
    /// It is a step of another command, such as EXTENDED COPY, or goes on in the background after one has ended, and is
    /// not an initiator's: unit attention conditions wait for a command the initiator sends itself, and it waits for no
    /// older task.
    /// </summary>
    public bool IsStep { get; protected init; }

    /// <summary>CDB length in bytes.</summary>
    public int CdbLength { get; private set; }

    /// <summary>The CDB.</summary>
    public ReadOnlySpan<byte> Cdb
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CdbLength <= CdbBytes.Length ? ((ReadOnlySpan<byte>)_cdb)[..CdbLength] : _longCdb.AsSpan(0, CdbLength);
    }

    /// <summary>Bytes of Data-In the initiator has room for (its expected data transfer length
    /// when it reads).</summary>
    public uint ExpectedDataInLength { get; protected set; }

    /// <summary>Bytes of Data-Out the initiator has (its expected data transfer length when it writes).</summary>
    public uint ExpectedDataOutLength { get; protected set; }

    /// <summary>When the command arrived, in the loop's nanoseconds.</summary>
    public long ArrivedNanoseconds { get; protected set; }

    /// <summary>
    /// The Data-Out that lies in the port's receive buffer from its offset 0 on, readable only until the call that
    /// submitted the task returns; empty where there is none. Whoever wants it later copies it.
    /// </summary>
    public abstract ReadOnlySpan<byte> ImmediateData { get; }

    // --- What the logical unit does ---------------------------------------------------------------------------------

    /// <summary>The logical unit that has the task; set by the task router.</summary>
    public LogicalUnit LogicalUnit { get; set; } = null!;

    /// <summary>Where the logical unit keeps its own state of the task; the logical unit sets and clears it.</summary>
    public object? ServerState { get; set; }

    /// <summary>The Data-In to be sent; the task owns the leases and the port releases them when
    /// they are sent.</summary>
    public LeaseList DataIn { get; } = new();

    /// <summary>
    /// Where Data-Out is received: leases the logical unit has put here (a store's own pages), or the port's when it is
    /// empty at <see cref="RequestDataOut"/>. What is left in it when the task completes, the port releases.
    /// </summary>
    public LeaseList DataOut { get; } = new();

    /// <summary>
    /// How much Data-Out or Data-In the command itself calls for, in bytes: what residuals are computed from. The
    /// logical unit sets it when it has decoded the CDB; zero where the command ends before that.
    /// </summary>
    public long CommandTransferLength { get; set; }

    /// <summary>
    /// Asks for the first <paramref name="length"/> bytes of Data-Out. When the answer is pending,
    /// <see cref="LogicalUnit.DataOutArrived"/> is called later on the task's loop.
    /// </summary>
    /// <param name="length">Bytes wanted, at most <see cref="ExpectedDataOutLength"/>; more than the leases in
    /// <see cref="DataOut"/> only where that list is empty.</param>
    public abstract DataOutResult RequestDataOut(int length);

    /// <summary>Data-In up to this length, in bytes, needs no turn.</summary>
    public const int SmallTransferBytes = 16 << 10;

    /// <summary>
    /// Whether a transfer of so much Data-In may begin now. Where it may not, other logical units of the nexus come
    /// first, and <see cref="LogicalUnit.TurnCame"/> follows on the task's loop, unless the task ends before.
    /// </summary>
    /// <param name="length">Bytes the logical unit is about to fetch.</param>
    public bool TryTakeTurn(int length) => length <= SmallTransferBytes || TryTakeLargeTurn(length);

    /// <summary>The port's part of <see cref="TryTakeTurn"/>; without one nobody waits.</summary>
    protected virtual bool TryTakeLargeTurn(int length) => true;

    /// <summary>Leases one buffer of the port's store for Data-In; false when the pool is dry.</summary>
    public abstract bool TryLeaseDataIn(int length, out Lease lease);

    /// <summary>Status; meaningful once the task has ended.</summary>
    public ScsiStatus Status { get; private set; }

    /// <summary>Sense data that goes with the status; empty where there is none.</summary>
    public ReadOnlySpan<byte> Sense => ((ReadOnlySpan<byte>)_sense)[..SenseLength];

    /// <summary>Length of <see cref="Sense"/>, in bytes.</summary>
    public int SenseLength { get; private set; }

    /// <summary>Where the task is in its life.</summary>
    public TaskPhase Phase { get; private set; }

    /// <summary>
    /// Set by the logical unit, under its leaf lock and on any thread, when a task management function or another
    /// nexus aborts the task. The task's own loop looks at it at each step and completes the task as aborted.
    /// </summary>
    public bool AbortRequested
    {
        get => Volatile.Read(ref _abortRequested);
        set => Volatile.Write(ref _abortRequested, value);
    }

    private bool _abortRequested;

    // --- What it waited for ------------------------------------------------------------------------------------------

    /// <summary>It begins to wait; for one thing at a time, on its loop.</summary>
    public void BeginWait(TaskWait what)
    {
        _waitsFor = what;
        _waitBegan = Nexus.Loop.NowNanoseconds;
    }

    /// <summary>It does not wait any more; nothing where it did not.</summary>
    public void EndWait()
    {
        if (_waitsFor == TaskWait.None) return;
        _waits[(int)_waitsFor] += Nexus.Loop.NowNanoseconds - _waitBegan;
        _waitsFor = TaskWait.None;
    }

    /// <summary>How long it has waited for something, in nanoseconds.</summary>
    public long Waited(TaskWait what) => _waits[(int)what];

    private WaitTimes _waits;
    private TaskWait _waitsFor;
    private long _waitBegan;

    // --- How it ends -------------------------------------------------------------------------------------------------

    /// <summary>Writes sense data for the status to come. D_SENSE chooses the format.</summary>
    public void SetSense(in Sense sense, bool descriptorFormat) => SenseLength = sense.Write(_sense, descriptorFormat);

    /// <summary>Takes sense data that is already encoded, such as a pass-through device's.</summary>
    public void SetSense(ReadOnlySpan<byte> encoded)
    {
        SenseLength = Math.Min(encoded.Length, SenseLengthMax);
        encoded[..SenseLength].CopyTo(_sense);
    }

    /// <summary>Ends the task with a status; the initiator is told. Once, on the task's loop.</summary>
    public void Complete(ScsiStatus status)
    {
        End();
        Status = status;
        OnEnded(answered: true);
    }

    /// <summary>
    /// Ends an aborted task: nothing of it can change the medium any more. The initiator is told nothing, or TASK
    /// ABORTED where the control mode page (TAS) and the abort rules say so. Once, on the task's loop.
    /// </summary>
    public void CompleteAborted(bool reportTaskAborted)
    {
        End();
        SenseLength = 0;
        Status = ScsiStatus.TaskAborted;
        OnEnded(answered: reportTaskAborted);
    }

    /// <summary>
    /// The port's part of the end: answer when <paramref name="answered"/>, release <see cref="DataIn"/> and
    /// <see cref="DataOut"/>, reuse the object.
    /// </summary>
    protected abstract void OnEnded(bool answered);

    /// <summary>
    /// The port's, once, when the task has ended and its answer is with the transport, or there will be none: the task
    /// is counted. On its loop.
    /// </summary>
    /// <param name="nowNanoseconds">The loop's time.</param>
    /// <param name="status">What the initiator was told; <see cref="ScsiStatus.TaskAborted"/> where nothing.</param>
    /// <param name="bytes">Bytes moved between initiator and target.</param>
    protected void Account(long nowNanoseconds, ScsiStatus status, long bytes)
    {
        EndWait();
        var direction = ExpectedDataInLength > 0 ? TaskDirection.In
            : ExpectedDataOutLength > 0 ? TaskDirection.Out
            : TaskDirection.None;
        var end = new TaskEnd(
            direction, status, TaskError.Of(status, Sense), bytes, nowNanoseconds - ArrivedNanoseconds);
        Nexus.Counters.Count(end);
        Nexus.Activity?.Ended(this, end);
    }

    /// <summary>Makes the object ready for a new command; the port calls it before it fills the fields.</summary>
    protected void Begin(ReadOnlySpan<byte> cdb)
    {
        Invariant.That(Phase != TaskPhase.InProgress, "a task object carries one command at a time");
        Invariant.That(cdb.Length is > 0 and <= CdbLengthMax, "a CDB has 1 to 260 bytes");
        if (cdb.Length > CdbBytes.Length) _longCdb ??= new byte[CdbLengthMax];
        CdbLength = cdb.Length;
        if (cdb.Length <= CdbBytes.Length)
        {
            ((Span<byte>)_cdb).Clear();
            cdb.CopyTo(_cdb);
        }
        else
        {
            cdb.CopyTo(_longCdb);
        }
        Phase = TaskPhase.InProgress;
        Status = ScsiStatus.Good;
        SenseLength = 0;
        CommandTransferLength = 0;
        _waits = default;
        _waitsFor = TaskWait.None;
        AbortRequested = false;
        LogicalUnit = null!;
        Debug.Assert(DataIn.Count == 0 && DataOut.Count == 0 && ServerState is null, "the last command left something");
    }

    private void End()
    {
        Invariant.That(Phase == TaskPhase.InProgress, "a task ends exactly once");
        Phase = TaskPhase.Ended;
    }

    /// <summary>Posted to its loop, a task goes on where its logical unit left it.</summary>
    public override void Run() => LogicalUnit.Continue(this);

    [InlineArray(Length)]
    private struct CdbBytes
    {
        public const int Length = 32;
        private byte _first;
    }

    // By TaskWait.
    [InlineArray(4)]
    private struct WaitTimes
    {
        private long _first;
    }

    [InlineArray(SenseLengthMax)]
    private struct SenseBytes
    {
        private byte _first;
    }
}

/// <summary>Where a task is in its life.</summary>
public enum TaskPhase : byte
{
    /// <summary>The object carries no command.</summary>
    Idle,

    /// <summary>Submitted and not yet ended.</summary>
    InProgress,

    /// <summary>Ended; the port has it.</summary>
    Ended,
}

/// <summary>Answers to <see cref="ScsiTask.RequestDataOut"/>.</summary>
public enum DataOutResult : byte
{
    /// <summary>The bytes are in <see cref="ScsiTask.DataOut"/> now.</summary>
    Ready,

    /// <summary>They are on their way; <see cref="LogicalUnit.DataOutArrived"/> follows.</summary>
    Pending,

    /// <summary>There is no buffer; the task should end with TASK SET FULL.</summary>
    NoBuffer,
}
