namespace Lunette.Runtime.Streams;

/// <summary>Bounds of stream connections.</summary>
public sealed record StreamOptions
{
    /// <summary>Bytes one receive takes at most; the size of a loop's receive buffer.</summary>
    public int ReceiveBytes { get; init; } = 256 << 10;

    /// <summary>A connection with more unsent bytes than this is not read from until half of them are gone.</summary>
    public int UnsentBytesMax { get; init; } = 4 << 20;

    /// <summary>
    /// What is appended is sent at the end of a batch, or when so many bytes are waiting. One send for all costs least;
    /// but until it comes the peer has nothing to do.
    /// </summary>
    public int EarlySendBytes { get; init; } = 32 << 10;

    /// <summary>
    /// What one connection may append and send in one turn before the others of its loop have theirs, in bytes. Whoever
    /// takes more at once, for one answer may be longer, misses turns until it is made up for. A connection that is
    /// alone on its loop is bound by <see cref="UnsentBytesMax"/> only.
    /// </summary>
    public int TurnBytes { get; init; } = 1 << 20;

    /// <summary>
    /// Pieces of memory that may wait to be sent. One system call takes 1,024 (IOV_MAX); far more can wait, but not
    /// without end: a connection that would have more is closed.
    /// </summary>
    public int UnsentVectorsMax { get; init; } = 1 << 20;

    /// <summary>How long a connection that is closing in order waits for its peer to close too.</summary>
    public TimeSpan LingerTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Congestion control for peers on this machine, first that the kernel has; pacing ones halve large transfers over
    /// loopback. Empty leaves the system's default.
    /// </summary>
    public IReadOnlyList<string> LoopbackCongestionControls { get; init; } = ["reno", "cubic"];
}

/// <summary>Why a connection ended.</summary>
public enum StreamEnd : byte
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The peer closed it.</summary>
    PeerClosed,

    /// <summary>The network or the peer broke it.</summary>
    Reset,

    /// <summary>It was closed from here.</summary>
    ClosedHere,

    /// <summary>No buffer was left for a partial message, more would wait to be sent than may, or the system had no
    /// room to watch it.</summary>
    NoBuffer,

    /// <summary>A fault of ours.</summary>
    Fault,

    /// <summary>Its loop ended.</summary>
    LoopEnded,
}
