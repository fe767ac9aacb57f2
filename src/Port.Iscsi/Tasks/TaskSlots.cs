using Lunette.Iscsi;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Runtime;

namespace Lunette.Port.Iscsi.Tasks;

/// <summary>
/// The tasks of one session: as many as the window and the commands for immediate delivery need, made when first used.
/// Found by slot, and by initiator task tag.
/// </summary>
internal sealed class TaskSlots(TargetSession session, IscsiPortOptions options)
{
    private readonly IscsiTask?[] _slots =
        new IscsiTask?[options.CommandWindow + options.CommandReserve + options.ImmediateCommandsMax];
    private readonly Dictionary<uint, IscsiTask> _byTag = [];
    private IscsiTask? _free;
    private int _made;
    private int _window = options.CommandWindow;

    /// <summary>Tasks in the window that are in use.</summary>
    public int InWindow { get; private set; }

    /// <summary>Tasks for immediate delivery that are in use.</summary>
    public int Immediate { get; private set; }

    public int InUse => InWindow + Immediate;

    /// <summary>Places in the window that are free.</summary>
    public int Free => _window - InWindow;

    /// <summary>The window has places it usually has not: commands to one logical unit are stuck.</summary>
    public bool IsReserveOpen { get; private set; }

    /// <summary>Whether another command can be taken.</summary>
    public bool HasRoom(bool immediate) => immediate ? Immediate < options.ImmediateCommandsMax : Free > 0;

    /// <summary>
    /// Gives the window its reserve. Once <see cref="CloseReserve"/> was said, places that become free pay it back,
    /// since a window that was told of never closes by itself (RFC 7143 section 4.2.2.1).
    /// </summary>
    public void OpenReserve()
    {
        IsReserveOpen = true;
        _window = options.CommandWindow + options.CommandReserve;
    }

    /// <summary>Takes the reserve back, as far as places become free.</summary>
    public void CloseReserve() => IsReserveOpen = false;

    /// <summary>Whether the window gains a place when the task ends.</summary>
    public bool GivesPlace(IscsiTask task) => !task.IsImmediate && !OwesPlace;

    private bool OwesPlace => _window > options.CommandWindow && !IsReserveOpen;

    /// <summary>Whether a task in use is stuck at a logical unit whose medium does not answer.</summary>
    public bool AnyStalled(long nowNanoseconds)
    {
        foreach (var task in _byTag.Values)
            if (task.LogicalUnit is { } unit && unit.IsStalled(nowNanoseconds)) return true;
        return false;
    }

    public bool Contains(InitiatorTaskTag tag) => _byTag.ContainsKey(tag.Value);

    public IscsiTask? Find(InitiatorTaskTag tag) => _byTag.GetValueOrDefault(tag.Value);

    /// <summary>The task a transfer tag was given to, while it carries the same command.</summary>
    public IscsiTask? Find(TargetTransferTag tag)
    {
        var slot = IscsiTask.SlotOf(tag);
        var task = slot < _made ? _slots[slot] : null;
        return task is not null && _byTag.TryGetValue((uint)task.Tag, out var found) && ReferenceEquals(found, task)
            ? task
            : null;
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
        _byTag.Add((uint)task.Tag, task);
        if (task.IsImmediate) Immediate++;
        else InWindow++;
    }

    /// <summary>The task's command is answered or forgotten.</summary>
    public void Leave(IscsiTask task)
    {
        _byTag.Remove((uint)task.Tag);
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
    public IscsiTask[] ToArray() => [.. _byTag.Values];

    public Dictionary<uint, IscsiTask>.ValueCollection Values => _byTag.Values;
}
