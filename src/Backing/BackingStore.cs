using Lunette.Runtime.Buffers;

namespace Lunette.Backing;

/// <summary>
/// Bytes by offset behind a logical unit: RAM, a file, a block device, or a filter over another store. Many loops drive
/// it at once; it orders nothing: whoever wants two overlapping requests in order waits for the first. It is
/// byte-addressed; requests are aligned to <see cref="BlockLengthBytes"/>.
/// </summary>
public abstract class BackingStore : IAsyncDisposable
{
    /// <summary>How much it holds, in bytes; changes with <see cref="ResizeAsync"/>.</summary>
    public abstract long LengthBytes { get; }

    /// <summary>The alignment requests need, in bytes; a power of two, 512 at least.</summary>
    public virtual int BlockLengthBytes => 512;

    /// <summary>The unit it handles best, in bytes; reported as the physical block length.</summary>
    public virtual int PreferredBlockLengthBytes => 4096;

    /// <summary>What it can do.</summary>
    public abstract StoreFeatures Features { get; }

    /// <summary>Requests it works on at once at most; more wait inside it in the order they came.</summary>
    public virtual int QueueDepth => 128;

    /// <summary>
    /// Starts a request, on the loop it names. True: it is done and its result stands, and nothing more will come.
    /// False: it will be posted to its loop when it is done. It cannot be recalled.
    /// </summary>
    /// <remarks>A read appends leases to <see cref="StoreRequest.Data"/> (the store's own pages, or pool buffers it
    /// fills) when the list is empty, else fills what is there. A write drains the leases and leaves them with their
    /// owner, except pages leased by <see cref="TryLeaseForWrite"/>, which it may take over.</remarks>
    public abstract bool Start(StoreRequest request);

    /// <summary>
    /// Writes bytes now if that neither blocks nor waits: the caller's bytes need not outlive the call.
    /// </summary>
    /// <returns>False when it cannot; nothing was written and <see cref="Start"/> is the way.</returns>
    public virtual bool TryWriteNow(long offset, ReadOnlySpan<byte> data, bool forceUnitAccess, out StoreResult result)
    {
        result = StoreResult.Ok;
        return false;
    }

    /// <summary>
    /// Lends memory of the store's own to receive a write into, so that nothing is copied. The following write request
    /// over the same range must carry these leases; a task that ends before releases them.
    /// </summary>
    /// <returns>False when the store has no such memory or the range does not suit; nothing was appended.</returns>
    public virtual bool TryLeaseForWrite(long offset, int length, LeaseList into) => false;

    /// <summary>
    /// Hints that bytes are about to be read or written, so that a store may bring what it needs closer. It changes
    /// nothing, never waits, and may come from any thread, even while the store is being closed.
    /// </summary>
    /// <param name="offset">Where they begin, in bytes.</param>
    /// <param name="length">How many.</param>
    /// <param name="commandsAhead">How many commands come before the one that will: 0 when it is the next.</param>
    public virtual void Foresee(long offset, long length, int commandsAhead)
    {
    }

    /// <summary>Describes what lies at an offset: allocated or a hole, and for how long. It may block: control plane
    /// and workers only, through <see cref="StoreOperation.MapStatus"/> on a data path.</summary>
    public abstract StoreExtent FindExtent(long offset);

    /// <summary>Space, in bytes: what it uses, and what is left before writes fail; -1 where unknown.</summary>
    public abstract StoreSpace Space { get; }

    /// <summary>
    /// Takes space for all its bytes now, so that no write fails for want of it; what is there stays. It may block:
    /// control plane only.
    /// </summary>
    /// <returns><see cref="StoreResult.NoSpace"/> where there is not enough, <see cref="StoreResult.NotSupported"/>
    /// where it cannot be taken ahead.</returns>
    public virtual StoreResult Reserve() => StoreResult.Ok;

    /// <summary>Changes its length; what is cut off is lost, what is added reads as zeros.</summary>
    public abstract ValueTask<StoreResult> ResizeAsync(long lengthBytes, CancellationToken stop);

    /// <summary>Flushes what is written and closes it. No request is in progress.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>What a store can do.</summary>
[Flags]
public enum StoreFeatures
{
    /// <summary>Only reads, writes and flushes.</summary>
    None = 0,

    /// <summary>Unmapping gives space back and reads zeros afterwards.</summary>
    Unmap = 1,

    /// <summary>Space is taken when written, and may run out.</summary>
    Thin = 2,

    /// <summary>What is written may be lost until flushed.</summary>
    VolatileCache = 4,

    /// <summary>It refuses writes.</summary>
    ReadOnly = 8,

    /// <summary>Zeroing a range is cheaper than writing zeros.</summary>
    WriteZeroes = 16,

    /// <summary>Copying inside it is cheaper than reading and writing.</summary>
    CopyRange = 32,
}

/// <summary>Space of a store, in bytes; -1 where unknown.</summary>
/// <param name="AllocatedBytes">What it uses.</param>
/// <param name="AvailableBytes">What is left before writes fail.</param>
public readonly record struct StoreSpace(long AllocatedBytes, long AvailableBytes);

/// <summary>A run of bytes that are all allocated or all not.</summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">How long it is, in bytes.</param>
/// <param name="Allocated">False for a hole: it reads as zeros.</param>
public readonly record struct StoreExtent(long Offset, long Length, bool Allocated);
