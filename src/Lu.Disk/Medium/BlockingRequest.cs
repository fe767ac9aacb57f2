using Lunette.Backing;
using Lunette.Runtime.Buffers;

namespace Lunette.Lu.Disk.Medium;

/// <summary>A request to a store that a thread waits for: for workers and the control plane, never a loop.</summary>
internal sealed class BlockingRequest : StoreRequest
{
    private readonly object _gate = new();
    private bool _ended;

    /// <summary>Makes it; it can be used again and again.</summary>
    /// <param name="name">Of whom it is, for diagnosis.</param>
    /// <param name="time">The clock.</param>
    public BlockingRequest(string name, TimeProvider time)
    {
        Loop = new JobLoop(name, time);
        Data = new LeaseList();
    }

    /// <summary>Asks and waits.</summary>
    public StoreResult Do(BackingStore store, StoreOperation operation, long offset, long length)
    {
        Operation = operation;
        Offset = offset;
        Length = length;
        _ended = false;
        if (store.Start(this)) return Result;
        lock (_gate)
            while (!_ended) Monitor.Wait(_gate);
        return Result;
    }

    public override void Run()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
    }
}
