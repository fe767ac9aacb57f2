using Lunette.Admin.Contracts.Observation;
using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Activity, transitions, traces, captures, metrics.</summary>
public static partial class StmfVerbs
{
    /// <summary>What logical units, targets, initiators or sessions have done.</summary>
    public static AdminVerb<ActivityArguments, ActivityReport> GetActivity { get; } = new()
    {
        Name = "GetActivity",
        Access = VerbAccess.Read,
        Summary = "what logical units, targets, initiators or sessions have done",
        Commands = ["lunette stats", "lunette top"],
        ArgumentsInfo = Json.Default.ActivityArguments,
        ValueInfo = Json.Default.ActivityReport,
        Call = (admin, a) => admin.GetActivityAsync(a.Kind),
    };

    /// <summary>The last transitions of a state machine.</summary>
    public static AdminVerb<TransitionArguments, IReadOnlyList<StateTransition>> GetTransitions { get; } = new()
    {
        Name = "GetTransitions",
        Access = VerbAccess.Read,
        Summary = "the last transitions of a state machine",
        Codes = [StmfStatus.NotFound],
        Commands = ["lunette history"],
        ArgumentsInfo = Json.Default.TransitionArguments,
        ValueInfo = Json.Default.IReadOnlyListStateTransition,
        Call = (admin, a) => admin.GetTransitionsAsync(a.Machine, a.Name),
    };

    /// <summary>Traces commands, or does not.</summary>
    public static AdminVerb<TraceArguments, NoValue> SetTrace { get; } = new()
    {
        Name = "SetTrace",
        Access = VerbAccess.Change,
        Summary = "traces commands, or does not",
        Commands = ["lunette trace"],
        ArgumentsInfo = Json.Default.TraceArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.SetTraceAsync(a.On).ConfigureAwait(false)),
    };

    /// <summary>The commands that ended last.</summary>
    public static AdminVerb<MostArguments, CommandTrace> GetTrace { get; } = new()
    {
        Name = "GetTrace",
        Access = VerbAccess.Read,
        Summary = "the commands that ended last",
        Commands = ["lunette trace"],
        ArgumentsInfo = Json.Default.MostArguments,
        ValueInfo = Json.Default.CommandTrace,
        Call = (admin, a) => admin.GetTraceAsync(a.Most),
    };

    /// <summary>From when on a command is slow.</summary>
    public static AdminVerb<ThresholdArguments, NoValue> SetSlowThreshold { get; } = new()
    {
        Name = "SetSlowThreshold",
        Access = VerbAccess.Change,
        Summary = "from when on a command is slow",
        Commands = ["lunette slow"],
        ArgumentsInfo = Json.Default.ThresholdArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.SetSlowThresholdAsync(a.Microseconds).ConfigureAwait(false)),
    };

    /// <summary>The last slow commands.</summary>
    public static AdminVerb<NoArguments, SlowCommandReport> GetSlowCommands { get; } = new()
    {
        Name = "GetSlowCommands",
        Access = VerbAccess.Read,
        Summary = "the last slow commands",
        Commands = ["lunette slow"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.SlowCommandReport,
        Call = (admin, _) => admin.GetSlowCommandsAsync(),
    };

    /// <summary>Begins to capture a session; what goes over it is data of others, so observers may not.</summary>
    public static AdminVerb<SessionArguments, CaptureDescription> StartCapture { get; } = new()
    {
        Name = "StartCapture",
        Access = VerbAccess.Change,
        Summary = "begins to capture a session",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["lunette capture"],
        ArgumentsInfo = Json.Default.SessionArguments,
        ValueInfo = Json.Default.CaptureDescription,
        Call = (admin, a) => admin.StartCaptureAsync(a.Session),
    };

    /// <summary>The next bytes of a capture.</summary>
    public static AdminVerb<CaptureArguments, CaptureChunk> ReadCapture { get; } = new()
    {
        Name = "ReadCapture",
        Access = VerbAccess.Change,
        Summary = "the next bytes of a capture",
        Codes = [StmfStatus.NotFound],
        Commands = ["lunette capture"],
        ArgumentsInfo = Json.Default.CaptureArguments,
        ValueInfo = Json.Default.CaptureChunk,
        Call = (admin, a) => admin.ReadCaptureAsync(a.Capture),
    };

    /// <summary>Ends a capture.</summary>
    public static AdminVerb<CaptureArguments, NoValue> EndCapture { get; } = new()
    {
        Name = "EndCapture",
        Access = VerbAccess.Change,
        Summary = "ends a capture",
        Codes = [StmfStatus.NotFound],
        Commands = ["lunette capture"],
        ArgumentsInfo = Json.Default.CaptureArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.EndCaptureAsync(a.Capture).ConfigureAwait(false)),
    };

    /// <summary>All numbers in Prometheus' text format.</summary>
    public static AdminVerb<NoArguments, string> GetMetrics { get; } = new()
    {
        Name = "GetMetrics",
        Access = VerbAccess.Read,
        Summary = "all numbers in Prometheus' text format",
        Commands = ["lunette metrics"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.String,
        Call = (admin, _) => admin.GetMetricsAsync(),
    };
}

/// <summary>Whose activity.</summary>
/// <param name="Kind">Of what kind.</param>
public sealed record ActivityArguments(ActivityKind Kind);

/// <summary>A state machine.</summary>
/// <param name="Machine">Which.</param>
/// <param name="Name">Whose; empty where there is one only.</param>
public sealed record TransitionArguments(StateMachine Machine, string Name);

/// <summary>Whether to trace.</summary>
/// <param name="On">Whether.</param>
public sealed record TraceArguments(bool On);

/// <summary>A bound of what is wanted.</summary>
/// <param name="Most">How many at most.</param>
public sealed record MostArguments(int Most);

/// <summary>A threshold.</summary>
/// <param name="Microseconds">Its time; null for none.</param>
public sealed record ThresholdArguments(long? Microseconds);

/// <summary>A session.</summary>
/// <param name="Session">Its number.</param>
public sealed record SessionArguments(ulong Session);

/// <summary>A capture.</summary>
/// <param name="Capture">Its number.</param>
public sealed record CaptureArguments(long Capture);
