using Lunette.Adapter.Disks;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>
/// Path control over scripted targets: which path is chosen, when one is taken out and comes back, what is reserved on
/// which. Several adapters of one loop lead to the same disk; the clock of the health checks is the test's.
/// </summary>
public class PathControlTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task LastUsablePath_NeverFailed()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { RetriesMax = 3 });
        rig.Answers[0] = rig.Answers[1] = _ => Answer.Lost;
        for (var i = 0; i < 4; i++)
            await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(disk.ReadAsync(0, new byte[512])));

        Assert.Equal(1, disk.Paths.Count(path => path.State == PathState.Enabled));
        rig.Answers[0] = rig.Answers[1] = _ => Answer.Good;
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(PathAlgorithm.FailOver, 12, 0)]
    [InlineData(PathAlgorithm.RoundRobin, 3, 9)]
    [InlineData(PathAlgorithm.ShortestQueue, 6, 6)]
    public async Task Algorithm_SharesAsItSays(PathAlgorithm algorithm, int first, int second)
    {
        var rig = new ManyPathRig(2);
        // Lowest first for fail_over, more for the higher in round_robin.
        var disk = await rig.OpenAsync(new ScsiDiskOptions { Algorithm = algorithm }, priorities: [1, 3]);
        Array.ForEach(rig.Seen, seen => seen.Clear());
        rig.Answers[0] = rig.Answers[1] = _ => Answer.Nothing;

        var reads = Enumerable.Range(0, 12).Select(i => disk.ReadAsync((ulong)i, new byte[512]).AsTask()).ToArray();
        rig.Pump();

        Assert.Equal((first, second), (rig.Seen[0].Count, rig.Seen[1].Count));
        rig.Answers[0] = rig.Answers[1] = _ => Answer.Good;
        rig.ReleaseWaiting();
        foreach (var read in reads) await rig.RunAsync(new ValueTask(read));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task Alua_OptimizedPathsFirst_AndTheOthersWhenItsStateChanges()
    {
        var rig = new ManyPathRig(2);
        rig.Access[0] = AsymmetricAccessState.ActiveNonOptimized;
        rig.Access[1] = AsymmetricAccessState.ActiveOptimized;
        var disk = await rig.OpenAsync(new ScsiDiskOptions { HealthCheckInterval = s_interval, Time = rig.Clock });
        Assert.Equal([AsymmetricAccessState.ActiveNonOptimized, AsymmetricAccessState.ActiveOptimized],
            disk.Paths.Select(path => path.Access));
        Assert.Equal((0, 1), await WhoReadsAsync());

        (rig.Access[0], rig.Access[1]) = (AsymmetricAccessState.ActiveOptimized, AsymmetricAccessState.Standby);
        rig.Clock.Advance(s_interval);
        rig.Pump();

        Assert.Equal((1, 0), await WhoReadsAsync());
        await rig.RunAsync(disk.DisposeAsync());

        async Task<(int, int)> WhoReadsAsync()
        {
            Array.ForEach(rig.Seen, seen => seen.Clear());
            await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
            return (rig.Seen[0].Count, rig.Seen[1].Count);
        }
    }

    [Fact]
    public async Task Alua_StateChangesAndTheTargetSaysSo_LookedAtWithoutAHealthCheck()
    {
        var rig = new ManyPathRig(2);
        (rig.Access[0], rig.Access[1]) =
            (AsymmetricAccessState.ActiveOptimized, AsymmetricAccessState.ActiveNonOptimized);
        var disk = await rig.OpenAsync(new ScsiDiskOptions());
        (rig.Access[0], rig.Access[1]) = (rig.Access[1], rig.Access[0]);
        rig.Once(0, Answer.Sense(SenseKey.UnitAttention, AdditionalSense.AsymmetricAccessStateChanged));
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await rig.UntilAsync(() => disk.Paths[1].Access == AsymmetricAccessState.ActiveOptimized
            && disk.Paths[0].Access == AsymmetricAccessState.ActiveNonOptimized);

        Array.ForEach(rig.Seen, seen => seen.Clear());
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));

        Assert.Equal((0, 1), (rig.Seen[0].Count, rig.Seen[1].Count));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task Alua_StandbyWithoutAHealthCheck_TheRequestGoesOverTheOtherPath()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions());
        rig.Answers[0] = _ => Answer.Sense(SenseKey.NotReady,
            AdditionalSense.LogicalUnitNotAccessibleTargetPortInStandbyState);

        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));

        Assert.Equal([PathState.Failed, PathState.Enabled], disk.Paths.Select(path => path.State));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(ReservePolicy.None, new byte[0], new byte[0])]
    [InlineData(ReservePolicy.SinglePath, new byte[] { 0x16, 0x17 }, new byte[0])]
    [InlineData(ReservePolicy.PersistentExclusive, new byte[] { 0x5F, 0x5F, 0x5F, 0x5F }, new byte[] { 0x5F, 0x5F })]
    [InlineData(ReservePolicy.PersistentShared, new byte[] { 0x5F, 0x5F, 0x5F, 0x5F }, new byte[] { 0x5F, 0x5F })]
    public async Task ReservePolicy_OpenAndClose_ReserveAndRelease(ReservePolicy policy, byte[] first, byte[] second)
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = policy, ReservationKey = 0xAB });
        await rig.RunAsync(disk.DisposeAsync());

        Assert.Equal(first, Reserving(rig.Seen[0]));
        Assert.Equal(second, Reserving(rig.Seen[1]));
    }

    [Theory]
    [InlineData(ReservePolicy.SinglePath)]
    [InlineData(ReservePolicy.PersistentExclusive)]
    public async Task Open_ThePathIsAnothersAlready_ItsReservationStays(ReservePolicy policy)
    {
        var rig = new ManyPathRig(1);
        var options = new ScsiDiskOptions { ReservePolicy = policy, ReservationKey = 0xAB };
        var disk = await rig.OpenAsync(options);
        var reserving = Reserving(rig.Seen[0]);

        var thrown = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.OpenAsync(options));

        Assert.Equal(Errno.EINVAL, thrown.Errno);
        Assert.Equal(reserving, Reserving(rig.Seen[0]));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(OpenExtension.None, 1, 1)]
    [InlineData(OpenExtension.NoReserve, 0, 0)]
    [InlineData(OpenExtension.RetainReservation, 1, 0)]
    [InlineData(OpenExtension.Single, 1, 1)]
    [InlineData(OpenExtension.ForcedOpen, 1, 1)]
    [InlineData(OpenExtension.ForcedOpenLun, 1, 1)]
    [InlineData(OpenExtension.ForcedOpen | OpenExtension.ForcedOpenLun, 1, 1)]
    [InlineData(OpenExtension.ForcedOpen | OpenExtension.RetainReservation, 1, 0)]
    [InlineData(OpenExtension.ForcedOpen | OpenExtension.NoReserve, 0, 0)]
    [InlineData(OpenExtension.Diagnostic, 0, 0)]
    [InlineData(OpenExtension.Diagnostic | OpenExtension.NoReserve | OpenExtension.Single, 0, 0)]
    [InlineData(OpenExtension.Diagnostic | OpenExtension.ForcedOpen | OpenExtension.RetainReservation, 0, 0)]
    public async Task OpenExtension_SinglePath_ResetsReservesAndReleasesAsTabled(OpenExtension extension, int reserves,
        int releases)
    {
        var rig = new ManyPathRig(1);
        var resetFirst = true;
        rig.Answers[0] = _ =>
        {
            resetFirst &= rig.Transports[0].Functions.Count > 0;
            return Answer.Good;
        };
        var disk = await rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath }, extension);
        await rig.RunAsync(disk.DisposeAsync());

        Assert.Equal((reserves, releases), (rig.Seen[0].Count(code => code == 0x16),
            rig.Seen[0].Count(code => code == 0x17)));
        TaskManagementFunction[] forced = extension.HasFlag(OpenExtension.ForcedOpenLun)
            ? [TaskManagementFunction.LogicalUnitReset]
            : extension.HasFlag(OpenExtension.ForcedOpen) ? [TaskManagementFunction.TargetWarmReset] : [];
        Assert.Equal(forced, rig.Transports[0].Functions.Select(asked => asked.Function));
        Assert.True(forced.Length == 0 || resetFirst, "a command went before the reset");
        if (extension.HasFlag(OpenExtension.Diagnostic)) Assert.Empty(rig.Seen[0]);
    }

    [Fact]
    public async Task Open_AdapterHasAsManyDevicesAsItMay_EMFILE()
    {
        var rig = new ScriptedRig(attributes => attributes with { DevicesMax = 1 });
        rig.Start(new(2, 1));
        var opening = ScsiDisk.OpenAsync(rig.Adapter, 2, Lun.Zero);
        rig.Loop.Pump();

        var refused = await Assert.ThrowsAsync<ScsiDiskException>(() => opening.WaitAsync(TimeSpan.FromSeconds(120)));

        Assert.Equal(Errno.EMFILE, refused.Errno);
    }

    [Fact]
    public async Task SinglePath_AfterAReset_ReservedAgainBeforeTheRequestGoesOn()
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath });
        rig.Seen[0].Clear();
        rig.Once(0, Answer.Sense(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred));

        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));

        Assert.Equal([0x88, 0x16, 0x88], rig.Seen[0]);
        await rig.RunAsync(disk.DisposeAsync());
    }

    private static readonly Answer s_reset =
        Answer.Sense(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred);

    [Fact]
    public async Task SinglePath_HealthCheckTakesTheAttention_ReservedAgainOnThePathThatHadIt()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions
        {
            ReservePolicy = ReservePolicy.SinglePath,
            HealthCheckInterval = s_interval,
            HealthCheckMode = HealthCheckMode.Enabled,
            Time = rig.Clock,
        });
        for (var path = 0; path < 2; path++)
        {
            Array.ForEach(rig.Seen, seen => seen.Clear());
            var isTold = false;
            rig.Answers[path] = cdb =>
            {
                if (cdb[0] != 0x00 || isTold) return Answer.Good;
                isTold = true;
                return s_reset;
            };
            // A path whose last check has not ended yet is not checked again.
            await rig.UntilAsync(() => disk.Paths.All(each => each.Check == PathCheck.None));
            rig.Clock.Advance(s_interval);
            await rig.UntilAsync(() => rig.Seen[0].Contains(0x16));
            Assert.Empty(Reserving(rig.Seen[1]));
            Assert.All(rig.Transports, transport => Assert.Empty(transport.Functions));
        }
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task SinglePath_NoRetryIsLeft_TheErrorIsTheCallersAndTheDiskIsReserved()
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(
            new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath, RetriesMax = 0 });
        rig.Seen[0].Clear();
        rig.Once(0, s_reset);

        var told = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(disk.ReadAsync(0, new byte[512])));

        Assert.Equal(SenseKey.UnitAttention, told.Sense!.Value.Key);
        Assert.Equal([0x88, 0x16], rig.Seen[0].Where(code => code != 0x00));
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task SinglePath_FailOverMeetsTheAttentionFirst_TheReservationMoves()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath });
        rig.Answers[0] = _ => Answer.Lost;
        rig.Once(1, s_reset);
        rig.Answers[1] = _ => rig.Transports[1].Functions.Count == 0 ? Answer.Conflict : Answer.Good;

        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));

        Assert.Single(rig.Transports[1].Functions, asked => asked.Function == TaskManagementFunction.LogicalUnitReset);
        Assert.Equal((byte)0x16, Reserving(rig.Seen[1])[^1]);
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task SinglePath_FailOverAfterAReset_ReservedThereWithoutAnother()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath });
        rig.Answers[0] = _ => Answer.Lost;
        rig.Once(1, s_reset);
        Array.ForEach(rig.Seen, seen => seen.Clear());

        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));

        Assert.Equal([0x88, 0x16, 0x88], rig.Seen[1].Where(code => code != 0x00));
        Assert.All(rig.Transports, transport => Assert.Empty(transport.Functions));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task SinglePath_WhileItIsReservedAgain_NothingElseIsSentAndAFailureIsEverybodys()
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(
            new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath, RetriesMax = 1 });
        rig.Seen[0].Clear();
        rig.Once(0, s_reset);
        rig.Answers[0] = cdb => cdb[0] == 0x16 ? Answer.Nothing : Answer.Good;
        var first = disk.ReadAsync(0, new byte[512]).AsTask();
        await rig.UntilAsync(() => rig.Seen[0].Contains(0x16));
        var second = disk.ReadAsync(1, new byte[512]).AsTask();
        rig.Pump();
        Assert.Equal([0x88, 0x16], rig.Seen[0]);

        rig.Answers[0] = cdb => cdb[0] == 0x16 ? Answer.Lost : Answer.Good;
        rig.ReleaseWaiting();
        foreach (var read in (Task[])[first, second])
            await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(new ValueTask(read)));
        Assert.Single(rig.Seen[0], code => code == 0x88);

        // Whoever comes next tries again: what was lost is not forgotten with those that failed for it.
        rig.Answers[0] = _ => Answer.Good;
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        Assert.Equal([0x16, 0x88], rig.Seen[0].TakeLast(2));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task SinglePath_AnotherResetWhileItIsReserved_ReservedOnceMore()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions
        {
            ReservePolicy = ReservePolicy.SinglePath,
            HealthCheckInterval = s_interval,
            HealthCheckMode = HealthCheckMode.Enabled,
            Time = rig.Clock,
        });
        rig.Seen[0].Clear();
        rig.Once(0, s_reset);
        rig.Answers[0] = cdb => cdb[0] == 0x16 ? Answer.Nothing : Answer.Good;
        var read = disk.ReadAsync(0, new byte[512]).AsTask();
        await rig.UntilAsync(() => rig.Seen[0].Contains(0x16));

        // The other path's attention tells of a reset that may have come after the RESERVE.
        var isTold = false;
        rig.Answers[1] = cdb =>
        {
            if (cdb[0] != 0x00 || isTold) return Answer.Good;
            isTold = true;
            return s_reset;
        };
        rig.Clock.Advance(s_interval);
        await rig.UntilAsync(() => isTold);
        rig.Answers[0] = _ => Answer.Good;
        rig.Seen[0].Clear();
        rig.ReleaseWaiting();       // the first RESERVE is seen again as it is answered
        await rig.RunAsync(new ValueTask(read));

        Assert.Equal([0x16, 0x16, 0x88], rig.Seen[0].Where(code => code != 0x00));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task SinglePath_PathFails_TheNextIsReservedAfterAReset()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath });
        Array.ForEach(rig.Seen, seen => seen.Clear());
        rig.Answers[0] = _ => Answer.Lost;
        // The first path's reservation turns the second away until a reset breaks it.
        rig.Answers[1] = _ => rig.Transports[1].Functions.Count == 0 ? Answer.Conflict : Answer.Good;

        var reads = Enumerable.Range(0, 40).Select(i => disk.ReadAsync((ulong)i, new byte[512]).AsTask()).ToArray();
        foreach (var read in reads) await rig.RunAsync(new ValueTask(read));

        Assert.Single(rig.Transports[1].Functions, asked => asked.Function == TaskManagementFunction.LogicalUnitReset);
        Assert.Single(rig.Seen[1], code => code == 0x16);
        Assert.Equal([PathState.Failed, PathState.Enabled], disk.Paths.Select(path => path.State));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task SinglePath_AnotherHostTookItByAReset_ItIsNotTakenBackOnAnyPath()
    {
        var rig = new ManyPathRig(2);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath });
        rig.Once(0, Answer.Sense(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred));
        rig.Answers[0] = rig.Answers[1] = _ => Answer.Conflict;
        await ReadBusyAsync();

        rig.Answers[0] = _ => Answer.Lost;
        await ReadBusyAsync();
        Assert.All(rig.Transports, transport => Assert.Empty(transport.Functions));
        await rig.RunAsync(disk.DisposeAsync());

        async Task ReadBusyAsync()
        {
            var refused = await Assert.ThrowsAsync<ScsiDiskException>(
                async () => await rig.RunAsync(disk.ReadAsync(0, new byte[512])));
            Assert.Equal(Errno.EBUSY, refused.Errno);
        }
    }

    [Fact]
    public async Task SinglePath_ReservedByAnother_EBUSYAtOnce()
    {
        var rig = new ManyPathRig(1);
        rig.Answers[0] = cdb => cdb[0] == 0x16 ? Answer.Conflict : Answer.Good;
        var refused = await Assert.ThrowsAsync<ScsiDiskException>(
            () => rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath }));
        Assert.Equal(Errno.EBUSY, refused.Errno);
        Assert.Single(rig.Seen[0], code => code == 0x16);
    }

    [Theory]
    [InlineData(PathAlgorithm.RoundRobin, ReservePolicy.SinglePath, 1ul)]
    [InlineData(PathAlgorithm.ShortestQueue, ReservePolicy.SinglePath, 1ul)]
    [InlineData(PathAlgorithm.FailOver, ReservePolicy.PersistentExclusive, 0ul)]
    public async Task Attributes_ThatContradict_EINVAL(PathAlgorithm algorithm, ReservePolicy policy, ulong key)
    {
        var refused = await Assert.ThrowsAsync<ScsiDiskException>(() => new ManyPathRig(1).OpenAsync(
            new ScsiDiskOptions { Algorithm = algorithm, ReservePolicy = policy, ReservationKey = key }));
        Assert.Equal(Errno.EINVAL, refused.Errno);
    }

    private static byte[] Reserving(IEnumerable<byte> seen) =>
        [.. seen.Where(code => code is 0x16 or 0x17 or 0x5F)];
}
