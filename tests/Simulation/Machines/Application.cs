using Lunette.Initiator.Iscsi;
using Lunette.Scsi;
using Lunette.Simulation.Checks;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Machines;

/// <summary>
/// A program on a host: one command after the other, each noted in the history of its disk. A command that is not
/// answered is aborted after a while, as every operating system does.
/// </summary>
internal sealed class Application(SimulatedWorld world, Host host, int number)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly Scheduler _scheduler = world.Scheduler;
    private readonly string _name = $"{host.Name}.{number}";

    public int Commands { get; private set; }

    public async Task RunAsync()
    {
        while (!world.IsEnding)
        {
            await StepAsync();
            await _scheduler.Delay(TimeSpan.FromMicroseconds(_scheduler.Random.Next(40_000)));
        }
    }

    public Host Host => host;

    /// <summary>Several writes at once.</summary>
    public Task BurstAsync(int lun, int writes) => Task.WhenAll(Enumerable.Range(0, writes).Select(
        _ => WriteAsync(lun, _scheduler.Random.Next(WorldDisk.BlocksUsed), 1)).ToArray());

    /// <summary>Reads what can be read of every block.</summary>
    public async Task LookAsync(int lun)
    {
        for (var block = 0; block < WorldDisk.BlocksUsed; block += 16) await ReadAsync(lun, block, 16);
    }

    /// <summary>Reads every block once more.</summary>
    public async Task ReadAllAsync(int lun)
    {
        for (var block = 0; block < WorldDisk.BlocksUsed; block += 16)
            while (!await ReadAsync(lun, block, 16))
                await _scheduler.Delay(TimeSpan.FromMilliseconds(50));
    }

    private Task StepAsync()
    {
        Commands++;
        var lun = _scheduler.Random.Next(world.Disks.Count);
        var count = _scheduler.OneIn(6) ? _scheduler.Random.Next(1, 33) : _scheduler.Random.Next(1, 5);
        var block = _scheduler.Random.Next(WorldDisk.BlocksUsed - count + 1);
        return _scheduler.Random.Next(100) switch
        {
            < 42 => WriteAsync(lun, block, count),
            < 78 => ReadAsync(lun, block, count),
            < 84 => SynchronizeAsync(lun),
            < 90 => CompareAndWriteAsync(lun, block),
            < 96 => PlainAsync(lun, [0, 0, 0, 0, 0, 0]),
            _ => ManageAsync(lun),
        };
    }

    private async Task WriteAsync(int lun, int block, int count)
    {
        if (!world.TryTakeBlocks(lun, block, count)) return;
        var durable = _scheduler.OneIn(3);
        var data = new byte[count * BlockContent.Length];
        var write = Begin(lun, block, count, data);
        byte[] cdb = [0x2A, (byte)(durable ? 0x08 : 0), 0, 0, 0, (byte)block, 0, 0, (byte)count, 0];
        await SettleAsync(lun, write, durable, $"write {block}+{count} #{write.Number}{(durable ? " FUA" : "")}",
            () => ExecuteAsync(lun, cdb, default, data));
        world.GiveBlocks(lun, block, count);
    }

    private async Task CompareAndWriteAsync(int lun, int block)
    {
        var found = new byte[BlockContent.Length];
        byte[] read = [0x28, 0, 0, 0, 0, (byte)block, 0, 0, 1, 0];
        if (!(await ExecuteAsync(lun, read, found, default)).IsGood) return;
        if (!world.TryTakeBlocks(lun, block, 1)) return;
        var data = new byte[2 * BlockContent.Length];
        found.CopyTo(data, 0);
        var write = Begin(lun, block, 1, data.AsSpan(BlockContent.Length));
        byte[] cdb = [0x89, 0, 0, 0, 0, 0, 0, 0, 0, (byte)block, 0, 0, 0, 1, 0, 0];
        var result = await SettleAsync(lun, write, durable: false, $"compare and write {block} #{write.Number}",
            () => ExecuteAsync(lun, cdb, default, data));
        if (result.IsGood)
            world.Disks[lun].History.Read(block, BlockContent.Read(found, _name), write.Start, _scheduler.Now);
        world.GiveBlocks(lun, block, 1);
    }

    private WriteRecord Begin(int lun, int block, int count, Span<byte> data)
    {
        var id = world.NextWrite();
        BlockContent.Fill(data, id);
        return world.Disks[lun].History.Begin(id, host.Name, block, count, _scheduler.Now);
    }

    private async Task<ScsiResult> SettleAsync(
        int lun, WriteRecord write, bool durable, string what, Func<Task<ScsiResult>> execute)
    {
        var disk = world.Disks[lun];
        var (fence, losses) = (disk.Fenced == host.Name ? disk.Fences : -1, host.Losses);
        var result = await execute();
        _scheduler.Log(_name, $"lun {lun} {what}: {result.Describe()}");
        if (result.IsGood)
        {
            SimulationException.Unless(fence != disk.Fences || disk.Fenced != host.Name,
                $"disk {lun}: {_name} was preempted, and write {write.Number} was carried out");
            disk.History.Done(write, durable || world.Scenario.WriteCacheDisabled, _scheduler.Now);
        }
        else if (IsRefused(result) && !world.Scenario.Replays)
        {
            disk.History.Refused(write);
        }
        else if (IsLostWithDoor(result))
        {
            write.LostWay = SessionWay.Door;
        }
        else if (result.Outcome is CommandOutcome.Completed or CommandOutcome.Aborted && losses == host.Losses)
        {
            disk.History.Over(write, _scheduler.Now);
        }
        else
        {
            write.LostWay = host.LastWay;
        }
        return result;
    }

    private static bool IsLostWithDoor(ScsiResult result) => result.TryGetSense(out var sense)
        && sense is { Key: SenseKey.AbortedCommand, Code: AdditionalSense.LogicalUnitCommunicationFailure };

    private static bool IsRefused(ScsiResult result) => result.Outcome == CommandOutcome.QueueFull
        || (result.Outcome == CommandOutcome.Completed && (result.Status
                is ScsiStatus.ReservationConflict or ScsiStatus.Busy or ScsiStatus.TaskSetFull
            || (result.TryGetSense(out var sense)
                && sense.Key is SenseKey.UnitAttention or SenseKey.IllegalRequest or SenseKey.Miscompare)));

    private async Task<bool> ReadAsync(int lun, int block, int count)
    {
        var start = _scheduler.Now;
        var data = new byte[count * BlockContent.Length];
        byte[] cdb = [0x28, 0, 0, 0, 0, (byte)block, 0, 0, (byte)count, 0];
        var result = await ExecuteAsync(lun, cdb, data, default);
        _scheduler.Log(_name, $"lun {lun} read {block}+{count}: {result.Describe()}");
        if (!result.IsGood) return false;
        SimulationException.Unless(result.DataInLength == data.Length,
            $"{_name}: {result.DataInLength} bytes were read");
        for (var i = 0; i < count; i++)
        {
            var found = BlockContent.Read(data.AsSpan(i * BlockContent.Length), $"disk {lun} block {block + i}");
            world.Disks[lun].History.Read(block + i, found, start, _scheduler.Now);
        }
        return true;
    }

    private async Task SynchronizeAsync(int lun)
    {
        var start = _scheduler.Now;
        var result = await ExecuteAsync(lun, [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0], default, default);
        _scheduler.Log(_name, $"lun {lun} synchronize: {result.Describe()}");
        if (result.IsGood) world.Disks[lun].History.Synchronized(start, _scheduler.Now);
    }

    private async Task PlainAsync(int lun, byte[] cdb)
    {
        var result = await ExecuteAsync(lun, cdb, default, default);
        _scheduler.Log(_name, $"lun {lun} {CdbDescription.Describe(cdb)}: {result.Describe()}");
    }

    private async Task ManageAsync(int lun)
    {
        if (!world.Scenario.TaskManagement)
        {
            await PlainAsync(lun, [0x12, 0, 0, 0, 0, 0]);
            return;
        }
        var function = _scheduler.Random.Next(4) switch
        {
            0 => TaskManagementFunction.LogicalUnitReset,
            1 => TaskManagementFunction.ClearTaskSet,
            2 => TaskManagementFunction.AbortTaskSet,
            _ => TaskManagementFunction.QueryTaskSet,
        };
        var result = await host.ManageAsync(function, lun);
        _scheduler.Log(_name, $"lun {lun} {function}: {result.Response}");
    }

    private async Task<ScsiResult> ExecuteAsync(
        int lun, byte[] cdb, Memory<byte> dataIn, ReadOnlyMemory<byte> dataOut)
    {
        // Some are given up early, so that aborts meet commands at every stage.
        var patience = world.Scenario.TaskManagement && _scheduler.OneIn(15)
            ? _scheduler.Microseconds(2000)
            : s_timeout;
        using var giveUp = new CancellationTokenSource(patience, host.Machine.Clock);
        return await host.ExecuteAsync(lun, cdb, dataIn, dataOut, giveUp.Token);
    }
}
