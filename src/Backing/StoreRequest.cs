using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Backing;

/// <summary>
/// One request to a store, reused by whoever makes it. It is posted to its loop when it is done, unless it was done at
/// once.
/// </summary>
public abstract class StoreRequest : LoopWork
{
    /// <summary>What to do.</summary>
    public StoreOperation Operation { get; set; }

    /// <summary>Where, in bytes.</summary>
    public long Offset { get; set; }

    /// <summary>How much, in bytes; for <see cref="StoreOperation.Flush"/> 0 is everything.</summary>
    public long Length { get; set; }

    /// <summary>Where a copy comes from, in bytes.</summary>
    public long SourceOffset { get; set; }

    /// <summary>The store a copy comes from; null for the one that is asked.</summary>
    public BackingStore? SourceStore { get; set; }

    /// <summary>The write must be on stable storage when the request is done.</summary>
    public bool ForceUnitAccess { get; set; }

    /// <summary>The segments read into or written from.</summary>
    public LeaseList Data { get; set; } = null!;

    /// <summary>The loop it comes back to.</summary>
    public Loop Loop { get; set; } = null!;

    /// <summary>How it ended.</summary>
    public StoreResult Result { get; set; }

    /// <summary>Where it failed, in bytes, for errors that have a place.</summary>
    public long FailedOffset { get; set; }

    /// <summary>The answer to <see cref="StoreOperation.MapStatus"/>.</summary>
    public StoreExtent Extent { get; set; }

    /// <summary>For a filter that works on a request of its own beneath: what it belongs to.</summary>
    public object? Upper { get; set; }

    /// <summary>The next request in the one list of a store that this one stands in.</summary>
    internal StoreRequest? NextInStore;

    /// <summary>How many bytes of it were done before it was handed over.</summary>
    internal int DoneAtOnce;

    /// <summary>The store's: posts the request back, from any thread.</summary>
    public void Finish(StoreResult result)
    {
        Result = result;
        Loop.Post(this);
    }
}

/// <summary>What a store can be asked.</summary>
public enum StoreOperation : byte
{
    /// <summary>Read a range.</summary>
    Read,

    /// <summary>Write a range.</summary>
    Write,

    /// <summary>Make everything that was completed before it durable.</summary>
    Flush,

    /// <summary>Give a range's space back; it reads as zeros afterwards.</summary>
    Unmap,

    /// <summary>Make a range zero, and keep its space allocated.</summary>
    WriteZeroes,

    /// <summary>Copy a range inside the store, or from another one; not supported where a read and a write do as well.
    /// </summary>
    Copy,

    /// <summary>Say what lies at an offset.</summary>
    MapStatus,
}

/// <summary>How a request ended.</summary>
public enum StoreResult : byte
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>The medium could not be read there.</summary>
    ReadError,

    /// <summary>The medium could not be written there.</summary>
    WriteError,

    /// <summary>There is no space left for it.</summary>
    NoSpace,

    /// <summary>No buffer could be leased; try again later.</summary>
    NoBuffer,

    /// <summary>The store cannot do this.</summary>
    NotSupported,

    /// <summary>The store is read only.</summary>
    WriteProtected,

    /// <summary>The store is gone or failed as a whole.</summary>
    Offline,
}
