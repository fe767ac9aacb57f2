namespace Lunette.Admin.Contracts.Observation;

/// <summary>Machines whose transitions are kept.</summary>
public enum StateMachine
{
    /// <summary>The service.</summary>
    Service,

    /// <summary>The configuration.</summary>
    Configuration,

    /// <summary>A target port.</summary>
    Target,

    /// <summary>A logical unit.</summary>
    LogicalUnit,
}

/// <summary>One transition.</summary>
/// <param name="At">When.</param>
/// <param name="From">The state before.</param>
/// <param name="Event">What happened.</param>
/// <param name="To">The state after.</param>
/// <param name="Cause">Why.</param>
public sealed record StateTransition(DateTimeOffset At, string From, string Event, string To, string Cause);

/// <summary>A command that has ended.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Session">Number of the session it came through.</param>
/// <param name="Initiator">Who sent it.</param>
/// <param name="Target">Where to.</param>
/// <param name="LogicalUnit">The logical unit's GUID; empty where the LUN was not mapped.</param>
/// <param name="Lun">The LUN it addressed.</param>
/// <param name="Tag">The initiator's tag.</param>
/// <param name="Command">What it was, decoded.</param>
/// <param name="Cdb">The CDB in hexadecimal, cut at 32 bytes.</param>
/// <param name="Outcome"><c>GOOD</c>, or what went wrong.</param>
/// <param name="Bytes">Bytes it moved.</param>
/// <param name="Nanoseconds">How long it took.</param>
/// <param name="QueueNanoseconds">Of it: behind other commands.</param>
/// <param name="TransferNanoseconds">Of it: until its Data-Out had come.</param>
/// <param name="StoreNanoseconds">Of it: with the store, where that could not answer at once.</param>
public sealed record CommandRecord(
    DateTimeOffset At, ulong Session, string Initiator, string Target, string LogicalUnit, int Lun, ulong Tag,
    string Command, string Cdb, string Outcome, long Bytes, long Nanoseconds, long QueueNanoseconds,
    long TransferNanoseconds, long StoreNanoseconds);

/// <summary>The trace of commands.</summary>
/// <param name="On">Whether commands are traced.</param>
/// <param name="Commands">Those that ended last, oldest first.</param>
public sealed record CommandTrace(bool On, IReadOnlyList<CommandRecord> Commands);

/// <summary>Slow commands.</summary>
/// <param name="ThresholdMicroseconds">From when on a command is slow; null for never.</param>
/// <param name="Count">How many there were.</param>
/// <param name="Commands">The last of them, oldest first.</param>
public sealed record SlowCommandReport(
    long? ThresholdMicroseconds, long Count, IReadOnlyList<CommandRecord> Commands);

/// <summary>A capture that has begun.</summary>
/// <param name="Capture">Its number, for the calls that follow.</param>
/// <param name="Session">What is captured.</param>
/// <param name="Portal">The end of the connection that is ours.</param>
public sealed record CaptureDescription(long Capture, SessionDescription Session, string Portal);

/// <summary>The next bytes of a capture.</summary>
/// <param name="Bytes">Of a pcap file; none where nothing happened.</param>
/// <param name="Ended">Whether nothing more follows: the session is over.</param>
/// <param name="LostBytes">Bytes so far that came faster than they were read and are missing in the file.</param>
public sealed record CaptureChunk(byte[] Bytes, bool Ended, long LostBytes);
