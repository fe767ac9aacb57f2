using System.Diagnostics;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>Faults over the store of a logical unit that is in use, put there by an administrator.</summary>
public sealed class InjectTests : EndToEndTests
{
    private const int Window = 128;
    private const int Flood = 300;
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(20);

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
    public async Task Hang_OneUnit_RefusedInTimeAbortEndsOthersSeeNothingAndAllResumes()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--limit", "stall-seconds=2");
        var guid = await AddUnitAsync(daemon);
        await using var stuck = await Steady.ConnectAsync(
            daemon, "stuck", lun: 7, with: options => options with { QueueDepth = 2 * Flood });
        await using var late = await Steady.ConnectAsync(daemon, "late", lun: 7);
        await using var other = await Steady.ConnectAsync(daemon, "other");
        var data = new byte[Steady.BlockBytes];
        await stuck.WriteAsync(0, data);
        await stuck.Session.ExecuteAsync(new(default, new byte[6]), cancellation: Stop);    // past its attention
        var usual = NinetyNinth((await ReadForAsync(other, TimeSpan.FromSeconds(2))).SelectMany(second => second));

        await daemon.DoAsync($"inject {guid} hang");
        using var giveUp = new CancellationTokenSource();
        // A window full of commands to the stuck unit, and more that wait to be sent.
        var writes = Enumerable.Range(0, Flood).Select(i => stuck.Session.ExecuteAsync(
            new(Lun.FromNumber(7), Testing.Iscsi.Cdb.Write10((uint)i, 1)), dataOut: data,
            cancellation: i == 0 ? giveUp.Token : Stop).AsTask()).ToArray();
        var neighbour = ReadForAsync(other, s_hang);
        await daemon.CountsAsync("logical units stalled, now", 1);
        await Eventually.IsSoAsync(() => writes.Count(write => write.IsCompleted) >= Flood - Window);
        Assert.All(writes.Where(write => write.IsCompleted), write =>
            Assert.Equal(ScsiStatus.TaskSetFull, write.Result.Status));
        Assert.Equal(1, await daemon.CounterAsync("command windows widened"));
        Assert.Equal(ScsiStatus.Busy, (await late.TryWriteAsync(0, data)).Status);
        // The window is full of them, and another unit of the same session is used as ever.
        Assert.True((await stuck.Session.ExecuteAsync(new(default, new byte[6]), cancellation: Stop)).IsGood);

        // The abort is answered, rejected: the write is in the store still, and the unit takes nothing more.
        await giveUp.CancelAsync();
        await daemon.CountsAsync("logical units fenced, now", 1);
        var refused = await stuck.ExecuteAsync(new byte[6]);
        Assert.True(refused.TryGetSense(out var sense), refused.Describe());
        Assert.Equal(AdditionalSense.LogicalUnitCommunicationFailure, sense.Code);
        var seconds = await neighbour;
        var during = NinetyNinth(seconds.SelectMany(second => second));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"p99 of the neighbour {usual.TotalMicroseconds:0} us, {during.TotalMicroseconds:0} us during the hang");
        // A busy machine makes some seconds long; whoever waited for the hung unit would wait for two at least, each
        // time. That it is within twice the usual is shown where the clock is the test's (Simulation, HungStoreTests).
        var best = seconds.Min(NinetyNinth);
        Assert.True(best < (2 * usual) + TimeSpan.FromSeconds(1), $"p99 {usual} became {best} at best");
        Assert.False(writes[0].IsCompleted);

        await daemon.DoAsync($"inject {guid} clear");
        Assert.Equal(ScsiStatus.TaskAborted, (await writes[0]).Status);
        Assert.Equal(Window - 1, (await Task.WhenAll(writes)).Count(result => result.IsGood));
        await WaitForAsync(async () => (await stuck.TryWriteAsync(0, data)).IsGood);
        Assert.Equal(data, await stuck.ReadAsync(0, 1));
        await daemon.CountsAsync("logical units fenced, now", 0);
        foreach (var host in (Steady[])[stuck, late, other]) Assert.Equal(1, host.Session.Settings.Logins);
        foreach (var said in (string[])["answered nobody for 2 s", "is fenced", "answers again", "not fenced any more",
            "limit stall-seconds reached"])
            await daemon.SaysAsync(said);
        await stuck.DisposeAsync();
        await late.DisposeAsync();
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

    // How long each read took, by the second in which it began.
    private static async Task<ICollection<List<TimeSpan>>> ReadForAsync(Steady host, TimeSpan during)
    {
        SortedDictionary<int, List<TimeSpan>> seconds = [];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < during;)
        {
            var begun = clock.Elapsed;
            await host.ReadAsync(0, 8);
            if (!seconds.TryGetValue((int)begun.TotalSeconds, out var times))
                seconds[(int)begun.TotalSeconds] = times = [];
            times.Add(clock.Elapsed - begun);
        }
        return seconds.Values;
    }

    private static TimeSpan NinetyNinth(IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return sorted[sorted.Length * 99 / 100];
    }
}
