using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Which commands are sent again when a session has come back without their answer. None is where it came back in
/// another portal group: that does not end the old session (RFC 7143 section 6.3.5).
/// </summary>
public enum ReplayPolicy : byte
{
    /// <summary>None: each ends with <see cref="CommandOutcome.ConnectionLost"/>.</summary>
    Never,

    /// <summary>Those whose second execution leaves what the first one left: reads, writes of a given place, and
    /// queries.</summary>
    Repeatable,

    /// <summary>All.</summary>
    Always,
}

/// <summary>What a session is to be. Lengths are in bytes.</summary>
public sealed record IscsiSessionOptions : IscsiLoginOptions
{
    /// <summary>The shortest and longest <see cref="MaxRecvDataSegmentLength"/> asked for.</summary>
    public const int DataSegmentLengthMin = 512, DataSegmentLengthMax = 512 << 10;

    /// <summary>The most commands a session can hold.</summary>
    public const int CommandsMax = 16_384;

    /// <summary>The target.</summary>
    public required IscsiName TargetName { get; init; }

    /// <summary>Its portals: the first is tried first, the others where it fails.</summary>
    public required IReadOnlyList<PortalAddress> Portals { get; init; }

    /// <summary>The longest data segment the target may send.</summary>
    public int MaxRecvDataSegmentLength { get; init; } = 256 << 10;

    /// <summary>The longest burst offered.</summary>
    public int MaxBurstLength { get; init; } = 1 << 20;

    /// <summary>The longest unsolicited burst offered.</summary>
    public int FirstBurstLength { get; init; } = 256 << 10;

    /// <summary>Whether unsolicited Data-Out is given up (InitialR2T=Yes).</summary>
    public bool InitialR2T { get; init; }

    /// <summary>Whether data is sent with its command where the target takes it.</summary>
    public bool ImmediateData { get; init; } = true;

    /// <summary>R2Ts of one task that may be open.</summary>
    public int MaxOutstandingR2T { get; init; } = 8;

    /// <summary>The highest iSCSIProtocolLevel offered: 2 has the queries of RFC 7144.</summary>
    public int ProtocolLevel { get; init; } = 2;

    /// <summary>Commands on the wire at most, below what the target's window allows.</summary>
    public int QueueDepth { get; init; } = 128;

    /// <summary>Commands held beyond those on the wire; one more ends with
    /// <see cref="CommandOutcome.QueueFull"/>.</summary>
    public int PendingMax { get; init; } = 1024;

    /// <summary>
    /// Runs what awaits a command directly on the session's loop. Faster by a hand-over, and whoever asks for it must
    /// never block there.
    /// </summary>
    public bool InlineContinuations { get; init; }

    /// <summary>Silence after which the target is pinged; zero for never.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer to a ping is awaited before the connection is dropped.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pings of the target answered within a second; more end the connection.</summary>
    public int TargetPingsPerSecondMax { get; init; } = 1000;

    /// <summary>How long an abort is awaited before the session is dropped to end the task.</summary>
    public TimeSpan AbortTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a target may take no command though none of the session is under way (its window stays closed)
    /// before the session is dropped and made anew.</summary>
    public TimeSpan WindowTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a lost session is tried to be established again; zero for not at all. One that is lost before
    /// it was of any use has the rest of that time.</summary>
    public TimeSpan RecoveryTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The longest pause between two attempts; it grows from 100 ms.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>DefaultTime2Wait offered, in seconds; the target may want more.</summary>
    public int Time2Wait { get; init; }

    /// <summary>DefaultTime2Retain offered, in seconds; with error recovery level 0 nothing is retained.</summary>
    public int Time2Retain { get; init; }

    /// <summary>What is sent again after recovery.</summary>
    public ReplayPolicy Replay { get; init; } = ReplayPolicy.Repeatable;

    /// <summary>
    /// Whether serial number and designators of each logical unit in use are read and compared after recovery, before
    /// anything is sent to it again.
    /// </summary>
    public bool VerifyIdentity { get; init; } = true;

    /// <summary>
    /// Told of what happens to the session, on its loop: it must neither block nor throw.
    /// </summary>
    public Action<IscsiSessionNotice>? Observer { get; init; }

    internal override void Check()
    {
        base.Check();
        if (Portals.Count == 0) throw new ArgumentException("a session needs a portal", nameof(Portals));
        Within(MaxRecvDataSegmentLength, DataSegmentLengthMin, DataSegmentLengthMax, nameof(MaxRecvDataSegmentLength));
        Within(MaxBurstLength, DataSegmentLengthMin, BasicHeaderSegment.DataSegmentLengthMax, nameof(MaxBurstLength));
        Within(FirstBurstLength, DataSegmentLengthMin, MaxBurstLength, nameof(FirstBurstLength));
        Within(MaxOutstandingR2T, 1, ushort.MaxValue, nameof(MaxOutstandingR2T));
        Within(ProtocolLevel, 1, 2, nameof(ProtocolLevel));
        Within(QueueDepth, 1, CommandsMax, nameof(QueueDepth));
        Within(PendingMax, 0, CommandsMax - QueueDepth, nameof(PendingMax));
        Within(TargetPingsPerSecondMax, 1, int.MaxValue, nameof(TargetPingsPerSecondMax));
        Within(PingInterval, TimeSpan.Zero, LongestTime, nameof(PingInterval));
        Within(PingTimeout, TimeSpan.FromMilliseconds(1), LongestTime, nameof(PingTimeout));
        Within(AbortTimeout, TimeSpan.FromMilliseconds(1), LongestTime, nameof(AbortTimeout));
        Within(WindowTimeout, TimeSpan.FromMilliseconds(1), LongestTime, nameof(WindowTimeout));
        Within(RecoveryTime, TimeSpan.Zero, LongestTime, nameof(RecoveryTime));
        Within(RetryDelayMax, TimeSpan.Zero, LongestTime, nameof(RetryDelayMax));
        Within(Time2Wait, 0, 3600, nameof(Time2Wait));
        Within(Time2Retain, 0, 3600, nameof(Time2Retain));
    }
}
