using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;

namespace Lunette.Port.Iscsi.Statistics;

/// <summary>What happened at the ports that is not a command: any thread counts, anybody reads.</summary>
public sealed class PortCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _rejects = new long[16];
    private readonly long[] _loginFaults = new long[Enum.GetValues<LoginFault>().Length];
    private readonly long[] _bounds = new long[Enum.GetValues<SessionBound>().Length];
    private long _accepted;
    private long _logins;
    private long _ignored;
    private long _sessionsRefused;
    private long _reservesOpened;
    private long _overdueWrites;

    /// <summary>Connections accepted.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Logins completed.</summary>
    public long Logins => Volatile.Read(ref _logins);

    /// <summary>PDUs ignored because their CmdSN was outside the window, or their task is gone.</summary>
    public long Ignored => Volatile.Read(ref _ignored);

    /// <summary>Logins refused because there were as many sessions as there may be.</summary>
    public long SessionsRefused => Volatile.Read(ref _sessionsRefused);

    /// <summary>Command windows that were widened because commands to a stuck logical unit filled them.</summary>
    public long ReservesOpened => Volatile.Read(ref _reservesOpened);

    /// <summary>Writes that were ended because their data did not come in time.</summary>
    public long OverdueWrites => Volatile.Read(ref _overdueWrites);

    /// <summary>How often initiators ran into a bound of their session.</summary>
    public long Reached(SessionBound bound) => Volatile.Read(ref _bounds[(int)bound]);

    /// <summary>Connections let go for a reason.</summary>
    public long Drops(DropReason reason) => Volatile.Read(ref _drops[(int)reason]);

    /// <summary>Rejects sent for a reason.</summary>
    public long Rejects(RejectReason reason) => Volatile.Read(ref _rejects[(int)reason & 15]);

    /// <summary>Logins that failed for a reason.</summary>
    public long LoginFaults(LoginFault fault) => Volatile.Read(ref _loginFaults[(int)fault]);

    internal void CountAccepted() => Interlocked.Increment(ref _accepted);

    internal void CountLogin() => Interlocked.Increment(ref _logins);

    internal void CountIgnored() => Interlocked.Increment(ref _ignored);

    internal void CountSessionRefused() => Interlocked.Increment(ref _sessionsRefused);

    internal void CountOverdueWrite() => Interlocked.Increment(ref _overdueWrites);

    internal void CountReserveOpened() => Interlocked.Increment(ref _reservesOpened);

    internal void Count(SessionBound bound) => Interlocked.Increment(ref _bounds[(int)bound]);

    internal void Count(DropReason reason) => Interlocked.Increment(ref _drops[(int)reason]);

    internal void Count(RejectReason reason) => Interlocked.Increment(ref _rejects[(int)reason & 15]);

    internal void Count(LoginFault fault) => Interlocked.Increment(ref _loginFaults[(int)fault]);
}
