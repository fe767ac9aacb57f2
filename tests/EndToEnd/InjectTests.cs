using System.Diagnostics;
using Lunette.Scsi;

namespace Lunette.EndToEnd;

/// <summary>Faults over the store of a logical unit that is in use, put there by an administrator.</summary>
public sealed class InjectTests : EndToEndTests
{
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task Inject_EachKind_HasItsEffectIsListedAndGoesWhenCleared()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var guid = await AddUnitAsync(daemon);
        await using var host = await Steady.ConnectAsync(daemon, lun: 7);
        var data = new byte[4 * Steady.BlockBytes];
        await host.WriteAsync(0, data);

        await daemon.DoAsync($"inject {guid} error --lba 2 --blocks 1");
        await FailsAsync(host, AdditionalSense.WriteError, host.TryWriteAsync(0, data));
        await daemon.DoAsync($"inject {guid} clear");
        await daemon.DoAsync($"inject {guid} nospace --bytes 512");
        await FailsAsync(host, AdditionalSense.SpaceAllocationFailedWriteProtect, host.TryWriteAsync(0, data));
        await daemon.DoAsync($"inject {guid} clear");
        await daemon.DoAsync($"inject {guid} torn --blocks 1");
        await FailsAsync(host, AdditionalSense.WriteError, host.TryWriteAsync(0, data));
        await daemon.DoAsync($"inject {guid} clear");
        foreach (var fault in (string[])["delay --ms 5", "lostflush", "short --blocks 8"])
            await daemon.DoAsync($"inject {guid} {fault}");
        Assert.Equal(["delay 5 ms", "lost-flush", "short-read"],
            (await daemon.DoAsync($"inject {guid} list")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await host.WriteAsync(0, data);
        await daemon.DoAsync($"inject {guid} clear");
        Assert.Empty(await daemon.DoAsync($"inject {guid} list"));
        await host.WriteAsync(0, data);
        Assert.NotEqual(0, (await daemon.RunAsync($"inject {guid} flood")).Exit);
        await host.DisposeAsync();
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task Hang_OneUnit_AbortEndsInTimeOthersSeeNothingAndAllResumes()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var guid = await AddUnitAsync(daemon);
        await using var stuck = await Steady.ConnectAsync(daemon, "stuck", lun: 7);
        await using var other = await Steady.ConnectAsync(daemon, "other");
        var data = new byte[Steady.BlockBytes];
        await stuck.WriteAsync(0, data);
        var usual = await NinetyNinthAsync(other, TimeSpan.FromSeconds(2));

        await daemon.DoAsync($"inject {guid} hang");
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var write = stuck.Session.ExecuteAsync(
            new(Lun.FromNumber(7), Testing.Iscsi.Cdb.Write10(0, 1)), dataOut: data, cancellation: giveUp.Token)
            .AsTask();
        var during = await NinetyNinthAsync(other, s_hang);
        // Beyond twice the usual, what the scheduler of a busy machine adds to the tail of either.
        Assert.True(during < (2 * usual) + TimeSpan.FromMilliseconds(5), $"p99 {usual} became {during}");
        Assert.False(write.IsCompleted);
        // The abort was answered, rejected: the write is in the store still, and the unit takes nothing that it could
        // overwrite.
        var refused = await stuck.ExecuteAsync(new byte[6]);
        Assert.True(refused.TryGetSense(out var sense), refused.Describe());
        Assert.Equal(AdditionalSense.LogicalUnitCommunicationFailure, sense.Code);

        await daemon.DoAsync($"inject {guid} clear");
        Assert.Equal(ScsiStatus.TaskAborted, (await write).Status);
        await daemon.DoAsync($"stmfadm offline-lu {guid}");
        await daemon.DoAsync($"stmfadm online-lu {guid}");
        await WaitForAsync(async () => (await stuck.TryWriteAsync(0, data)).IsGood);
        Assert.Equal(data, await stuck.ReadAsync(0, 1));
        Assert.Equal(0, await daemon.CounterAsync("drop LogoutTimedOut"));
        await stuck.DisposeAsync();
        await other.DisposeAsync();
        Assert.Equal(0, await daemon.StopAsync());
    }

    private async Task<string> AddUnitAsync(RunningDaemon daemon)
    {
        var created = await daemon.DoAsync($"stmfadm create-lu -s 8m {Path.Combine(Folder, "disk.img")}");
        var guid = created.Trim()[^32..];
        await daemon.DoAsync($"stmfadm add-view -n 7 {guid}");
        return guid;
    }

    private static async Task FailsAsync(
        Steady host, AdditionalSense expected, ValueTask<Initiator.Iscsi.ScsiResult> writing)
    {
        var result = await writing;
        Assert.True(result.TryGetSense(out var sense), result.Describe());
        if (sense.Key == SenseKey.UnitAttention)
        {
            result = await host.TryWriteAsync(0, new byte[4 * Steady.BlockBytes]);
            Assert.True(result.TryGetSense(out sense), result.Describe());
        }
        Assert.Equal(expected, sense.Code);
    }

    private static async Task<TimeSpan> NinetyNinthAsync(Steady host, TimeSpan during)
    {
        List<TimeSpan> times = [];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < during;)
        {
            var begun = clock.Elapsed;
            await host.ReadAsync(0, 8);
            times.Add(clock.Elapsed - begun);
        }
        times.Sort();
        return times[times.Count * 99 / 100];
    }
}
