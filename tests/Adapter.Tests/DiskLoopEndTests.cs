using Lunette.Adapter.Disks;
using Lunette.Adapter.Paths;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>A disk whose adapter's loop ends: every caller is told, or served on another path.</summary>
public sealed class DiskLoopEndTests
{
    [Fact]
    public async Task LoopEnds_ManyRequestsWait_AllAreToldAndNoneInsideAnother()
    {
        const int Requests = 10_000;
        var rig = new ManyPathRig(paths: 1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { QueueDepth = 2, WaitingMax = Requests });
        rig.Answers[0] = static _ => Answer.Nothing;
        var block = new byte[512];
        var reads = Enumerable.Range(0, Requests).Select(_ => disk.ReadAsync(0, block).AsTask()).ToArray();
        rig.Pump();
        rig.EndLoop(0);
        rig.Answers[0] = static _ => Answer.Lost;
        rig.ReleaseWaiting();

        foreach (var read in reads)
        {
            var told = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(Wrap(read)));
            Assert.Equal(Errno.ENODEV, told.Errno);
        }
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task LoopEnds_ARequestLeavesABusyDiskAlone_ItIsTold()
    {
        var rig = new ManyPathRig(paths: 1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { BusyDelay = TimeSpan.FromHours(1) });
        rig.Answers[0] = static _ => new Answer(ScsiStatus.Busy, [], default, false);
        var read = disk.ReadAsync(0, new byte[512]).AsTask();
        rig.Pump();
        Assert.False(read.IsCompleted);
        rig.EndLoop(0);
        var told = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(Wrap(read)));
        Assert.Equal(Errno.ENODEV, told.Errno);
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LoopEnds_AnotherPathIsThere_RequestsGoOnThere(bool isBusy)
    {
        var rig = new ManyPathRig(paths: 2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { QueueDepth = 4, BusyDelay = TimeSpan.FromHours(1) });
        rig.Answers[0] = isBusy
            ? static _ => new Answer(ScsiStatus.Busy, [], default, false)
            : static _ => Answer.Nothing;
        var reads = Enumerable.Range(0, 16).Select(_ => disk.ReadAsync(0, new byte[512]).AsTask()).ToArray();
        rig.Pump();
        Assert.DoesNotContain(reads, read => read.IsCompleted);
        rig.EndLoop(0);
        rig.Answers[0] = static _ => Answer.Lost;
        rig.ReleaseWaiting();
        foreach (var read in reads) await rig.RunAsync(Wrap(read));
        Assert.Equal((PathState.Failed, PathState.Enabled), (disk.Paths[0].State, disk.Paths[1].State));
        await rig.RunAsync(disk.DisposeAsync());
    }

    private static async Task<bool> Wrap(Task work)
    {
        await work;
        return true;
    }
}
