using Lunette.Backing;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Lu.Disk.Medium;
using Lunette.Lu.Disk.Protection;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Lu.Disk;

/// <summary>
/// What the disk keeps of a command in progress: its blocks, its request to the store, its extent. Pooled.
/// </summary>
internal sealed class DiskTask : TaskContext
{
    private readonly DiskRequest _request;

    public DiskTask(DiskUnit unit)
    {
        Unit = unit;
        _request = new DiskRequest(this);
        Protected = new ProtectedTransfer(this);
    }

    public DiskUnit Unit { get; }

    /// <summary>The request to the store; one at a time.</summary>
    public StoreRequest Request => _request;

    /// <summary>The blocks the command names.</summary>
    public BlockRange Range;

    /// <summary>Bytes of the transfer that there is data, or room, for.</summary>
    public int Length;

    /// <summary>How far a command of many steps has come, in bytes from its first block.</summary>
    public long Done;

    /// <summary>Memory of its own: what is read to be compared, or a pattern to be written.</summary>
    public LeaseList Scratch { get; } = new();

    /// <summary>A window on data owned elsewhere; it is never released.</summary>
    public LeaseList Window { get; } = new();

    /// <summary>The work on the whole medium it has started.</summary>
    public MediumJob? Job;

    /// <summary>The copy it carries out.</summary>
    public CopyWork? Copy;

    /// <summary>What it keeps for copies; made when first needed, and kept.</summary>
    public CopyWork? CopyWork;

    /// <summary>It waits for a copy to end.</summary>
    public bool AwaitsCopy;

    /// <summary>SELF-TEST CODE of the self-test it carries out; null where it does not.</summary>
    public byte? SelfTestCode;

    /// <summary>Whether it ends when that work has begun.</summary>
    public bool IsImmediate;

    /// <summary>What it keeps of a command on a protected disk.</summary>
    public ProtectedTransfer Protected { get; }

    /// <summary>What a family of commands keeps between its steps; made when first needed, and kept.</summary>
    public object? Notes;

    internal BlockRange Extent;
    internal int ExtentState;
    internal bool ExtentIsExclusive;
    internal DiskTask? NextKnown;
    internal DiskTask? NextWaiting;

    /// <summary>Where the command's first block lies in the store, in bytes.</summary>
    public long Offset => (long)Range.Lba << Unit.BlockShift;

    /// <summary>How long the named blocks are, in bytes.</summary>
    public long RangeBytes => (long)Range.Count << Unit.BlockShift;

    /// <summary>Fills the request for a range of bytes of the medium.</summary>
    public void Ask(StoreOperation operation, long offset, long length, LeaseList? data = null, bool durable = false)
    {
        _request.Operation = operation;
        _request.Offset = offset;
        _request.Length = length;
        _request.Data = data ?? Scratch;
        _request.ForceUnitAccess = durable;
        _request.SourceStore = null;
        if (operation is not (StoreOperation.Read or StoreOperation.Flush or StoreOperation.MapStatus))
            Unit.Changing(offset, length);
    }

    /// <summary>
    /// Starts the request and goes on with the next step when it is done: at once, on this stack, or when it comes
    /// back to the loop.
    /// </summary>
    public CommandOutcome Go(CommandStep next)
    {
        _request.Next = next;
        _request.Loop = Task.Nexus.Loop;
        if (StartRequest()) Unit.Resume(this, next);
        else BeginStoreWait();
        return CommandOutcome.Pending;
    }

    /// <summary>
    /// The same for commands of many steps: a step that is done at once is followed by the next one in a later visit of
    /// the loop, so that neither the stack nor the wait of the others grows.
    /// </summary>
    public CommandOutcome GoInTurn(CommandStep next)
    {
        _request.Next = next;
        _request.Loop = Task.Nexus.Loop;
        if (StartRequest()) _request.Loop.Post(_request);
        BeginStoreWait();
        return CommandOutcome.Pending;
    }

    /// <summary>
    /// The request for somebody else to post when he has done what the command waits for; it touches no store.
    /// </summary>
    public StoreRequest RequestFor(CommandStep next)
    {
        Ask(StoreOperation.Flush, 0, 0);
        _request.Next = next;
        _request.Loop = Task.Nexus.Loop;
        BeginStoreWait();
        return _request;
    }

    private bool StartRequest()
    {
        var isDone = Unit.Uncorrectable.IsEmpty ? Unit.Store.Start(_request) : Unit.Uncorrectable.Start(_request);
        if (isDone) Unit.PendingDefects.Settle(_request);
        return isDone;
    }

    private void BeginStoreWait()
    {
        Task.BeginWait(TaskWait.Store);
        Unit.MediumAsked(Task.Nexus.Loop.NowNanoseconds);
    }

    /// <summary>
    /// Goes on with a step once blocks are the command's to touch: at once, or when those before it have left.
    /// </summary>
    public CommandOutcome Enter(BlockRange range, bool alone, CommandStep next)
    {
        var entered = alone ? Unit.Extents.TryExclude(this, range) : Unit.Extents.TryShare(this, range);
        if (entered) next(Unit, this);
        else if (Unit.Suspend(this, next)) Unit.Extents.Await(this);
        return CommandOutcome.Pending;
    }

    /// <summary>Ends the command.</summary>
    public void End(in CommandOutcome outcome) => Unit.Complete(this, outcome);

    /// <summary>
    /// Asks for all Data-Out the command needs. Where the initiator has less, the command cannot be carried out in
    /// part.
    /// </summary>
    public CommandOutcome AskForAll(long length, CommandStep arrived)
    {
        Task.CommandTransferLength = length;
        if (length > Task.ExpectedDataOutLength)
            return Sense.Illegal(AdditionalSense.InvalidFieldInCommandInformationUnit);
        Length = (int)length;
        Unit.RequestDataOut(this, Length, arrived);
        return CommandOutcome.Pending;
    }

    /// <summary>
    /// Asks for all Data-Out of a command whose data have a meaning as a whole: more than it takes is a mistake too.
    /// </summary>
    public CommandOutcome AskForExactly(long length, CommandStep arrived)
    {
        Task.CommandTransferLength = length;
        if (length != Task.ExpectedDataOutLength) return Command.Descriptor.TransferLength!.Value.Invalid();
        return length == 0 ? CommandOutcome.Good : AskForAll(length, arrived);
    }

    /// <summary>Leases scratch memory; false when the pool is dry.</summary>
    public bool TryLeaseScratch(int length)
    {
        for (var left = length; left > 0;)
        {
            var piece = Math.Min(left, BufferPool.LargestBytes);
            if (!Task.TryLeaseDataIn(piece, out var lease))
            {
                Scratch.Release();
                return false;
            }
            Scratch.Add(lease);
            left -= piece;
        }
        return true;
    }

    /// <summary>Makes <see cref="Window"/> show part of a list.</summary>
    public LeaseList ShowWindow(LeaseList of, int start, int length)
    {
        Window.Forget();
        var at = 0;
        foreach (ref readonly var segment in of.Segments)
        {
            var skip = Math.Max(0, start - at);
            var take = Math.Min(segment.Length, start + length - at) - skip;
            if (take > 0) Window.Add(segment.View(skip, take));
            at += segment.Length;
        }
        return Window;
    }

    protected override void Aborted()
    {
        if (_request.Operation is not (StoreOperation.Read or StoreOperation.Flush or StoreOperation.MapStatus))
            Unit.Extents.Condemn(this);
    }

    protected override void Clear()
    {
        Unit.Extents.Leave(this);
        if (Scratch.Count > 0) Scratch.Release();
        if (Window.Count > 0) Window.Forget();
        Protected.Clear();
        if (Job is { } job) job.Forget(this);
        Job = null;
        if (Copy is { } copy) copy.End();
        Copy = null;
        if (AwaitsCopy) Unit.Copies.Forget(this);
        AwaitsCopy = false;
        if (SelfTestCode is { } selfTest) Unit.SelfTestAborted(selfTest);
        SelfTestCode = null;
        Done = 0;
    }

    private sealed class DiskRequest(DiskTask task) : StoreRequest
    {
        public CommandStep Next = null!;

        public override void Run()
        {
            if (!task.Unit.Uncorrectable.IsEmpty && task.Unit.Uncorrectable.TryHeal(this)) return;
            task.Unit.PendingDefects.Settle(this);
            task.Task.EndWait();
            task.Unit.MediumAnswered(task.Task.Nexus.Loop.NowNanoseconds);
            task.Unit.Resume(task, Next);
        }
    }
}
