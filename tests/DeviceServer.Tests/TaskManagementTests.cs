using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

public class TaskManagementTests
{
    [Fact]
    public async Task AbortTask_InTheMedium_FunctionEndsWhenTheStoreCallHasReturned()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(a, 0);
        var other = TaskSetTests.Start(a, 1);
        var abort = a.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: task.Tag);
        Assert.False(abort.IsCompleted);
        TaskSetTests.Finish(bench, task, other);
        Assert.Equal(ServiceResponse.FunctionComplete, await abort);
        Assert.False(task.Answered);
        Assert.True(other.Answered);
    }

    [Fact]
    public async Task AbortTask_WaitingForDataOut_EndsAtOnce()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        a.DataOutDelivery = DataOutDelivery.Held;
        var task = a.Start(new ScsiRequest(Cdb.Write10(0)) { DataOut = new byte[512] });
        Assert.True(task.WaitsForDataOut);
        Assert.Equal(ServiceResponse.FunctionComplete,
            await a.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: task.Tag));
        Assert.True(task.HasEnded);
        Assert.False(task.Answered);
    }

    [Fact]
    public async Task AbortTask_Dormant_EndsAtOnceAndNeverRuns()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        var first = TaskSetTests.Start(a, 0);
        var dormant = TaskSetTests.Start(a, 1, TaskAttribute.Ordered);
        Assert.Equal(ServiceResponse.FunctionComplete,
            await a.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: dormant.Tag));
        Assert.True(dormant.HasEnded);
        TaskSetTests.Finish(bench, first);
        Assert.Equal([0], bench.Unit.Entered);
    }

    [Fact]
    public async Task AbortTask_OfNoTask_Complete()
    {
        using var bench = await Bench.StartAsync();
        Assert.Equal(ServiceResponse.FunctionComplete,
            await bench.A.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: 999));
    }

    [Fact]
    public async Task AbortTaskSet_OwnTasksOnly_OthersHearNothing()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        bench.Unit.Hold = true;
        var own = TaskSetTests.Start(a, 0);
        var other = TaskSetTests.Start(b, 1);
        var abort = a.ManageAsync(TaskManagementFunction.AbortTaskSet);
        TaskSetTests.Finish(bench, own, other);
        Assert.Equal(ServiceResponse.FunctionComplete, await abort);
        Assert.False(own.Answered);
        Assert.True(other.Answered);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClearTaskSet_OthersHearByAttention_OrByTaskAborted(bool tas)
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        if (tas) ModeParameters.SetControl(a, 5, 0x40);
        Bench.ClearAttentions(b);
        bench.Unit.Hold = true;
        var own = TaskSetTests.Start(a, 0);
        var other = TaskSetTests.Start(b, 1);
        var clear = a.ManageAsync(TaskManagementFunction.ClearTaskSet);
        TaskSetTests.Finish(bench, own, other);
        Assert.Equal(ServiceResponse.FunctionComplete, await clear);
        Assert.False(own.Answered);
        Assert.Equal(tas, other.Answered);
        var next = b.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        if (tas) Assert.Equal(ScsiStatus.TaskAborted, other.Status);
        if (tas) next.Good();
        else next.Check(SenseKey.UnitAttention, AdditionalSense.CommandsClearedByAnotherInitiator);
    }

    [Fact]
    public async Task LogicalUnitReset_EverythingGoes_EveryNexusHears_ReservationsStay()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        b.Register(5).Good();
        b.Reserve(5, PersistentReservationType.WriteExclusive).Good();
        ModeParameters.SetControl(b, 5, 0x40);
        Bench.ClearAttentions(a);
        bench.Unit.Hold = true;
        var (own, other) = (TaskSetTests.Start(a, 0), TaskSetTests.Start(b, 1));
        var reset = a.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        Assert.False(reset.IsCompleted);
        TaskSetTests.Finish(bench, own, other);
        Assert.Equal(ServiceResponse.FunctionComplete, await reset);
        foreach (var host in new[] { a, b })
        {
            host.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
                .Check(SenseKey.UnitAttention, AdditionalSense.BusDeviceResetFunctionOccurred);
            host.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
        }
        Assert.Equal(1, bench.Unit.Resets);
        Assert.Equal(0, ModeParameters.Sense(a, 0x0A)[5]);
        Assert.NotNull(bench.Unit.Reservations.Type);
    }

    [Fact]
    public async Task ItNexusReset_OwnTasksAndSpc2Reservation_ThenNexusLossAttention()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        a.Run(Cdb.Of(PrimaryCommands.Reserve6)).Good();
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Is(ScsiStatus.ReservationConflict);
        Assert.Equal(ServiceResponse.FunctionComplete, await a.ManageAsync(TaskManagementFunction.ItNexusReset));
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.ItNexusLossOccurred);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task Queries_TellWithoutChanging()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(a, 0);
        Assert.Equal(ServiceResponse.FunctionSucceeded,
            await a.ManageAsync(TaskManagementFunction.QueryTask, referencedTag: task.Tag));
        Assert.Equal(ServiceResponse.FunctionComplete,
            await b.ManageAsync(TaskManagementFunction.QueryTask, referencedTag: task.Tag));
        Assert.Equal(ServiceResponse.FunctionSucceeded, await a.ManageAsync(TaskManagementFunction.QueryTaskSet));
        Assert.Equal(ServiceResponse.FunctionComplete, await b.ManageAsync(TaskManagementFunction.QueryTaskSet));
        Assert.Equal(ServiceResponse.FunctionComplete,
            await a.ManageAsync(TaskManagementFunction.QueryAsynchronousEvent));
        bench.Unit.EstablishAttention(AdditionalSense.CapacityDataHasChanged);
        Assert.Equal(ServiceResponse.FunctionSucceeded,
            await a.ManageAsync(TaskManagementFunction.QueryAsynchronousEvent));
        TaskSetTests.Finish(bench, task);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.CapacityDataHasChanged);
    }

    [Fact]
    public async Task AbortDeadlinePasses_FunctionRejected_UnitFencedUntilTheTaskHasEnded()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(a, 0);
        var abort = a.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: task.Tag);
        var again = a.ManageAsync(TaskManagementFunction.AbortTaskSet);
        ((Runtime.Loops.ManualLoop)a.Loop).Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ServiceResponse.FunctionRejected, await abort);
        Assert.Equal(ServiceResponse.FunctionRejected, await again);
        Assert.NotNull(bench.Unit.FenceReason);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.NotReady, AdditionalSense.LogicalUnitCommunicationFailure);
        Assert.False((await bench.Unit.OnlineAsync(CancellationToken.None)).Succeeded);
        TaskSetTests.Finish(bench, task);
        // The function was rejected, so the task's sender still waits for its status (found by simulation, seed 124).
        Assert.True(task.Answered);
        Assert.Equal(ScsiStatus.TaskAborted, task.Status);
        Assert.Null(bench.Unit.FenceReason);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task FencedUnit_GoesOffline_TheTasksEndDoesNotBringItBack()
    {
        using var bench = await Bench.StartAsync(
            options => options with { AbortDeadline = TimeSpan.FromMilliseconds(1) });
        var a = bench.A;
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(a, 0);
        var abort = a.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: task.Tag);
        ((Runtime.Loops.ManualLoop)a.Loop).Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ServiceResponse.FunctionRejected, await abort);
        Assert.False((await bench.Unit.OfflineAsync(CancellationToken.None)).Succeeded);
        TaskSetTests.Finish(bench, task);
        Assert.NotNull(bench.Unit.FenceReason);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.NotReady, AdditionalSense.LogicalUnitCommunicationFailure);
        Assert.True((await bench.Unit.OfflineAsync(CancellationToken.None)).Succeeded);
        Assert.True((await bench.Unit.OnlineAsync(CancellationToken.None)).Succeeded);
        a.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.PowerOnOccurred);
    }

    [Fact]
    public async Task Offline_TasksAbortedAndWaitedFor()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(a, 0);
        var offline = bench.Unit.OfflineAsync(CancellationToken.None).AsTask();
        Assert.False(offline.IsCompleted);
        TaskSetTests.Finish(bench, task);
        Assert.True((await offline).Succeeded);
        Assert.Equal(ScsiStatus.TaskAborted, task.Status);
        Assert.True((await bench.Unit.OnlineAsync(CancellationToken.None)).Succeeded);
    }

    [Fact]
    public async Task Offline_TasksDoNotEndInTime_FencedSoThatItIsSeen()
    {
        using var bench = await Bench.StartAsync(
            options => options with { AbortDeadline = TimeSpan.FromMilliseconds(1) });
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(bench.A, 0);
        var offline = bench.Unit.OfflineAsync(CancellationToken.None).AsTask();
        // Found by simulation, seed 50: it counted as online and served nobody, with nothing to see.
        Assert.False((await offline).Succeeded);
        Assert.NotNull(bench.Unit.FenceReason);
        TaskSetTests.Finish(bench, task);
        Assert.True((await bench.Unit.OfflineAsync(CancellationToken.None)).Succeeded);
        Assert.True((await bench.Unit.OnlineAsync(CancellationToken.None)).Succeeded);
        Assert.Null(bench.Unit.FenceReason);
    }

    [Fact]
    public async Task SessionClosed_WithTasksInTheMedium_ClosedWhenTheyAreOut()
    {
        using var bench = await Bench.StartAsync();
        var b = bench.Host("b");
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(b, 0);
        b.BeginLogout();
        Assert.False(b.IsClosed);
        bench.Unit.ReleaseAll();
        TaskSetTests.Pump(b);
        Assert.True(b.IsClosed);
        Assert.False(task.Answered);
    }

    [Fact]
    public async Task SeveralFunctionsOnOneTask_EachEndsWhenItHasEnded()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        bench.Unit.Hold = true;
        var task = TaskSetTests.Start(a, 0);
        var one = a.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: task.Tag);
        var two = a.ManageAsync(TaskManagementFunction.AbortTaskSet);
        var three = b.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        Assert.False(one.IsCompleted || two.IsCompleted || three.IsCompleted);
        TaskSetTests.Finish(bench, task);
        TaskSetTests.Pump(b);
        Assert.All(await Task.WhenAll(one, two, three),
            response => Assert.Equal(ServiceResponse.FunctionComplete, response));
    }
}
