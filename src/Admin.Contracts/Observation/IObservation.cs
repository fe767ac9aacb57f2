namespace Lunette.Admin.Contracts.Observation;

/// <summary>What is going on: verbs libstmf does not have, in the place of COMSTAR's kstats and trace buffer.</summary>
public interface IObservation
{
    /// <summary>What logical units, targets, initiators or sessions have done since they are known.</summary>
    ValueTask<StmfResult<ActivityReport>> GetActivityAsync(ActivityKind kind);

    /// <summary>
    /// The last transitions of a state machine, oldest first; <see cref="StmfStatus.NotFound"/> where there is no such
    /// target or logical unit.
    /// </summary>
    /// <param name="machine">Which machine.</param>
    /// <param name="name">Whose: a target's name, a logical unit's GUID; empty for service and configuration.</param>
    ValueTask<StmfResult<IReadOnlyList<StateTransition>>> GetTransitionsAsync(StateMachine machine, string name);

    /// <summary>Traces all commands from now on, or none; what was traced before is forgotten.</summary>
    ValueTask<StmfResult> SetTraceAsync(bool on);

    /// <summary>The commands that ended last, oldest first.</summary>
    /// <param name="most">How many at most, the last of them.</param>
    ValueTask<StmfResult<CommandTrace>> GetTraceAsync(int most);

    /// <summary>From how many microseconds on a command is slow; null for never.</summary>
    ValueTask<StmfResult> SetSlowThresholdAsync(long? microseconds);

    /// <summary>The last commands that took longer than the threshold, oldest first.</summary>
    ValueTask<StmfResult<SlowCommandReport>> GetSlowCommandsAsync();

    /// <summary>
    /// Begins to capture what goes over a session's connection, from the next PDU each way on; what was said at login
    /// is over by then. <see cref="StmfStatus.NotFound"/> where there is no such session, <see cref="StmfStatus.Busy"/>
    /// where as many are captured as may be.
    /// </summary>
    /// <param name="session">The session's number.</param>
    ValueTask<StmfResult<CaptureDescription>> StartCaptureAsync(ulong session);

    /// <summary>
    /// What was captured since the last call: the next bytes of a pcap file. A capture nobody reads ends by itself;
    /// <see cref="StmfStatus.NotFound"/> then.
    /// </summary>
    ValueTask<StmfResult<CaptureChunk>> ReadCaptureAsync(long capture);

    /// <summary>Ends a capture; <see cref="StmfStatus.NotFound"/> where it has ended.</summary>
    ValueTask<StmfResult> EndCaptureAsync(long capture);

    /// <summary>All numbers in Prometheus' text format.</summary>
    ValueTask<StmfResult<string>> GetMetricsAsync();
}
