namespace Lunette.Initiator.Iscsi;

/// <summary>Tasks in order; a task stands in one list at a time. On the loop only.</summary>
internal sealed class TaskList
{
    public SessionTask? First { get; private set; }

    public SessionTask? Last { get; private set; }

    public int Count { get; private set; }

    public void Add(SessionTask task)
    {
        task.Previous = Last;
        task.Next = null;
        if (Last is { } last) last.Next = task;
        else First = task;
        Last = task;
        Count++;
    }

    public void AddFirst(SessionTask task)
    {
        task.Previous = null;
        task.Next = First;
        if (First is { } first) first.Previous = task;
        else Last = task;
        First = task;
        Count++;
    }

    public void Remove(SessionTask task)
    {
        if (task.Previous is { } previous) previous.Next = task.Next;
        else First = task.Next;
        if (task.Next is { } next) next.Previous = task.Previous;
        else Last = task.Previous;
        task.Previous = task.Next = null;
        Count--;
    }

    public SessionTask? Take()
    {
        var task = First;
        if (task is not null) Remove(task);
        return task;
    }
}
