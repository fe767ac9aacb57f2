using Lunette.Adapter.Disks;
using Lunette.Adapter.Paths;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>Health checks, and what time-outs mean for a path; the clock of the checks is the test's.</summary>
public class PathHealthTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(HealthCheckMode.Enabled, true, true, true)]
    [InlineData(HealthCheckMode.Failed, false, false, true)]
    [InlineData(HealthCheckMode.Nonactive, false, true, true)]
    public async Task HealthCheck_Mode_LooksAtThesePaths(HealthCheckMode mode, bool active, bool idle, bool failed)
    {
        var rig = new ManyPathRig(3);
        var disk = await rig.OpenAsync(new ScsiDiskOptions
        {
            HealthCheckInterval = s_interval,
            HealthCheckMode = mode,
            Time = rig.Clock,
        });
        rig.FailPath(disk, 2);
        // Path 0 is busy with a read that waits.
        rig.Answers[0] = cdb => cdb[0] == 0x88 ? Answer.Nothing : Answer.Good;
        var read = disk.ReadAsync(0, new byte[512]).AsTask();
        rig.Pump();
        Array.ForEach(rig.Seen, seen => seen.Clear());

        rig.Clock.Advance(s_interval);
        rig.Pump();

        Assert.Equal((active, idle, failed),
            (rig.Seen[0].Contains(0x00), rig.Seen[1].Contains(0x00), rig.Seen[2].Contains(0x00)));
        rig.Answers[0] = _ => Answer.Good;
        rig.ReleaseWaiting();
        await rig.RunAsync(new ValueTask(read));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task HealthCheck_FailedPathAnswersAgain_IsEnabledAndDisabledOnesStayOut()
    {
        var rig = new ManyPathRig(3);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { HealthCheckInterval = s_interval, Time = rig.Clock });
        rig.FailPath(disk, 0);
        disk.TrySetPathEnabled(disk.Paths[2], false);
        rig.Clock.Advance(s_interval);
        rig.Pump();
        Assert.Equal(PathState.Failed, disk.Paths[0].State);

        rig.Answers[0] = _ => Answer.Good;
        rig.Clock.Advance(s_interval);
        rig.Pump();

        Assert.Equal([PathState.Enabled, PathState.Enabled, PathState.Disabled], disk.Paths.Select(path => path.State));
        await rig.RunAsync(disk.DisposeAsync());
        Array.ForEach(rig.Seen, seen => seen.Clear());
        rig.Clock.Advance(s_interval * 3);
        rig.Pump();
        Assert.All(rig.Seen, Assert.Empty);
    }

    [Fact]
    public async Task HealthCheck_IntervalZero_None()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { Time = rig.Clock });
        Array.ForEach(rig.Seen, seen => seen.Clear());
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.Pump();
        Assert.All(rig.Seen, Assert.Empty);
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(HealthCheckCommand.TestUnitReady, PathState.Failed)]
    [InlineData(HealthCheckCommand.Inquiry, PathState.Enabled)]
    public async Task HealthCheck_DiskThatAnswersAndIsNotReady_HealthyAsTheCommandSays(
        HealthCheckCommand command, PathState state)
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions
        {
            HealthCheckInterval = s_interval,
            HealthCheckCommand = command,
            Time = rig.Clock,
        });
        rig.FailPath(disk, 0);
        rig.Answers[0] = cdb => cdb[0] == 0x12
            ? Answer.Good
            : Answer.Sense(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyManualInterventionRequired);

        rig.Clock.Advance(s_interval);
        rig.Pump();

        Assert.Equal(state, disk.Paths[0].State);
        rig.Answers[0] = _ => Answer.Good;
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(TimeoutPolicy.RetryPath, PathState.Enabled, PathState.Failed)]
    [InlineData(TimeoutPolicy.FailPath, PathState.Failed, PathState.Failed)]
    [InlineData(TimeoutPolicy.DisablePath, PathState.Disabled, PathState.Disabled)]
    public async Task Timeout_ByPolicy_ThePathIsOut(TimeoutPolicy policy, PathState once, PathState twice)
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { TimeoutPolicy = policy, RetriesMax = 5 });
        await TimeOutAsync(atMost: 1);
        Assert.Equal(once, disk.Paths[0].State);
        // What is answered in between begins the count anew.
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await TimeOutAsync(atMost: 1);
        Assert.Equal(once, disk.Paths[0].State);

        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await TimeOutAsync(atMost: 2);

        Assert.Equal(twice, disk.Paths[0].State);
        Assert.Equal(PathState.Enabled, disk.Paths[1].State);
        Assert.Single(rig.Log.Entries, entry => entry.Label == ErrorLog.ErrorLabel.DISK_ERR6);
        await rig.RunAsync(disk.DisposeAsync());

        async Task TimeOutAsync(int atMost)
        {
            var left = atMost;
            rig.Answers[0] = cdb => cdb[0] == 0x88 && left-- > 0 ? Answer.Nothing : Answer.Good;
            await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
            rig.Answers[0] = _ => Answer.Good;
        }
    }

    [Theory]
    [InlineData(TimeoutPolicy.FailPath)]
    [InlineData(TimeoutPolicy.DisablePath)]
    public async Task Timeout_OnTheLastPath_ItStays(TimeoutPolicy policy)
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { TimeoutPolicy = policy, RetriesMax = 1 });
        rig.Answers[0] = _ => Answer.Nothing;
        var told = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(disk.ReadAsync(0, new byte[512])));
        Assert.Equal((Errno.ETIMEDOUT, PathState.Enabled), (told.Errno, disk.Paths[0].State));
        rig.Answers[0] = _ => Answer.Good;
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task HealthCheck_PathDoesNotAnswer_WhatIsKnownOfItsAccessStays()
    {
        var rig = new ManyPathRig(2);
        (rig.Access[0], rig.Access[1]) =
            (AsymmetricAccessState.ActiveNonOptimized, AsymmetricAccessState.ActiveOptimized);
        var disk = await rig.OpenAsync(new ScsiDiskOptions
        {
            HealthCheckInterval = s_interval,
            HealthCheckMode = HealthCheckMode.Enabled,
            Time = rig.Clock,
        });
        rig.Answers[0] = static _ => Answer.Lost;
        rig.Clock.Advance(s_interval);
        rig.Pump();
        Assert.Equal(AsymmetricAccessState.ActiveNonOptimized, disk.Paths[0].Access);
        rig.Answers[0] = static _ => Answer.Good;
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public void RetryPath_OperatorEnablesIt_TimeOutsAreCountedAnew()
    {
        var (control, paths) = MakeControl(2);
        Assert.False(control.TimeOut(paths[0], TimeoutPolicy.RetryPath));
        Assert.True(control.TimeOut(paths[0], TimeoutPolicy.RetryPath));
        control.TrySetEnabled(paths[0], enabled: true);
        Assert.False(control.TimeOut(paths[0], TimeoutPolicy.RetryPath));
        Assert.Equal(PathState.Enabled, paths[0].State);
    }

    [Fact]
    public void Check_AskedForWhileOneRuns_RunsOnceMore()
    {
        var path = MakeControl(1).Paths[0];
        Assert.True(PathControl.TryBeginCheck(path));
        Assert.False(PathControl.TryBeginCheck(path));
        Assert.False(PathControl.TryBeginCheck(path));
        Assert.True(PathControl.GoesOnChecking(path));
        Assert.False(PathControl.GoesOnChecking(path));
        Assert.True(PathControl.TryBeginCheck(path));
    }

    private static (PathControl Control, DiskPath[] Paths) MakeControl(int count)
    {
        DiskPath[] paths = [.. Enumerable.Range(0, count)
            .Select(id => new DiskPath(id, new DiskPathOptions(null!, 2, Lun.Zero), null!))];
        return (new PathControl(PathAlgorithm.FailOver, paths), paths);
    }
}
