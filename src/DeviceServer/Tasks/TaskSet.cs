using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.Runtime;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tasks;

/// <summary>
/// One logical unit's task set (SAM-6, Task set management). It decides which tasks are enabled and never acts; its
/// owner calls it under its lock and acts afterwards. While every task is SIMPLE and no command is special, entering
/// and leaving are O(1) and look at nobody else.
/// </summary>
internal sealed class TaskSet
{
    private const int RanksCount = 17;

    private readonly TaskContext?[] _enabledByRank = new TaskContext?[RanksCount];
    private TaskContext? _oldest;
    private TaskContext? _youngest;
    private TaskScan _scan;
    private int _pass;
    private int _special;               // tasks for whose sake others wait, or that themselves may have to
    private int _dormant;
    private int _enabledConfiguration;
    private int _acaNexuses;

    /// <summary>Tasks in the set.</summary>
    public int Count { get; private set; }

    /// <summary>TST of the control mode page: each I_T nexus has a task set of its own.</summary>
    public bool PerNexus { get; set; }

    /// <summary>INITIAL COMMAND PRIORITY of the control extension mode page; 0 for none.</summary>
    public int InitialPriority { get; set; }

    /// <summary>Whether an auto contingent allegiance exists that concerns the nexus.</summary>
    public bool AcaConcerns(ItlNexus itl) => PerNexus ? itl.AcaActive : _acaNexuses > 0;

    /// <summary>The oldest task; follow <see cref="TaskContext.Younger"/>.</summary>
    public TaskContext? Oldest => _oldest;

    /// <summary>Takes a task; true when it is enabled at once.</summary>
    public bool Enter(TaskContext context)
    {
        Count++;
        context.Itl.TaskCount++;
        var attribute = context.Task.Attribute;
        if (attribute == TaskAttribute.HeadOfQueue) LinkOldest(context);
        else LinkYoungest(context);

        if ((_special | _acaNexuses) == 0 && !IsSpecial(context))
        {
            context.Enabled = true;
            context.State = TaskContextState.Running;
            return true;
        }
        context.Enabled = false;
        context.State = TaskContextState.Dormant;
        _dormant++;
        if (IsSpecial(context)) _special++;
        TaskContext? enabled = null;
        Promote(ref enabled);
        Invariant.That(enabled is null || enabled == context && context.NextInList is null,
            "a task that enters enables nobody else");
        if (enabled is null) return false;
        context.State = TaskContextState.Running;
        return true;
    }

    /// <summary>Lets a task go; tasks that are enabled by it are put on the list and marked posted.</summary>
    public void Leave(TaskContext context, ref TaskContext? posted)
    {
        Unlink(context);
        Count--;
        context.Itl.TaskCount--;
        if (IsSpecial(context)) _special--;
        if (context.Enabled)
        {
            if (context.Command.Ordering == Ordering.Configuration) _enabledConfiguration--;
        }
        else
        {
            _dormant--;
        }
        if (_dormant > 0) Promote(ref posted);
    }

    /// <summary>Whether a nexus has a task of attribute ACA in the set; at most one is let in.</summary>
    public bool HasAcaTask(ItlNexus itl)
    {
        for (var context = _oldest; context is not null; context = context.Younger)
        {
            if (context.Itl == itl && context.Task.Attribute == TaskAttribute.Aca && !context.Task.AbortRequested)
                return true;
        }
        return false;
    }

    /// <summary>A task holds nobody up any more, though it goes on; what it held back goes on the list.</summary>
    public void LetPass(TaskContext context, ref TaskContext? posted)
    {
        context.LetsPass = true;
        Promote(ref posted);
    }

    /// <summary>An auto contingent allegiance begins for a nexus.</summary>
    public void EstablishAca(ItlNexus itl)
    {
        if (itl.AcaActive) return;
        itl.AcaActive = true;
        _acaNexuses++;
    }

    /// <summary>The auto contingent allegiance of a nexus ends; what it held back goes on the list.</summary>
    public void ClearAca(ItlNexus itl, ref TaskContext? posted)
    {
        if (!itl.AcaActive) return;
        itl.AcaActive = false;
        _acaNexuses--;
        Promote(ref posted);
    }

    /// <summary>Looks again after TST has changed.</summary>
    public void Reconsider(ref TaskContext? posted) => Promote(ref posted);

    /// <summary>
    /// Marks a task as aborted; one that nobody is at work on goes on the list, to be ended on its own loop. A task
    /// may be marked several times, and every aborter hears of its end.
    /// </summary>
    public static void Abort(TaskContext context, TaskAborter? aborter, bool reportAborted, ref TaskContext? posted)
    {
        if (!context.Task.AbortRequested)
        {
            context.ReportAborted = reportAborted;
            context.Task.AbortRequested = true;
            context.Aborted();
        }
        aborter?.Add(context);
        if (context.TryMove(TaskContextState.Dormant, TaskContextState.Posted)
            || context.TryMove(TaskContextState.Waiting, TaskContextState.Posted))
        {
            Push(ref posted, context);
        }
    }

    // Runs after every change that may enable somebody, so that the set is never left holding a task that could run and
    // does not. Oldest first; one pass. What is enabled together starts by command priority, then by duration limit,
    // then by age.
    private void Promote(ref TaskContext? posted)
    {
        if (_dormant == 0) return;
        _pass++;
        _scan = new TaskScan { Pass = _pass };
        for (var context = _oldest; context is not null; context = context.Younger)
        {
            ref var scan = ref _scan;
            if (PerNexus)
            {
                scan = ref context.Itl.Scan;
                if (scan.Pass != _pass) scan = new TaskScan { Pass = _pass };
            }
            if (context.State == TaskContextState.Dormant && !IsBlocked(context, scan))
            {
                _dormant--;
                context.Enabled = true;
                context.State = TaskContextState.Posted;
                if (context.Command.Ordering == Ordering.Configuration) _enabledConfiguration++;
                Insert(ref _enabledByRank[RankOf(context)], context);
            }
            if (HoldsNobodyUp(context)) continue;
            scan.AnyOlder = true;
            scan.BarrierOlder |= IsBarrier(context);
        }
        foreach (ref var enabled in _enabledByRank.AsSpan())
        {
            Prepend(enabled, ref posted);
            enabled = null;
        }
    }

    // SAM-6, Command priority: of SIMPLE commands 1 comes first and 15 last; here, those without come after them.
    private int RankOf(TaskContext context)
    {
        if (context.Task.Attribute != TaskAttribute.Simple) return 0;
        var priority = context.Task.Priority != 0 ? context.Task.Priority : context.Itl.Priority;
        if (priority == 0) priority = InitialPriority;
        return priority == 0 ? RanksCount - 1 : priority;
    }

    private bool IsBlocked(TaskContext context, in TaskScan scan)
    {
        var attribute = context.Task.Attribute;
        if (attribute == TaskAttribute.Aca || context.Task.IsStep) return false;
        if (AcaConcerns(context.Itl) && !context.PassesAca) return true;
        if (context.Command.Ordering == Ordering.Configuration && _enabledConfiguration > 0) return true;
        if (attribute == TaskAttribute.HeadOfQueue) return false;
        return IsBarrier(context) ? scan.AnyOlder : scan.BarrierOlder;
    }

    // What goes on in the background touches the medium by its steps only; those are waited for, and wait for nobody.
    private static bool HoldsNobodyUp(TaskContext context) =>
        context.LetsPass || (context.Task.IsStep && context.Command.Ordering == Ordering.Independent);

    // SAM-6, Task attributes: SIMPLE tasks wait for older ORDERED and for all HEAD OF QUEUE tasks.
    private static bool IsBarrier(TaskContext context) =>
        context.Task.Attribute != TaskAttribute.Simple || context.Command.Ordering == Ordering.Exclusive;

    private static bool IsSpecial(TaskContext context) =>
        context.Task.Attribute != TaskAttribute.Simple || context.Command.Ordering >= Ordering.Configuration;

    // Both lists have their newest first.
    private static void Prepend(TaskContext? newer, ref TaskContext? list)
    {
        if (newer is null) return;
        var last = newer;
        while (last.NextInList is { } next) last = next;
        last.NextInList = list;
        list = newer;
    }

    // Of one rank, the one whose command duration limit ends first comes first; then the oldest.
    private static void Insert(ref TaskContext? list, TaskContext context)
    {
        if (list is not { } newer || newer.LimitEnds <= context.LimitEnds)
        {
            Push(ref list, context);
            return;
        }
        while (newer.NextInList is { } next && next.LimitEnds > context.LimitEnds) newer = next;
        context.NextInList = newer.NextInList;
        newer.NextInList = context;
    }

    private static void Push(ref TaskContext? list, TaskContext context)
    {
        context.NextInList = list;
        list = context;
    }

    private void LinkYoungest(TaskContext context)
    {
        context.Younger = null;
        context.Older = _youngest;
        if (_youngest is null) _oldest = context;
        else _youngest.Younger = context;
        _youngest = context;
    }

    private void LinkOldest(TaskContext context)
    {
        context.Older = null;
        context.Younger = _oldest;
        if (_oldest is null) _youngest = context;
        else _oldest.Older = context;
        _oldest = context;
    }

    private void Unlink(TaskContext context)
    {
        if (context.Older is { } older) older.Younger = context.Younger;
        else _oldest = context.Younger;
        if (context.Younger is { } younger) younger.Older = context.Older;
        else _youngest = context.Older;
        context.Older = context.Younger = null;
    }
}
