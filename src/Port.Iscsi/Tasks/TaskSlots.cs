using Lunette.Iscsi;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Runtime;

namespace Lunette.Port.Iscsi.Tasks;

/// <summary>
/// The tasks of one session: as many as the window and the commands for immediate delivery need, made when first used.
/// Found by slot, and by initiator task tag.
/// </summary>
internal sealed class TaskSlots(TargetSession session, int window, int immediateMax)
{
    private readonly IscsiTask?[] _slots = new IscsiTask?[window + immediateMax];
    private readonly Dictionary<uint, IscsiTask> _byTag = [];
    private IscsiTask? _free;
    private int _made;

    /// <summary>Tasks in the window that are in use.</summary>
    public int InWindow { get; private set; }

    /// <summary>Tasks for immediate delivery that are in use.</summary>
    public int Immediate { get; private set; }

    public int InUse => InWindow + Immediate;

    /// <summary>Whether another command can be taken.</summary>
    public bool HasRoom(bool immediate) => immediate ? Immediate < immediateMax : InWindow < window;

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
        else InWindow--;
        task.NextFree = _free;
        _free = task;
    }

    /// <summary>The tasks in use; the caller may end them while it looks.</summary>
    public IscsiTask[] ToArray() => [.. _byTag.Values];

    public Dictionary<uint, IscsiTask>.ValueCollection Values => _byTag.Values;
}
