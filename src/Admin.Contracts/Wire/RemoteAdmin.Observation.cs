using Lunette.Admin.Contracts.Observation;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

/// <content>The verbs that look at what is going on.</content>
public sealed partial class RemoteAdmin
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<ActivityReport>> GetActivityAsync(ActivityKind kind) =>
        CallAsync(StmfVerbs.GetActivity, new(kind));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<StateTransition>>> GetTransitionsAsync(
        StateMachine machine, string name) => CallAsync(StmfVerbs.GetTransitions, new(machine, name));

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetTraceAsync(bool on) => CallWithoutValueAsync(StmfVerbs.SetTrace, new(on));

    /// <inheritdoc/>
    public ValueTask<StmfResult<CommandTrace>> GetTraceAsync(int most) => CallAsync(StmfVerbs.GetTrace, new(most));

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetSlowThresholdAsync(long? microseconds) =>
        CallWithoutValueAsync(StmfVerbs.SetSlowThreshold, new(microseconds));

    /// <inheritdoc/>
    public ValueTask<StmfResult<SlowCommandReport>> GetSlowCommandsAsync() =>
        CallAsync(StmfVerbs.GetSlowCommands, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<CaptureDescription>> StartCaptureAsync(ulong session) =>
        CallAsync(StmfVerbs.StartCapture, new(session));

    /// <inheritdoc/>
    public ValueTask<StmfResult<CaptureChunk>> ReadCaptureAsync(long capture) =>
        CallAsync(StmfVerbs.ReadCapture, new(capture));

    /// <inheritdoc/>
    public ValueTask<StmfResult> EndCaptureAsync(long capture) =>
        CallWithoutValueAsync(StmfVerbs.EndCapture, new(capture));

    /// <inheritdoc/>
    public ValueTask<StmfResult<string>> GetMetricsAsync() =>
        CallAsync(StmfVerbs.GetMetrics, NoArguments.Instance);
}
