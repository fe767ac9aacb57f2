using System.Collections.Concurrent;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;
using Lunette.Admin.Observation;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin;

/// <content>What is going on.</content>
public sealed partial class Administrator
{
    /// <summary>Sessions captured at once.</summary>
    public const int CapturesMax = 8;

    private readonly ConcurrentDictionary<long, ISessionCapture> _captures = new();
    private readonly Lock _capturing = new();
    private long _lastCapture;

    /// <inheritdoc/>
    public ValueTask<StmfResult<ActivityReport>> GetActivityAsync(ActivityKind kind)
    {
        if (!Enum.IsDefined(kind)) return new(StmfStatus.InvalidArg);
        return new(new ActivityReport(framework.Now, ActivityRows.Of(framework, kind)));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<StateTransition>>> GetTransitionsAsync(StateMachine machine, string name)
    {
        var transitions = machine switch
        {
            StateMachine.Service => framework.DescribeService(),
            StateMachine.Configuration => framework.DescribeConfiguration(),
            StateMachine.Target when Devid.TryParse(name, out var target)
                && framework.FindTargetPort(target.Name) is not null => framework.DescribeTarget(target.Name),
            StateMachine.LogicalUnit when LogicalUnitId.TryParse(name, out var id)
                && framework.FindLogicalUnit(id) is not null => framework.DescribeLogicalUnit(id),
            _ => null,
        };
        return transitions is null
            ? new(new StmfResult(StmfStatus.NotFound, $"{name} is not registered"))
            : Listed(transitions.Select(passed => new StateTransition(
                passed.At, passed.From, passed.Event, passed.To, passed.Cause)));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetTraceAsync(bool on)
    {
        framework.Tracing = on;
        return new(StmfStatus.Success);
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<CommandTrace>> GetTraceAsync(int most)
    {
        if (most < 1) return new(new StmfResult(StmfStatus.InvalidArg, "at least one command is wanted"));
        var traced = framework.TracedTasks;
        return new(new CommandTrace(
            framework.Tracing, [.. traced.Skip(traced.Count - most).Select(ActivityRows.Describe)]));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetSlowThresholdAsync(long? microseconds)
    {
        if (microseconds is < 1 or > long.MaxValue / 1000)
            return new(new StmfResult(StmfStatus.InvalidArg, "a threshold is at least a microsecond"));
        framework.SlowCommands.ThresholdNanoseconds = microseconds * 1000 ?? long.MaxValue;
        return new(StmfStatus.Success);
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<SlowCommandReport>> GetSlowCommandsAsync()
    {
        var slow = framework.SlowCommands;
        var threshold = slow.ThresholdNanoseconds;
        return new(new SlowCommandReport(
            threshold == long.MaxValue ? null : threshold / 1000, slow.Count,
            [.. slow.Since(0).Select(ActivityRows.Describe)]));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<CaptureDescription>> StartCaptureAsync(ulong session)
    {
        lock (_capturing)
        {
            foreach (var (number, capture) in _captures)
                if (capture.IsOver) End(number);
            if (_captures.Count >= CapturesMax)
                return new(new StmfResult(StmfStatus.Busy, $"{CapturesMax} sessions are being captured already"));
            var nexus = framework.Sessions.FirstOrDefault(nexus => nexus.Number == session);
            if (nexus?.Port.Capture(nexus) is not { } begun)
                return new(new StmfResult(StmfStatus.NotFound, $"there is no session {session} that has a wire"));
            _captures[++_lastCapture] = begun;
            return new(new CaptureDescription(_lastCapture, ActivityRows.Describe(nexus), begun.Portal));
        }
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<CaptureChunk>> ReadCaptureAsync(long capture)
    {
        if (!_captures.TryGetValue(capture, out var found)) return new(NoCapture(capture));
        var taken = found.Take();
        return new(new CaptureChunk(taken.Bytes, taken.Ended, taken.LostBytes));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> EndCaptureAsync(long capture) =>
        new(End(capture) ? StmfStatus.Success : NoCapture(capture));

    /// <inheritdoc/>
    public ValueTask<StmfResult<string>> GetMetricsAsync() =>
        new(new StmfResult<string>(StmfStatus.Success, MetricsText.Write(framework, status())));

    private bool End(long capture)
    {
        if (!_captures.TryRemove(capture, out var ended)) return false;
        ended.Dispose();
        return true;
    }

    private static StmfResult NoCapture(long capture) =>
        new(StmfStatus.NotFound, $"there is no capture {capture}; one that nobody reads ends by itself");
}
