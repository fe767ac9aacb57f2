namespace Lunette.Admin.Contracts.Observation;

/// <summary>What activity is told of.</summary>
public enum ActivityKind
{
    /// <summary>Logical units.</summary>
    LogicalUnit,

    /// <summary>Target ports.</summary>
    Target,

    /// <summary>Initiators, those that are gone included up to a bound.</summary>
    Initiator,

    /// <summary>Sessions.</summary>
    Session,
}

/// <summary>What all of a kind have done.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Rows">One for each.</param>
public sealed record ActivityReport(DateTimeOffset At, IReadOnlyList<Activity> Rows);

/// <summary>What one object has done.</summary>
/// <param name="Name">GUID, name, or number of a session.</param>
/// <param name="Alias">The name people gave it; empty where there is none.</param>
/// <param name="Sessions">Sessions it has now; 0 for logical units.</param>
/// <param name="Session">What the session is; null for others.</param>
/// <param name="Reads">Commands that brought data in.</param>
/// <param name="Writes">Commands that took data out.</param>
/// <param name="Others">Commands without data.</param>
/// <param name="Aborted">Commands that were aborted, or whose initiator was gone when they ended.</param>
/// <param name="Errors">Commands that ended with an error, by what it said.</param>
public sealed record Activity(
    string Name, string Alias, int Sessions, SessionDescription? Session, DirectionActivity Reads,
    DirectionActivity Writes, DirectionActivity Others, long Aborted, IReadOnlyList<NamedCount> Errors);

/// <summary>Commands that moved data one way.</summary>
/// <param name="Commands">How many.</param>
/// <param name="Bytes">Bytes they moved.</param>
/// <param name="Nanoseconds">How long they took together.</param>
/// <param name="Latencies">How many took how long, shortest first; durations nothing took are left out.</param>
public sealed record DirectionActivity(
    long Commands, long Bytes, long Nanoseconds, IReadOnlyList<LatencyCount> Latencies);

/// <summary>Commands that took about as long.</summary>
/// <param name="UpTo">The longest they can have taken, in nanoseconds.</param>
/// <param name="Commands">How many.</param>
public readonly record struct LatencyCount(long UpTo, long Commands);

/// <summary>A session.</summary>
/// <param name="Number">Its number, never used again while the daemon runs.</param>
/// <param name="Initiator">Who logged in.</param>
/// <param name="Target">Where.</param>
/// <param name="Address">Where from.</param>
/// <param name="Since">When.</param>
public sealed record SessionDescription(
    ulong Number, string Initiator, string Target, string Address, DateTimeOffset Since);
