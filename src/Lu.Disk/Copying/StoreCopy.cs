using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// A step that the store carries out itself, by sharing or copying what it holds: a READ at the source holds the blocks
/// while a WRITE at the destination has its store copy them. Both are checked as any command; no data pass through
/// here. Who holds blocks must not wait for others, so a destination that is not free at once is left to reading and
/// writing.
/// </summary>
/// <param name="lender">The READ.</param>
/// <param name="taker">The WRITE.</param>
internal sealed class StoreCopy(CopyStep lender, CopyStep taker)
{
    private static readonly CommandStep s_entered = Entered;
    private static readonly CommandStep s_copied = Copied;

    private CopyPlan _plan;

    /// <summary>The store cannot do it, here or now: nothing was written.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>The store can never do it between these disks.</summary>
    public bool IsHopeless { get; private set; }

    /// <summary>Whether it is worth a try: what is shared, or copied as a hole, has no space of its own.</summary>
    public static bool Suits(in CopyPlan plan) =>
        plan.IsWhole && plan.Destination.Disk.Thin
        && plan.Source!.Uncorrectable.IsEmpty && plan.Destination.Uncorrectable.IsEmpty
        && plan.Source is { OpenStore: { } source, ProtectionType: ProtectionType.Type0 }
        && plan.Destination is { OpenStore: { } destination, ProtectionType: ProtectionType.Type0 }
        && (destination.Features & StoreFeatures.CopyRange) != 0
        && (source == destination || (source.Filters.Count == 0 && destination.Filters.Count == 0));

    /// <summary>Starts it; the owner goes on when both have ended.</summary>
    public void Start(in CopyPlan plan, CommandStep next)
    {
        _plan = plan;
        WasRefused = false;
        lender.StartLending(plan.Source!, plan.SourceRange, this, next);
    }

    /// <summary>Forgets that it was ever refused.</summary>
    public void Reset() => IsHopeless = false;

    /// <summary>The READ has passed its checks.</summary>
    public static CommandOutcome Lend(DiskTask task) => task.Enter(task.Range, alone: false, s_entered);

    /// <summary>The WRITE has passed its checks.</summary>
    public static CommandOutcome Take(DiskTask task) => ((CopyStep)task.Task).StoreCopy!.TakeHere(task);

    /// <summary>The WRITE has ended, and so does the READ.</summary>
    public void EndLending() => ((DiskTask)lender.ServerState!).End(CommandOutcome.Good);

    private static void Entered(EmulatedUnit unit, TaskContext command)
    {
        var copy = ((CopyStep)command.Task).StoreCopy!;
        var plan = copy._plan;
        copy.Taker.StartTaking(plan.Destination, plan.DestinationRange, copy);
    }

    private CopyStep Taker => taker;

    private CommandOutcome TakeHere(DiskTask task)
    {
        if (!task.Unit.Extents.TryShare(task, task.Range)) return Refuse();
        var source = _plan.Source!.OpenStore;
        if (source is null) return Refuse();
        task.Ask(StoreOperation.Copy, task.Offset, task.RangeBytes, durable: !task.Unit.WriteCacheEnabled);
        task.Request.SourceOffset = _plan.SourceOffset;
        task.Request.SourceStore = _plan.Source == task.Unit ? null : source.Bottom;
        return task.Go(s_copied);
    }

    private static void Copied(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var copy = ((CopyStep)task.Task).StoreCopy!;
        task.Unit.NoteWritten(task, task.Request.Result);
        if (task.Request.Result == StoreResult.NotSupported)
        {
            copy.IsHopeless = true;
            task.End(copy.Refuse());
            return;
        }
        task.End(task.Unit.OutcomeOf(task.Request));
    }

    private CommandOutcome Refuse()
    {
        WasRefused = true;
        return CommandOutcome.Busy;
    }
}
