using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;

namespace Lunette.Admin.Tests.Verbs;

/// <summary>The verbs that look at what is going on.</summary>
public abstract class ObservationTests : AdministratorTests
{
    [Fact]
    public async Task GetActivity_NothingHappened_EverythingIsListedAtZero()
    {
        var target = await MakeTargetAsync();
        var disk = await MakeDiskAsync();
        var disks = (await Admin.GetActivityAsync(ActivityKind.LogicalUnit)).Required.Rows;
        Assert.Equal((disk.ToString(), 0L), (Assert.Single(disks).Name, disks[0].Reads.Commands));
        var targets = (await Admin.GetActivityAsync(ActivityKind.Target)).Required.Rows;
        Assert.Equal((target.Name, 0), (Assert.Single(targets).Name, targets[0].Sessions));
        Assert.Empty((await Admin.GetActivityAsync(ActivityKind.Session)).Required.Rows);
        Assert.Empty((await Admin.GetActivityAsync(ActivityKind.Initiator)).Required.Rows);
    }

    [Fact]
    public async Task GetTransitions_EachMachine_HowItCameWhereItIs()
    {
        var service = (await Admin.GetTransitionsAsync(StateMachine.Service, "")).Required;
        Assert.Equal("Online", service[^1].To);
        var target = await MakeTargetAsync();
        var disk = await MakeDiskAsync();
        Assert.NotEmpty((await Admin.GetTransitionsAsync(StateMachine.Configuration, "")).Required);
        var port = (await Admin.GetTransitionsAsync(StateMachine.Target, target.Name)).Required;
        Assert.Equal(
            [("Offline", "Onlining"), ("Onlining", "Online")], port.Select(passed => (passed.From, passed.To)));
        Assert.Equal("registered", port[0].Cause);
        Assert.NotEmpty((await Admin.GetTransitionsAsync(StateMachine.LogicalUnit, disk.ToString())).Required);
        Is(StmfStatus.NotFound, await Admin.GetTransitionsAsync(StateMachine.Target, "iqn.2026-11.example:x"));
        Is(StmfStatus.NotFound, await Admin.GetTransitionsAsync(StateMachine.LogicalUnit, target.Name));
    }

    [Fact]
    public async Task Trace_SwitchedOnAndOff_SaysWhichItIs()
    {
        Assert.False((await Admin.GetTraceAsync(10)).Required.On);
        Is(StmfStatus.Success, await Admin.SetTraceAsync(true));
        var trace = (await Admin.GetTraceAsync(10)).Required;
        Assert.True(trace.On);
        Assert.Empty(trace.Commands);
        Is(StmfStatus.Success, await Admin.SetTraceAsync(false));
        Assert.False((await Admin.GetTraceAsync(10)).Required.On);
        Is(StmfStatus.InvalidArg, await Admin.GetTraceAsync(0));
    }

    [Fact]
    public async Task SlowThreshold_Set_IsWhatHolds()
    {
        Assert.Equal(1_000_000, (await Admin.GetSlowCommandsAsync()).Required.ThresholdMicroseconds);
        Is(StmfStatus.Success, await Admin.SetSlowThresholdAsync(2500));
        Assert.Equal(2500, (await Admin.GetSlowCommandsAsync()).Required.ThresholdMicroseconds);
        Is(StmfStatus.Success, await Admin.SetSlowThresholdAsync(null));
        Assert.Null((await Admin.GetSlowCommandsAsync()).Required.ThresholdMicroseconds);
        Is(StmfStatus.InvalidArg, await Admin.SetSlowThresholdAsync(0));
        Is(StmfStatus.InvalidArg, await Admin.SetSlowThresholdAsync(long.MaxValue));
    }

    [Fact]
    public async Task Capture_NoSuchSessionOrCapture_NotFound()
    {
        Is(StmfStatus.NotFound, await Admin.StartCaptureAsync(1));
        Is(StmfStatus.NotFound, await Admin.ReadCaptureAsync(1));
        Is(StmfStatus.NotFound, await Admin.EndCaptureAsync(1));
    }

    [Fact]
    public async Task GetMetrics_TargetsDisksAndLimits_AreInIt()
    {
        var target = await MakeTargetAsync();
        var metrics = (await Admin.GetMetricsAsync()).Required;
        Assert.Contains($"lunette_sessions{{target=\"{target}\"}} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("lunette_limit{name=\"sessions\"} 4096\n", metrics, StringComparison.Ordinal);
        Assert.Contains("# TYPE lunette_target_commands_total counter\n", metrics, StringComparison.Ordinal);
    }
}

public sealed class LocalObservationTests : ObservationTests
{
    private protected override bool Remote => false;
}

public sealed class RemoteObservationTests : ObservationTests
{
    private protected override bool Remote => true;
}
