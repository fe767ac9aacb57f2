using Lunette.Backing;
using Lunette.Simulation.Network;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Stores;

/// <summary>
/// A store over a simulated medium, of one machine. Each request takes effect at some moment between its start and its
/// end, requests overtake each other, and faults befall them.
/// </summary>
internal sealed class SimulatedStore(Machine machine, SimulatedDisk disk, DiskFaults faults) : BackingStore
{
    private readonly Scheduler _scheduler = machine.Scheduler;
    private int _inProgress;

    /// <inheritdoc/>
    public override long LengthBytes => disk.LengthBytes;

    /// <inheritdoc/>
    public override StoreFeatures Features => StoreFeatures.Unmap | StoreFeatures.VolatileCache;

    /// <inheritdoc/>
    public override StoreSpace Space => new(-1, -1);

    /// <inheritdoc/>
    public override StoreExtent FindExtent(long offset) => new(offset, disk.LengthBytes - offset, true);

    /// <inheritdoc/>
    public override async ValueTask<StoreResult> ResizeAsync(long lengthBytes, CancellationToken stop)
    {
        await _scheduler.Delay(_scheduler.Microseconds(2000));
        if (!machine.IsAlive) await new TaskCompletionSource().Task;
        if (faults.FailureChances > 0 && _scheduler.OneIn(faults.FailureChances)) return StoreResult.NoSpace;
        disk.Resize(lengthBytes);
        return StoreResult.Ok;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Must(_inProgress == 0, $"{disk.Name} is closed with {_inProgress} requests in it");
        disk.Flush(disk.Written);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        _scheduler.CheckThread();
        Must(machine.IsAlive, "a dead machine uses its disk");
        Must(request.Offset >= 0 && request.Offset + request.Length <= disk.LengthBytes,
            $"{disk.Name}: a request past the end");
        if (request.Operation == StoreOperation.Read && request.Data.Count == 0 && request.Length > 0
            && !machine.Buffers.TryLease((int)request.Length, "simulated read", request.Data))
        {
            request.Result = StoreResult.NoBuffer;
            return true;
        }
        if (faults.Slowness == 0 && !faults.IsHung && _scheduler.OneIn(5))
        {
            var covered = disk.Written;
            Finish(request, Act(request), covered);
            return true;
        }
        _inProgress++;
        var written = disk.Written;
        var duration = faults.Duration();
        var result = StoreResult.Ok;
        var acts = _scheduler.Now + (long)(duration * _scheduler.Random.NextDouble());
        _scheduler.At(acts, () => result = machine.IsAlive ? Act(request) : StoreResult.Offline);
        _scheduler.At(_scheduler.Now + duration + 1, () =>
        {
            if (!machine.IsAlive) return;
            _inProgress--;
            Finish(request, result, written);
            request.Loop.Post(request);
        });
        return false;
    }

    private void Must(bool holds, string otherwise)
    {
        if (!holds) _scheduler.Fail(new SimulationException(otherwise));
    }

    // What the request does to the medium, or gets from it.
    private StoreResult Act(StoreRequest request)
    {
        if (faults.Fails(request.Operation) is { } failure)
        {
            request.FailedOffset = request.Offset;
            if (failure == StoreResult.WriteError) Write(request, tornAfter: _scheduler.Random.Next(4));
            return failure;
        }
        switch (request.Operation)
        {
            case StoreOperation.Read:
                Read(request);
                break;
            case StoreOperation.Write or StoreOperation.WriteZeroes or StoreOperation.Unmap:
                Write(request, int.MaxValue);
                break;
            case StoreOperation.Copy:
                return StoreResult.NotSupported;
            case StoreOperation.MapStatus:
                request.Extent = FindExtent(request.Offset);
                break;
        }
        return StoreResult.Ok;
    }

    private void Read(StoreRequest request)
    {
        for (var at = 0; at < request.Length; at += SimulatedDisk.SectorBytes)
            request.Data.Write(at, disk.Read((request.Offset + at) / SimulatedDisk.SectorBytes));
    }

    private void Write(StoreRequest request, int tornAfter)
    {
        var sector = new byte[SimulatedDisk.SectorBytes];
        for (var at = 0; at < request.Length && at / SimulatedDisk.SectorBytes < tornAfter; at += sector.Length)
        {
            if (request.Operation == StoreOperation.Write) request.Data.Read(at, sector);
            disk.Write((request.Offset + at) / sector.Length, sector);
        }
    }

    private void Finish(StoreRequest request, StoreResult result, long writtenBefore)
    {
        request.Result = result;
        if (result != StoreResult.Ok) return;
        if (request.Operation == StoreOperation.Flush) disk.Flush(writtenBefore);
        else if (request.ForceUnitAccess && request.Operation != StoreOperation.Read)
            for (var at = 0L; at < request.Length; at += SimulatedDisk.SectorBytes)
                disk.Flush((request.Offset + at) / SimulatedDisk.SectorBytes, disk.Written);
    }
}

/// <summary>What befalls a disk now.</summary>
internal sealed class DiskFaults(Scheduler scheduler)
{
    private long _stuckUntil;

    /// <summary>How slow: 0 as it should be, then ten times each.</summary>
    public int Slowness { get; set; }

    /// <summary>One request in so many fails; 0 none.</summary>
    public int FailureChances { get; set; }

    /// <summary>Whether nothing comes back now.</summary>
    public bool IsHung => _stuckUntil > scheduler.Now;

    /// <summary>Nothing of it comes back before then.</summary>
    public void Hang(TimeSpan time) => _stuckUntil = scheduler.Now + (time.Ticks * 100);

    public void Heal()
    {
        Slowness = 0;
        FailureChances = 0;
        _stuckUntil = 0;
    }

    public long Duration()
    {
        var usual = (long)(20_000 * Math.Pow(10, Slowness) * (1 + scheduler.Random.NextDouble()));
        return Math.Max(usual, _stuckUntil - scheduler.Now);
    }

    public StoreResult? Fails(StoreOperation operation)
    {
        if (FailureChances == 0 || !scheduler.OneIn(FailureChances)) return null;
        return operation switch
        {
            StoreOperation.Read => StoreResult.ReadError,
            StoreOperation.Write => scheduler.OneIn(4) ? StoreResult.NoSpace : StoreResult.WriteError,
            StoreOperation.Flush => StoreResult.WriteError,
            _ => null,
        };
    }
}
