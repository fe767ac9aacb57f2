using System.Runtime.InteropServices;
using Lunette.Runtime.Buffers;

namespace Lunette.Runtime.Streams;

/// <summary>
/// What the connections of one loop share: one receive buffer, scratch vectors, and send queues that only connections
/// with something to send hold. It belongs to its loop.
/// </summary>
public sealed unsafe class StreamResources : IDisposable
{
    internal const int VectorsMax = 256;

    // A queue that had to grow far beyond the usual is not kept: that memory was for one peer's sake.
    private const int KeptCapacityMax = 1 << 13;

    private readonly Stack<SendQueue> _freeQueues = new();
    private nint _receiveBuffer;
    private long _throttled;

    /// <summary>Makes the resources of a loop.</summary>
    public StreamResources(BufferPool buffers, StreamOptions options)
    {
        Buffers = buffers;
        Options = options;
        _receiveBuffer = (nint)NativeMemory.AlignedAlloc((nuint)options.ReceiveBytes, 4096);
        Vectors = (IoVector*)NativeMemory.Alloc(VectorsMax, (nuint)sizeof(IoVector));
    }

    /// <summary>Where spills and headers are leased from.</summary>
    public BufferPool Buffers { get; }

    /// <summary>Bounds.</summary>
    public StreamOptions Options { get; }

    /// <summary>How often a connection had so much unsent that nothing more was read from it. Any thread.</summary>
    public long Throttled => Volatile.Read(ref _throttled);

    internal void CountThrottled() => Volatile.Write(ref _throttled, _throttled + 1);

    internal nint ReceiveBuffer => _receiveBuffer;

    internal int ReceiveLength => Options.ReceiveBytes;

    internal IoVector* Vectors { get; private set; }

    internal SendQueue RentQueue() =>
        _freeQueues.TryPop(out var queue) ? queue : new SendQueue(Buffers, Options.UnsentVectorsMax);

    internal void GiveQueue(SendQueue queue)
    {
        if (_freeQueues.Count < 64 && queue.Capacity <= KeptCapacityMax) _freeQueues.Push(queue);
        else queue.Dispose();
    }

    /// <summary>Gives everything back; no connection is left.</summary>
    public void Dispose()
    {
        while (_freeQueues.TryPop(out var queue)) queue.Dispose();
        NativeMemory.AlignedFree((void*)_receiveBuffer);
        NativeMemory.Free(Vectors);
        _receiveBuffer = 0;
        Vectors = null;
    }
}
