using Lunette.Backing.Workers;
using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Files;

/// <summary>
/// A file or a block device behind a logical unit. A read that the page cache can answer is done at once on the loop;
/// everything that may wait for a device goes to the workers, one hand-over per batch of the loop. A file is thin:
/// space
/// is taken when written and given back by unmapping. The exclusive lock it holds keeps two logical units or processes
/// from sharing it.
/// </summary>
public sealed class FileStore : BackingStore
{
    private const int ThreadsMax = 4;

    private readonly StoreFile _file;
    private readonly BufferPool _pool;
    private readonly Queue _queue;
    private readonly StoreFeatures _features;
    private long _lengthBytes;
    private int _flushFailed;
    private int _disposed;

    internal FileStore(StoreFile file, FileStoreOptions options, BufferPool pool, StoreWorkers workers)
    {
        _file = file;
        _pool = pool;
        _queue = new Queue(this, workers);
        // Whole blocks only: the bytes behind the last one are not reachable.
        _lengthBytes = file.LengthBytes & ~511L;
        _features = StoreFeatures.VolatileCache
            | (options.ReadOnly ? StoreFeatures.ReadOnly : 0)
            | (file.CanPunch ? StoreFeatures.Unmap | StoreFeatures.WriteZeroes | StoreFeatures.CopyRange : 0)
            | (file.CanPunch && !options.BlockDevice ? StoreFeatures.Thin : 0);
    }

    /// <summary>Opens a store over a file or block device.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="pool">Where reads get their buffers from.</param>
    /// <param name="workers">Threads for calls that may wait.</param>
    public static StoreOpening Open(FileStoreOptions options, BufferPool pool, StoreWorkers workers)
    {
        string reason;
        var failure = OpeningFailure.Unusable;
        StoreFile? file = OperatingSystem.IsLinux() && Environment.Is64BitProcess && !options.Portable
            ? LinuxFile.Open(options, out reason, out failure)
            : PortableFile.Open(options, out reason, out failure);
        if (file is null) return StoreOpening.Refuse(reason, failure);
        if (file.LengthBytes >= 512) return new(new FileStore(file, options, pool, workers), null);
        file.Dispose();
        return StoreOpening.Refuse($"{options.Path} is empty; give a size, or a file that has one");
    }

    /// <summary>The file or device.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public override long LengthBytes => Volatile.Read(ref _lengthBytes);

    /// <inheritdoc/>
    public override int BlockLengthBytes => _file.BlockLengthBytes;

    /// <inheritdoc/>
    public override int PreferredBlockLengthBytes => _file.PreferredBlockLengthBytes;

    /// <inheritdoc/>
    public override StoreFeatures Features => _features;

    /// <inheritdoc/>
    public override StoreSpace Space => _file.Space;

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        var refused = Check(request);
        if (refused != StoreResult.Ok)
        {
            request.FailedOffset = request.Offset;
            request.Result = refused;
            return true;
        }
        if (IsDoneNow(request)) return true;
        _queue.HandOverAtBatchEnd(request);
        return false;
    }

    /// <inheritdoc/>
    public override bool TryWriteNow(long offset, ReadOnlySpan<byte> data, bool forceUnitAccess, out StoreResult result)
    {
        result = StoreResult.Ok;
        if (!_file.InMemory || !Reaches(offset, data.Length) || (_features & StoreFeatures.ReadOnly) != 0) return false;
        result = _file.Write(offset, data, durable: false).Result;
        return true;
    }

    /// <inheritdoc/>
    public override StoreExtent FindExtent(long offset) => _file.FindExtent(offset, LengthBytes);

    /// <inheritdoc/>
    public override StoreResult Reserve() => _file.Reserve(LengthBytes);

    /// <inheritdoc/>
    public override ValueTask<StoreResult> ResizeAsync(long lengthBytes, CancellationToken stop)
    {
        if (lengthBytes < 512 || lengthBytes % 512 != 0) return new(StoreResult.NotSupported);
        var before = LengthBytes;
        // Shortened first, so that nothing starts behind the new end; lengthened last.
        if (lengthBytes < before) Volatile.Write(ref _lengthBytes, lengthBytes);
        var result = _file.SetLength(lengthBytes);
        if (result == StoreResult.Ok) Volatile.Write(ref _lengthBytes, lengthBytes);
        else Volatile.Write(ref _lengthBytes, before);
        return new(result);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        if ((_features & StoreFeatures.ReadOnly) == 0) _ = _file.Sync();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private StoreResult Check(StoreRequest request)
    {
        var reads = request.Operation is StoreOperation.Read or StoreOperation.MapStatus;
        if (!reads && request.Operation != StoreOperation.Flush && (_features & StoreFeatures.ReadOnly) != 0)
            return StoreResult.WriteProtected;
        if (!Reaches(request.Offset, request.Length)) return reads ? StoreResult.ReadError : StoreResult.WriteError;
        return StoreResult.Ok;
    }

    private bool Reaches(long offset, long length)
    {
        var end = LengthBytes;
        return offset >= 0 && length >= 0 && offset <= end && length <= end - offset;
    }

    private bool IsDoneNow(StoreRequest request)
    {
        request.DoneAtOnce = 0;
        request.Result = StoreResult.Ok;
        if (request.Operation == StoreOperation.Write && _file.InMemory)
        {
            Keep(request, _file.Write(request.Offset, request.Data, (int)request.Length, durable: false));
            return true;
        }
        if (request.Operation != StoreOperation.Read) return false;
        var length = (int)request.Length;
        if (request.Data.Count == 0 && length > 0 && !_pool.TryLease(length, "store read", request.Data))
        {
            request.Result = StoreResult.NoBuffer;
            return true;
        }
        request.DoneAtOnce = _file.TryReadNow(request.Offset, request.Data, length);
        return request.DoneAtOnce == length;
    }

    private void Execute(StoreRequest request)
    {
        var outcome = request.Operation switch
        {
            StoreOperation.Read => _file.Read(request.Offset, request.Data, request.DoneAtOnce, (int)request.Length),
            StoreOperation.Write => Write(request),
            StoreOperation.Unmap => Durably(request, _file.Punch(request.Offset, request.Length)),
            StoreOperation.WriteZeroes => Durably(request, _file.Zero(request.Offset, request.Length)),
            StoreOperation.Copy => Durably(request, Copy(request)),
            StoreOperation.MapStatus => MapStatus(request),
            _ => new(StoreResult.NotSupported, request.Offset),
        };
        Keep(request, outcome);
        request.Finish(outcome.Result);
    }

    private FileOutcome Write(StoreRequest request)
    {
        if (request.ForceUnitAccess && Volatile.Read(ref _flushFailed) != 0)
            return new(StoreResult.WriteError, request.Offset);
        return _file.Write(request.Offset, request.Data, (int)request.Length, request.ForceUnitAccess);
    }

    private FileOutcome Copy(StoreRequest request)
    {
        var source = request.SourceStore is null ? this : request.SourceStore as FileStore;
        if (source is null) return new(StoreResult.NotSupported, request.Offset);
        return source.Reaches(request.SourceOffset, request.Length)
            ? _file.Copy(source._file, request.SourceOffset, request.Offset, request.Length)
            : new(StoreResult.ReadError, request.SourceOffset);
    }

    private FileOutcome Durably(StoreRequest request, FileOutcome outcome)
    {
        if (!request.ForceUnitAccess || outcome.Result != StoreResult.Ok) return outcome;
        return new(Sync(), request.Offset);
    }

    /// <summary>
    /// After a failed sync the system may call pages clean that never reached the device, and say so without error the
    /// next time. So the first failure stands until the store is opened anew.
    /// </summary>
    private StoreResult Sync()
    {
        if (Volatile.Read(ref _flushFailed) != 0) return StoreResult.WriteError;
        var result = _file.Sync();
        if (result is not (StoreResult.Ok or StoreResult.NoSpace)) Volatile.Write(ref _flushFailed, 1);
        return result;
    }

    private FileOutcome MapStatus(StoreRequest request)
    {
        request.Extent = FindExtent(request.Offset);
        return FileOutcome.Ok;
    }

    private static void Keep(StoreRequest request, FileOutcome outcome)
    {
        request.Result = outcome.Result;
        request.FailedOffset = outcome.FailedOffset;
    }

    private sealed class Queue(FileStore store, StoreWorkers workers) : WorkerQueue(workers, ThreadsMax)
    {
        internal override void Execute(StoreRequest request)
        {
            if (request.Operation == StoreOperation.Flush) Flush(request);
            else store.Execute(request);
        }

        // A read that is here has missed the page cache; a flush or a durable write waits for the device by its nature.
        protected override bool MayBlock(StoreRequest request) => request.Operation switch
        {
            StoreOperation.Read or StoreOperation.Flush => true,
            _ => request.ForceUnitAccess,
        };

        /// <summary>One sync for all flushes that came together.</summary>
        private void Flush(StoreRequest first)
        {
            var result = store.Sync();
            for (StoreRequest? request = first; request is not null;)
            {
                var next = request.NextInStore;
                request.NextInStore = null;
                request.FailedOffset = 0;
                request.Finish(result);
                request = next;
            }
        }
    }
}
