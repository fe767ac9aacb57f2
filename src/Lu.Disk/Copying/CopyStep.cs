using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// A READ (16) or WRITE (16) that is a step of an EXTENDED COPY: submitted to the source or the destination on behalf
/// of the nexus that asked, so that reservations, write protection, offline, aborts and extents hold for it as for any
/// command. It never stays behind an older task of the copy's own task set (HEAD OF QUEUE), and leaves unit attentions
/// to the initiator's own commands.
/// </summary>
internal sealed class CopyStep : ScsiTask
{
    // No initiator's tag is as long.
    private const ulong StepTag = ulong.MaxValue;

    private readonly DiskTask _owner;
    private readonly Return _return;
    private CommandStep _next = null!;
    private LeaseList? _data;

    public CopyStep(DiskTask owner)
    {
        _owner = owner;
        _return = new Return(this);
        Attribute = TaskAttribute.HeadOfQueue;
        IsStep = true;
        Tag = StepTag;
    }

    /// <summary>What was read.</summary>
    public LeaseList Read { get; } = new();

    public override ReadOnlySpan<byte> ImmediateData => [];

    /// <summary>Reads or writes blocks of a disk, then goes on with the owner's next step.</summary>
    /// <param name="unit">The disk.</param>
    /// <param name="range">Its blocks.</param>
    /// <param name="data">What to write; null to read into <see cref="Read"/>.</param>
    /// <param name="next">The owner's next step; on the owner's loop.</param>
    public void Start(DiskUnit unit, BlockRange range, LeaseList? data, CommandStep next)
    {
        Span<byte> cdb = stackalloc byte[16];
        (data is null ? BlockCommands.Read16 : BlockCommands.Write16).Begin(cdb);
        BinaryPrimitives.WriteUInt64BigEndian(cdb[2..], range.Lba);
        BinaryPrimitives.WriteUInt32BigEndian(cdb[10..], range.Count);
        Begin(cdb);
        Nexus = _owner.Task.Nexus;
        Lun = _owner.Task.Lun;
        var length = range.Count << unit.BlockShift;
        ExpectedDataInLength = data is null ? length : 0;
        ExpectedDataOutLength = data is null ? 0 : length;
        ArrivedNanoseconds = Nexus.Loop.NowNanoseconds;
        _next = next;
        _data = data;
        LogicalUnit = unit;
        unit.Submit(this);
    }

    public override DataOutResult RequestDataOut(int length)
    {
        if (DataOut.Count == 0)
        {
            foreach (ref readonly var segment in _data!.Segments) DataOut.Add(segment.View(0, segment.Length));
            return DataOutResult.Ready;
        }
        // A store that takes its own pages over gets the bytes copied there.
        var at = 0;
        foreach (ref readonly var segment in _data!.Segments) at += DataOut.Write(at, segment.Span);
        return DataOutResult.Ready;
    }

    public override bool TryLeaseDataIn(int length, out Lease lease) => _owner.Task.TryLeaseDataIn(length, out lease);

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
        public override void Run() => step._owner.Unit.Resume(step._owner, step._next);
    }
}
