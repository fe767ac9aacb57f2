using Lunette.Backing;
using Lunette.Backing.Workers;

namespace Lunette.Lu.Disk.Uncorrectable;

/// <summary>
/// The blocks that WRITE LONG has marked (SBC-5, Processing pseudo unrecovered errors): they cannot be read until they
/// are written, and that outlives a restart. A write is not answered before its blocks are durably unmarked. Any loop;
/// while there are none, a request costs one look.
/// </summary>
internal sealed class UncorrectableBlocks(DiskUnit unit)
{
    /// <summary>How many there may be.</summary>
    public const int CountMax = 1024;

    private readonly Lock _changing = new();    // held over the write: a change is durable before the next one begins
    private ulong[] _blocks = [];               // ascending; never changed, replaced

    /// <summary>Whether none is marked.</summary>
    public bool IsEmpty => Volatile.Read(ref _blocks).Length == 0;

    /// <summary>Whether no other may be marked.</summary>
    public bool IsFull => Volatile.Read(ref _blocks).Length >= CountMax;

    /// <summary>Whether a block is marked.</summary>
    public bool Contains(ulong block) => Array.BinarySearch(Volatile.Read(ref _blocks), block) >= 0;

    /// <summary>The disk goes online: what is remembered holds.</summary>
    public void Load()
    {
        if (unit.Disk.Marks is not { } marks) return;
        lock (_changing) Volatile.Write(ref _blocks, [.. marks.Uncorrectable]);
    }

    /// <summary>Starts a request of a task. True: it is done; false: it will be posted to its loop.</summary>
    public bool Start(StoreRequest request)
    {
        if (request.Operation == StoreOperation.Read && FindIn(request) is { } block)
        {
            request.Result = StoreResult.ReadError;
            request.FailedOffset = (long)block << unit.BlockShift;
            return true;
        }
        // Durable before its mark is forgotten: else a loss of power would leave the block with neither.
        if (Heals(request.Operation) && FindIn(request) is not null) request.ForceUnitAccess = true;
        return unit.Store.Start(request) && !TryHeal(request);
    }

    /// <summary>
    /// Where a write that is done has reached marked blocks: has them unmarked, and the request posted once more.
    /// </summary>
    public bool TryHeal(StoreRequest request)
    {
        if (request.Result != StoreResult.Ok || !Heals(request.Operation)) return false;
        if (FindIn(request) is not { } first) return false;
        var last = (ulong)(request.Offset + request.Length - 1) >> unit.BlockShift;
        request.FailedOffset = (long)first << unit.BlockShift;
        unit.Jobs.Post(new Change(this, request,
            blocks => [.. blocks.Where(block => block < first || block > last)]));
        return true;
    }

    /// <summary>Marks a block and posts the request to its loop when that is durable, or has failed.</summary>
    public void Mark(ulong block, StoreRequest request) =>
        unit.Jobs.Post(new Change(this, request, blocks => [.. blocks.Append(block).Distinct().Order()]));

    /// <summary>The same for blocks that are no longer marked.</summary>
    public void Unmark(IReadOnlyCollection<ulong> gone, StoreRequest request) =>
        unit.Jobs.Post(new Change(this, request, blocks => [.. blocks.Except(gone)]));

    /// <summary>Leaves marked only what lies before a block; false where that is not remembered. It blocks.</summary>
    public bool TryKeepBefore(ulong end) =>
        Volatile.Read(ref _blocks) is not [.., var last] || last < end
        || TryChange(blocks => [.. blocks.Where(block => block < end)]);

    private static bool Heals(StoreOperation operation) => operation is StoreOperation.Write
        or StoreOperation.WriteZeroes or StoreOperation.Unmap or StoreOperation.Copy;

    private ulong? FindIn(StoreRequest request)
    {
        if (request.Length <= 0) return null;
        var blocks = Volatile.Read(ref _blocks);
        var at = Array.BinarySearch(blocks, (ulong)request.Offset >> unit.BlockShift);
        if (at < 0) at = ~at;
        return at < blocks.Length && (long)blocks[at] << unit.BlockShift < request.Offset + request.Length
            ? blocks[at]
            : null;
    }

    private bool TryChange(Func<ulong[], ulong[]> change) => ResultOf(change) == StoreResult.Ok;

    // No space: there would be too many.
    private StoreResult ResultOf(Func<ulong[], ulong[]> change)
    {
        lock (_changing)
        {
            var next = change(_blocks);
            if (next.Length > CountMax) return StoreResult.NoSpace;
            if (unit.Disk.Marks?.SetUncorrectable(next) is not null) return StoreResult.WriteError;
            Volatile.Write(ref _blocks, next);
            return StoreResult.Ok;
        }
    }

    private sealed class Change(UncorrectableBlocks of, StoreRequest request, Func<ulong[], ulong[]> change)
        : BlockingJob
    {
        public override void Run() =>
            request.Finish(of.ResultOf(change));
    }
}
