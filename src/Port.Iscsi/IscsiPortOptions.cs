using Lunette.Iscsi;

namespace Lunette.Port.Iscsi;

/// <summary>Bounds, times and what is offered in a login. All have defaults that suit one machine's disks.</summary>
public sealed record IscsiPortOptions
{
    /// <summary>Connections in all, logged in or not.</summary>
    public int ConnectionsMax { get; init; } = 16_384;

    /// <summary>Connections that have not logged in; past it the oldest of them is dropped.</summary>
    public int PendingLoginsMax { get; init; } = 1024;

    /// <summary>The same of one address.</summary>
    public int PendingLoginsPerAddressMax { get; init; } = 256;

    /// <summary>Connections accepted from one address in a second; twice as many at once after a pause.</summary>
    public int LoginsPerSecondMax { get; init; } = 2000;

    /// <summary>Logins of one address that may fail at proving who they are, in a minute; with more, its connections
    /// are not taken for a while. Sessions it has stay.</summary>
    public int LoginFailuresPerMinuteMax { get; init; } = 60;

    /// <summary>Sessions in all.</summary>
    public int SessionsMax { get; init; } = 4096;

    /// <summary>How long a login may take.</summary>
    public TimeSpan LoginDeadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bounds of a login's text.</summary>
    public LoginLimits Login { get; init; } = new();

    /// <summary>Commands a session may have on the way: the command window.</summary>
    public int CommandWindow { get; init; } = 128;

    /// <summary>
    /// Commands a session may have on the way besides, for its other logical units, while those of one whose medium
    /// does not answer fill the window; as many again for each further such unit that uses them up.
    /// </summary>
    public int CommandReserve { get; init; } = 16;

    /// <summary>For how many logical units of a session that do not answer there is such a reserve.</summary>
    public int CommandReservesMax { get; init; } = 8;

    /// <summary>The widest a command window becomes.</summary>
    internal int WidestWindow => CommandWindow + (CommandReserve * CommandReservesMax);

    /// <summary>Commands for immediate delivery a session may have besides.</summary>
    public int ImmediateCommandsMax { get; init; } = 16;

    /// <summary>Task management functions a session may have in progress.</summary>
    public int TaskManagementMax { get; init; } = 16;

    /// <summary>How long Data-Out may be waited for.</summary>
    public TimeSpan DataOutDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how much silence the initiator is asked whether it is there.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to answer.</summary>
    public TimeSpan PingDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Bytes still to come of one PDU from which on they are received where they belong.</summary>
    public int DirectReceiveBytes { get; init; } = 16 << 10;

    /// <summary>What is negotiated from.</summary>
    public NegotiationTerms Negotiation { get; init; } = new()
    {
        MaxRecvDataSegmentLength = 256 << 10,
        MaxBurstLength = 1 << 20,
        FirstBurstLength = 256 << 10,
        InitialR2T = false,
        ImmediateData = true,
        MaxOutstandingR2T = 8,
        DefaultTime2Wait = 0,
        DefaultTime2Retain = 0,
        ProtocolLevel = 2,
    };
}
