using Lunette.Iscsi;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Runtime;
using Lunette.Stmf.Contracts;

namespace Lunette.Port.Iscsi.Tasks;

/// <summary>
/// The tasks of one session: as many as the window and the commands for immediate delivery need, made when first used.
/// Found by slot, and by initiator task tag.
/// </summary>
internal sealed class TaskSlots(TargetSession session, IscsiPortOptions options)
{
    private readonly IscsiTask?[] _slots =
        new IscsiTask?[options.WidestWindow + options.ImmediateCommandsMax];
    private readonly TaskTags _tags = new();
    private readonly List<LogicalUnit> _stalled = [];
    private IscsiTask? _free;
    private int _made;
    private int _window = options.CommandWindow;
    private int _reserves;              // that are open

    /// <summary>Tasks in the window that are in use.</summary>
    public int InWindow { get; private set; }

    /// <summary>Tasks for immediate delivery that are in use.</summary>
    public int Immediate { get; private set; }

    public int InUse => InWindow + Immediate;

    /// <summary>Places in the window that are free.</summary>
    public int Free => _window - InWindow;

    /// <summary>Whether another command can be taken.</summary>
    public bool HasRoom(bool immediate) => immediate ? Immediate < options.ImmediateCommandsMax : Free > 0;

    /// <summary>
    /// So many logical units are stuck: gives a full window one more reserve where there are fewer than units, and
    /// takes back what is too much. It is paid back by places that become free, since a window that was told of never
    /// closes by itself (RFC 7143 section 4.2.2.1).
    /// </summary>
    /// <returns>Whether the window became wider.</returns>
    public bool ReserveFor(int stuckUnits)
    {
        _reserves = Math.Min(_reserves, stuckUnits);
        if (Free > 0 || _reserves == Math.Min(stuckUnits, options.CommandReservesMax)) return false;
        _reserves++;
        var before = _window;
        _window = Math.Max(_window, Lent);
        return _window > before;
    }

    // How wide the window may be now.
    private int Lent => options.CommandWindow + (_reserves * options.CommandReserve);

    /// <summary>Whether the window gains a place when the task ends.</summary>
    public bool GivesPlace(IscsiTask task) => !task.IsImmediate && !OwesPlace;

    private bool OwesPlace => _window > Lent;

    /// <summary>The logical units whose media do not answer and that have a task in use here, at most as many as there
    /// are reserves for.</summary>
    public int CountStalled(long nowNanoseconds)
    {
        for (var i = 0; i < _made && _stalled.Count < options.CommandReservesMax; i++)
        {
            if (IsInUse(_slots[i]!) && _slots[i]!.LogicalUnit is { } unit && !_stalled.Contains(unit)
                && unit.IsStalled(nowNanoseconds))
            {
                _stalled.Add(unit);
            }
        }
        var count = _stalled.Count;
        // A logical unit is not kept here when it is deleted.
        _stalled.Clear();
        return count;
    }

    public bool Contains(InitiatorTaskTag tag) => _tags.Find(tag) is not null;

    public IscsiTask? Find(InitiatorTaskTag tag) => _tags.Find(tag);

    /// <summary>The task a transfer tag was given to, while it carries the same command.</summary>
    public IscsiTask? Find(TargetTransferTag tag)
    {
        var slot = IscsiTask.SlotOf(tag);
        var task = slot < _made ? _slots[slot] : null;
        return task is not null && IsInUse(task) ? task : null;
    }

    /// <summary>A task object to carry a command; there must be room.</summary>
    public IscsiTask Take()
    {
        if (_free is { } task)
        {
            _free = task.NextFree;
            task.NextFree = null;
            return task;
        }
        Invariant.That(_made < _slots.Length, "a session has no more tasks than its window and immediate commands");
        return _slots[_made] = new IscsiTask(session, _made++);
    }

    /// <summary>The task carries a command now.</summary>
    public void Enter(IscsiTask task)
    {
        _tags.Add(task);
        if (task.IsImmediate) Immediate++;
        else InWindow++;
    }

    /// <summary>The task's command is answered or forgotten.</summary>
    public void Leave(IscsiTask task)
    {
        _tags.Remove(task);
        if (task.IsImmediate) Immediate--;
        else LeaveWindow();
        task.NextFree = _free;
        _free = task;
    }

    private void LeaveWindow()
    {
        if (OwesPlace) _window--;
        InWindow--;
    }

    /// <summary>The tasks in use; the caller may end them while it looks.</summary>
    public IscsiTask[] ToArray() => [.. _slots.Take(_made).Where(task => IsInUse(task!))!];

    private bool IsInUse(IscsiTask task) => _tags.Find(task.InitiatorTaskTag) == task;
}
