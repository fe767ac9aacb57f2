using System.Collections.Concurrent;
using System.Net;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Login;
using Lunette.Port.Iscsi.Portals;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Port.Iscsi.Statistics;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Stmf.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Port.Iscsi;

/// <summary>
/// The iSCSI port provider: the portals of the target node, the targets behind them, and everybody who is connected.
/// Control plane, any thread.
/// </summary>
public sealed partial class IscsiPortProvider : IAsyncDisposable
{
    private const int Backlog = 1024;

    private readonly LoopGroup _loops;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, IscsiTargetPort> _targets = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly List<IscsiPortal> _portals = [];
    private readonly Dictionary<ushort, TargetSession?> _handles = [];
    private readonly int[] _sessionsOfLoop;
    private ushort _lastHandle;

    /// <summary>Makes the provider; it listens nowhere and has no target yet.</summary>
    /// <param name="loops">Where sessions live; its control loop takes the logins.</param>
    /// <param name="framework">Where sessions are opened and tasks go.</param>
    /// <param name="authority">Who may log in; null for anybody.</param>
    /// <param name="options">Bounds, times and terms; null for the defaults.</param>
    /// <param name="entropy">Where challenges come from; null for the system's generator.</param>
    /// <param name="log">Where connections, sessions and refusals are told; null for nowhere.</param>
    public IscsiPortProvider(
        LoopGroup loops, ITargetFramework framework, ILoginAuthority? authority = null,
        IscsiPortOptions? options = null, IEntropy? entropy = null, ILogger? log = null)
    {
        _loops = loops;
        Framework = framework;
        Authority = authority ?? OpenLoginAuthority.Instance;
        Options = options ?? new IscsiPortOptions();
        Entropy = entropy ?? SystemEntropy.Instance;
        _log = log ?? NullLogger.Instance;
        _sessionsOfLoop = new int[loops.Loops.Count];
        var tasks = Options.WidestWindow + Options.ImmediateCommandsMax;
        Invariant.That(tasks <= Tasks.IscsiTask.SlotsMax, "transfer tags can name every task of a session");
        Pending = new PendingLogins(Options.PendingLoginsMax, Options.PendingLoginsPerAddressMax);
        Rate = new AddressRate(Options.LoginsPerSecondMax, 2.0 * Options.LoginsPerSecondMax);
        Failures = new AddressRate(Options.LoginFailuresPerMinuteMax / 60.0, Options.LoginFailuresPerMinuteMax);
    }

    /// <summary>Counts of what is not a command.</summary>
    public PortCounters Counters { get; } = new();

    /// <summary>The targets.</summary>
    public IReadOnlyCollection<IscsiTargetPort> Targets => [.. _targets.Values];

    /// <summary>The portals that listen.</summary>
    public IReadOnlyList<IscsiPortal> Portals
    {
        get
        {
            lock (_gate) return [.. _portals];
        }
    }

    /// <summary>Sessions now, discovery sessions included.</summary>
    public int SessionCount
    {
        get
        {
            lock (_gate) return _handles.Count;
        }
    }

    internal ITargetFramework Framework { get; }

    internal ILoginAuthority Authority { get; }

    internal IscsiPortOptions Options { get; }

    internal IEntropy Entropy { get; }

    internal PendingLogins Pending { get; }

    internal AddressRate Rate { get; }

    internal AddressRate Failures { get; }

    internal BufferPool Buffers => _loops.Buffers;

    internal StreamLoop ControlLoop => _loops.Control;

    /// <summary>Makes a target. It takes logins once the framework has taken it online.</summary>
    /// <returns>Null when there is one of that name.</returns>
    public IscsiTargetPort? AddTarget(IscsiTargetSettings settings)
    {
        var target = new IscsiTargetPort(settings);
        return _targets.TryAdd(target.Name, target) ? target : null;
    }

    /// <summary>Forgets a target; it must be offline and out of the framework.</summary>
    public bool RemoveTarget(IscsiTargetPort target) =>
        !target.IsOnline && _targets.TryRemove(new KeyValuePair<string, IscsiTargetPort>(target.Name, target));

    /// <summary>Finds a target by name.</summary>
    public IscsiTargetPort? FindTarget(IscsiName name) => _targets.GetValueOrDefault(name.Value);

    /// <summary>Listens at an address; every target of the portal group is reached through it.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, not this machine's, or may not be
    /// used.</exception>
    public IscsiPortal OpenPortal(IPEndPoint endPoint, ushort portalGroupTag = 1)
    {
        var acceptor = new Acceptor(this, portalGroupTag);
        var portal = new IscsiPortal(_loops.Control.Listen(endPoint, Backlog, acceptor), portalGroupTag);
        lock (_gate) _portals.Add(portal);
        PortalOpened(_log, portal.EndPoint, portalGroupTag);
        return portal;
    }

    /// <summary>Stops listening; sessions that came through it stay.</summary>
    public void ClosePortal(IscsiPortal portal)
    {
        lock (_gate)
        {
            if (!_portals.Remove(portal)) return;
        }
        portal.Close();
    }

    /// <summary>
    /// Closes the portals and lets everybody go. Targets should be offline; what is not is ended now.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var portal in Portals) ClosePortal(portal);
        // A login that is being completed becomes a session before this runs, or never.
        var pending = new DropPending(this);
        ControlLoop.Post(pending);
        await pending.Done;
        TargetSession[] sessions;
        lock (_gate) sessions = [.. _handles.Values.OfType<TargetSession>()];
        foreach (var session in sessions) session.RequestClose(DropReason.Ended);
        foreach (var session in sessions) await session.Closed;
    }

    /// <summary>The targets an initiator may know of, with the addresses they are reached at from where it
    /// asks.</summary>
    internal IEnumerable<TargetRecord> Discover(IPEndPoint? asked, LoginIdentity identity)
    {
        var portals = Portals;
        foreach (var target in _targets.Values.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            if (!target.IsOnline || !MaySee(identity, target)) continue;
            var addresses = portals.Where(p => target.IsIn(p.PortalGroupTag)).Select(p => AddressOf(p, asked)).ToList();
            if (addresses.Count > 0) yield return new TargetRecord(target.Settings.Name, addresses);
        }
    }

    /// <summary>Reserves a session's handle; none when there are as many sessions as there may be.</summary>
    internal Tsih ReserveHandle()
    {
        lock (_gate)
        {
            if (_handles.Count >= Math.Min(Options.SessionsMax, ushort.MaxValue - 1)) return Tsih.None;
            do
            {
                _lastHandle++;
            }
            while (_lastHandle == 0 || _handles.ContainsKey(_lastHandle));
            _handles.Add(_lastHandle, null);
            return new Tsih(_lastHandle);
        }
    }

    internal void ReleaseHandle(Tsih tsih)
    {
        lock (_gate) _handles.Remove(tsih.Value);
    }

    internal bool HandleExists(Tsih tsih)
    {
        lock (_gate) return _handles.ContainsKey(tsih.Value);
    }

    /// <summary>The loop with the fewest sessions, and one more for it.</summary>
    internal StreamLoop TakeLoop()
    {
        lock (_gate)
        {
            var least = 0;
            for (var i = 1; i < _sessionsOfLoop.Length; i++)
                if (_sessionsOfLoop[i] < _sessionsOfLoop[least]) least = i;
            _sessionsOfLoop[least]++;
            return _loops.Loops[least];
        }
    }

    internal void GiveLoop(Loop loop)
    {
        lock (_gate)
        {
            for (var i = 0; i < _sessionsOfLoop.Length; i++)
                if (ReferenceEquals(_loops.Loops[i], loop)) _sessionsOfLoop[i]--;
        }
    }

    internal void SessionMade(TargetSession session)
    {
        lock (_gate)
        {
            // Another login may have reinstated it meanwhile: then it is closed already, and its handle given back.
            if (_handles.ContainsKey(session.Tsih.Value)) _handles[session.Tsih.Value] = session;
        }
        Counters.CountLogin();
        var target = session.Port?.Name ?? "discovery";
        SessionOpened(_log, session.Identity.InitiatorName.Value, target, session.Tsih.Value);
    }

    internal void SessionClosed(TargetSession session)
    {
        ReleaseHandle(session.Tsih);
        if (session.Nexus is not null) GiveLoop(session.Loop);
    }

    internal void ConnectionClosed(TargetSession session, DropReason reason) =>
        SessionEnded(_log, session.Identity.InitiatorName.Value, session.Port?.Name ?? "discovery", reason);

    internal void LoginRefused(EndPoint? from, string? initiator, string why) =>
        LoginFailed(_log, initiator ?? "somebody", from, why);

    /// <summary>A clock good enough for latencies: that of the loop, read anew.</summary>
    internal static long ClockOf(Loop loop) => loop is StreamLoop stream ? stream.ReadClock() : loop.NowNanoseconds;

    // Whoever may not log in is not told that the target exists; whoever must prove itself to the target has to do so
    // there.
    private static bool MaySee(LoginIdentity identity, IscsiTargetPort target) =>
        identity.SessionType == SessionType.Discovery || identity.TargetName == target.Settings.Name;

    // A portal that listens at every address is reached at the one the question came to.
    private static PortalAddress AddressOf(IscsiPortal portal, IPEndPoint? asked)
    {
        var address = portal.EndPoint.Address;
        if ((address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) && asked is not null)
            address = asked.Address;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return new PortalAddress(address.ToString(), portal.EndPoint.Port, portal.PortalGroupTag);
    }

    [LoggerMessage(1, LogLevel.Information, "portal {EndPoint} listens, portal group {Tag}")]
    private static partial void PortalOpened(ILogger log, IPEndPoint endPoint, ushort tag);

    [LoggerMessage(2, LogLevel.Information, "session of {Initiator} with {Target} opened, TSIH {Tsih}")]
    private static partial void SessionOpened(ILogger log, string initiator, string target, ushort tsih);

    [LoggerMessage(3, LogLevel.Information, "session of {Initiator} with {Target} ended: {Reason}")]
    private static partial void SessionEnded(ILogger log, string initiator, string target, DropReason reason);

    [LoggerMessage(4, LogLevel.Information, "login of {Initiator} from {From} failed: {Why}")]
    private static partial void LoginFailed(ILogger log, string initiator, EndPoint? from, string why);

    [LoggerMessage(5, LogLevel.Warning, "connections cannot be accepted: {Reason}")]
    private static partial void CannotAccept(ILogger log, string reason);

    private sealed class Acceptor(IscsiPortProvider provider, ushort portalGroupTag) : IStreamAcceptor
    {
        public StreamHandler? Accepted(StreamConnection connection)
        {
            provider.Counters.CountAccepted();
            var from = connection.RemoteEndPoint?.Address ?? IPAddress.None;
            if (!provider.Rate.TryTake(from, connection.Loop.NowNanoseconds))
                return Refuse(DropReason.LoginRateExceeded);
            if (!provider.Failures.HasAny(from, connection.Loop.NowNanoseconds))
                return Refuse(DropReason.LoginFailuresExceeded);
            var connected = provider._loops.Loops.Sum(l => l.StreamCount) + provider.Pending.Count;
            if (connected >= provider.Options.ConnectionsMax) return Refuse(DropReason.ConnectionLimit);
            var login = new LoginConnection(provider, portalGroupTag, connection);
            provider.Pending.Add(login, out var reason)?.Drop(reason);
            return login;
        }

        public void AcceptFailed(string reason) => CannotAccept(provider._log, reason);

        private LoginConnection? Refuse(DropReason reason)
        {
            provider.Counters.Count(reason);
            return null;
        }
    }

    private sealed class DropPending(IscsiPortProvider provider) : LoopWork
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override void Run()
        {
            foreach (var login in provider.Pending.ToArray()) login.Drop(DropReason.Ended);
            _done.TrySetResult();
        }

        public override void Faulted(Exception fault) => _done.TrySetException(fault);

        public override void Refused() => _done.TrySetResult();
    }
}
