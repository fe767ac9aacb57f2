using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// A READ (16), WRITE (16) or WRITE SAME (16) that is a step of a third-party copy: submitted to the source or the
/// destination on behalf of the nexus that asked, so that reservations, write protection, offline, aborts and extents
/// hold for it as for any command. It waits for no older task, and leaves unit attentions to the initiator's own
/// commands.
/// </summary>
internal sealed class CopyStep : ScsiTask
{
    private const byte NoData = 0x01;               // NDOB
    private const byte UnmapAndNoData = 0x09;

    private readonly DiskTask _owner;
    private readonly Return _return;
    private CommandStep? _next;
    private LeaseList? _data;
    private int _skip;

    public CopyStep(DiskTask owner)
    {
        _owner = owner;
        _return = new Return(this);
        IsStep = true;
        Tag = BackgroundTask.OwnTag;
    }

    /// <summary>What was read.</summary>
    public LeaseList Read { get; } = new();

    /// <summary>What a store is to copy, instead of reading or writing data; null for reading and writing.</summary>
    public StoreCopy? StoreCopy { get; private set; }

    public override ReadOnlySpan<byte> ImmediateData => [];

    /// <summary>Reads blocks of a disk into <see cref="Read"/>, then goes on with the owner's next step.</summary>
    public void StartRead(DiskUnit unit, BlockRange range, CommandStep next)
    {
        Prepare(BlockCommands.Read16, range);
        ExpectedDataInLength = range.Count << unit.BlockShift;
        Submit(unit, next);
    }

    /// <summary>Asks whether a disk is ready, then goes on with the owner's next step.</summary>
    public void StartTest(DiskUnit unit, CommandStep next)
    {
        Span<byte> cdb = stackalloc byte[6];
        PrimaryCommands.TestUnitReady.Begin(cdb);
        Prepare(cdb);
        Submit(unit, next);
    }

    /// <summary>Writes blocks of a disk, then goes on with the owner's next step.</summary>
    /// <param name="unit">The disk.</param>
    /// <param name="range">The blocks.</param>
    /// <param name="data">What has the bytes for them.</param>
    /// <param name="skip">How far into it they begin.</param>
    /// <param name="next">What comes then.</param>
    public void StartWrite(DiskUnit unit, BlockRange range, LeaseList data, int skip, CommandStep next)
    {
        Prepare(BlockCommands.Write16, range);
        ExpectedDataOutLength = range.Count << unit.BlockShift;
        _data = data;
        _skip = skip;
        Submit(unit, next);
    }

    /// <summary>Writes zeros, and gives the blocks back where the disk is thin.</summary>
    public void StartZero(DiskUnit unit, BlockRange range, CommandStep next)
    {
        Prepare(BlockCommands.WriteSame16, range, flags: unit.Disk.Thin ? UnmapAndNoData : NoData);
        Submit(unit, next);
    }

    /// <summary>Holds blocks of the source while the store copies, then goes on with the owner's next step.</summary>
    public void StartLending(DiskUnit unit, BlockRange range, StoreCopy copy, CommandStep next)
    {
        Prepare(BlockCommands.Read16, range);
        ExpectedDataInLength = range.Count << unit.BlockShift;
        StoreCopy = copy;
        Submit(unit, next);
    }

    /// <summary>Has the store write blocks of the destination, then lets the lending step end.</summary>
    public void StartTaking(DiskUnit unit, BlockRange range, StoreCopy copy)
    {
        Prepare(BlockCommands.Write16, range);
        ExpectedDataOutLength = range.Count << unit.BlockShift;
        StoreCopy = copy;
        Submit(unit, next: null);
    }

    public override DataOutResult RequestDataOut(int length)
    {
        // A store that takes its own pages over gets the bytes copied there; any other has a look at them.
        var isOwn = DataOut.Count > 0;
        var (skip, at) = (_skip, 0);
        foreach (ref readonly var segment in _data!.Segments)
        {
            var count = Math.Min(segment.Length - skip, (int)ExpectedDataOutLength - at);
            if (count > 0)
            {
                if (isOwn) DataOut.Write(at, segment.Span.Slice(skip, count));
                else DataOut.Add(segment.View(skip, count));
                at += count;
            }
            skip = Math.Max(0, skip - segment.Length);
        }
        return DataOutResult.Ready;
    }

    public override bool TryLeaseDataIn(int length, out Lease lease) => _owner.Task.TryLeaseDataIn(length, out lease);

    private void Prepare(CommandDescriptor command, BlockRange range, byte flags = 0)
    {
        Span<byte> cdb = stackalloc byte[16];
        command.Begin(cdb);
        cdb[1] = flags;
        BinaryPrimitives.WriteUInt64BigEndian(cdb[2..], range.Lba);
        BinaryPrimitives.WriteUInt32BigEndian(cdb[10..], range.Count);
        Prepare(cdb);
    }

    private void Prepare(ReadOnlySpan<byte> cdb)
    {
        Begin(cdb);
        Nexus = _owner.Task.Nexus;
        Lun = _owner.Task.Lun;
        (ExpectedDataInLength, ExpectedDataOutLength) = (0, 0);
        ArrivedNanoseconds = Nexus.Loop.NowNanoseconds;
        _data = null;
        StoreCopy = null;
    }

    private void Submit(DiskUnit unit, CommandStep? next)
    {
        _next = next;
        LogicalUnit = unit;
        unit.Submit(this);
    }

    // The step ends on some stack of its logical unit's; the copy goes on in a later visit of the loop.
    protected override void OnEnded(bool answered)
    {
        foreach (ref readonly var segment in DataIn.Segments) Read.Add(segment);
        DataIn.Forget();
        DataOut.Release();
        Nexus.Loop.Post(_return);
    }

    private sealed class Return(CopyStep step) : LoopWork
    {
        public override void Run()
        {
            // The lender ends whatever has become of the owner, or its blocks would stay held.
            if (step._next is { } next) step._owner.Unit.Resume(step._owner, next);
            else step.StoreCopy!.EndLending();
        }
    }
}
