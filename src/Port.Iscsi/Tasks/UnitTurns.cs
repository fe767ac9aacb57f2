using Lunette.Runtime;
using Lunette.Stmf.Contracts;

namespace Lunette.Port.Iscsi.Tasks;

/// <summary>
/// Transfers of one session that wait, a queue for each logical unit, taken by deficit round robin: in each round a
/// logical unit may begin as many bytes as the others. A queue exists while somebody stands in it, so that it is
/// bounded by the command window; queues are reused.
/// </summary>
internal sealed class UnitTurns
{
    /// <summary>What a logical unit may begin in a round, in bytes; what is larger is saved up for.</summary>
    public const int ShareBytes = 256 << 10;

    private UnitQueue? _current;        // of a ring
    private UnitQueue? _unused;

    /// <summary>Whether anybody waits.</summary>
    public bool Any => _current is not null;

    /// <summary>Adds a task behind those of its logical unit.</summary>
    public void Add(IscsiTask task, int length)
    {
        Invariant.That(task.AwaitedTurn == 0 && length > 0, "a task waits for one transfer");
        task.AwaitedTurn = length;
        (Find(task.LogicalUnit) ?? Join(task.LogicalUnit)).Append(task);
    }

    /// <summary>Takes the task whose turn it is; null when nobody waits.</summary>
    public IscsiTask? Take()
    {
        if (_current is not { } queue) return null;
        while (queue.First!.AwaitedTurn > queue.Credit)
        {
            queue.Credit += ShareBytes;
            _current = queue = queue.Next;
        }
        var task = queue.First;
        queue.Credit -= task.AwaitedTurn;
        queue.Remove(task);
        if (queue.First is null) Leave(queue);
        return task;
    }

    /// <summary>A task that has ended waits no more.</summary>
    public void Remove(IscsiTask task)
    {
        var queue = Find(task.LogicalUnit)!;
        queue.Remove(task);
        if (queue.First is null) Leave(queue);
    }

    private UnitQueue? Find(LogicalUnit unit)
    {
        var queue = _current;
        do
        {
            if (queue is null || queue.Unit == unit) return queue;
            queue = queue.Next;
        }
        while (queue != _current);
        return null;
    }

    // Behind all others: its turn comes when they have had theirs.
    private UnitQueue Join(LogicalUnit unit)
    {
        var queue = _unused;
        if (queue is null) queue = new UnitQueue();
        else _unused = queue.Next;
        queue.Unit = unit;
        queue.Credit = ShareBytes;
        if (_current is null)
        {
            _current = queue.Next = queue.Previous = queue;
            return queue;
        }
        queue.Next = _current;
        queue.Previous = _current.Previous;
        _current.Previous.Next = queue;
        _current.Previous = queue;
        return queue;
    }

    private void Leave(UnitQueue queue)
    {
        queue.Previous.Next = queue.Next;
        queue.Next.Previous = queue.Previous;
        if (_current == queue) _current = queue.Next == queue ? null : queue.Next;
        queue.Unit = null!;
        queue.Next = _unused!;
        _unused = queue;
    }

    private sealed class UnitQueue
    {
        private IscsiTask? _last;

        public LogicalUnit Unit = null!;
        public UnitQueue Next = null!;
        public UnitQueue Previous = null!;
        public long Credit;

        public IscsiTask? First { get; private set; }

        public void Append(IscsiTask task)
        {
            if (_last is null) First = task;
            else _last.NextInTurn = task;
            _last = task;
        }

        public void Remove(IscsiTask task)
        {
            IscsiTask? before = null;
            for (var at = First; at != task; at = at!.NextInTurn) before = at;
            if (before is null) First = task.NextInTurn;
            else before.NextInTurn = task.NextInTurn;
            if (_last == task) _last = before;
            task.NextInTurn = null;
            task.AwaitedTurn = 0;
        }
    }
}
