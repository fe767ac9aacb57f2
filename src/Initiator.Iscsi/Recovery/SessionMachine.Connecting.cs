using Lunette.Iscsi;
using Lunette.Runtime.Streams;

namespace Lunette.Initiator.Iscsi;

internal sealed partial class SessionMachine
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_steady = TimeSpan.FromSeconds(5);

    private readonly List<PortalAddress> _portals;
    private readonly HashSet<(string Host, int Port)> _visited = [];
    private readonly Isid _isid;
    private readonly SessionTimer _retry;
    private readonly SessionTimer _connectDeadline;
    private SessionDial? _dial;
    private PortalAddress? _redirect;
    private int _portal;
    private int _attempts;              // since the session was last of use
    private bool _served;               // a caller's command was answered since the last login
    private bool _isOfNoUse;            // its window stayed closed
    private long _loggedInAt;
    private int _logins;
    private int _wantedPauseSeconds;    // Time2Wait, as the target last stated it
    private long _recoverUntil;

    private PortalAddress Where => _redirect ?? _portals[_portal];

    public override void Connected(InitiatorConnection connection)
    {
        _connection = connection;
        Loop.Disarm(_connectDeadline);
        Apply(SessionEvent.Connected);
    }

    public override void LoggedIn(InitiatorConnection connection)
    {
        var outcome = connection.Outcome;
        _logins++;
        _loggedInAt = Loop.NowNanoseconds;
        _served = _isOfNoUse = false;
        _visited.Clear();
        _cmdSn = new CmdSn(1);
        _expStatSn = outcome.ExpStatSn;
        _window = outcome.Window;
        _terms = outcome.Session;
        _maxSend = Math.Min(outcome.Connection.MaxSendDataSegmentLength, BasicHeaderSegment.DataSegmentLengthMax);
        _wantedPauseSeconds = outcome.Session.DefaultTime2Wait;
        if (_settings is { } before && before.PortalGroupTag != outcome.PortalGroupTag) GiveBackReplays();
        _settings = new(
            Where, _isid, outcome.Tsih, outcome.Session, outcome.Connection, outcome.PortalGroupTag,
            outcome.TargetAlias, outcome.TargetProven, _logins);
        BeginPings();
        Apply(SessionEvent.LoginComplete);
    }

    public override void Closed(InitiatorConnection connection, IscsiFault fault)
    {
        _connection = null;
        DisarmOfConnection();
        if (State == IscsiSessionState.LoggingIn && connection.Redirects.Count != 0)
        {
            if (FollowRedirect(connection)) return;
            fault = new(
                IscsiFaultKind.RedirectedTooOften,
                $"the target was sent from place to place; {Where} sent it on to where it had been, or once too often");
        }
        Gone(fault);
    }

    // What the caller's memory is concerned with comes first: no connection holds any of it now.
    private void Gone(IscsiFault fault)
    {
        var wasUp = State is IscsiSessionState.LoggedIn or IscsiSessionState.Draining or IscsiSessionState.Verifying
            or IscsiSessionState.LoggingOut;
        EndManagement(fault);
        TakeBackTasks(fault);
        if (!_closing && wasUp)
        {
            Tell(new(IscsiSessionNoticeKind.ConnectionLost, fault));
            // A session that is lost as soon as it is there is one failure, not many: pauses grow, time runs out.
            if (WasOfUse || _recoverUntil == 0)
            {
                _attempts = 0;
                _recoverUntil = Loop.NowNanoseconds + Nanoseconds(_options.RecoveryTime);
            }
        }
        else if (!_closing)
        {
            Tell(new(IscsiSessionNoticeKind.AttemptFailed, fault));
        }
        _redirect = null;
        if (!MayTryAgain(fault, wasUp, out var reason)) Finish(reason);
        else Apply(SessionEvent.Lost);
        NeedBatch();
    }

    private bool WasOfUse => _served
        || State is not IscsiSessionState.Verifying && !_isOfNoUse
            && Loop.NowNanoseconds - _loggedInAt >= Nanoseconds(s_steady);

    private bool MayTryAgain(IscsiFault fault, bool wasUp, out IscsiFault reason)
    {
        reason = fault;
        if (_closing)
        {
            reason = fault.Kind is IscsiFaultKind.Internal or IscsiFaultKind.Closed ? fault : ClosedByCaller;
            return false;
        }
        if (fault.Kind is IscsiFaultKind.Internal or IscsiFaultKind.Closed) return false;
        if (!wasUp) _portal = (_portal + 1) % _portals.Count;
        // The first time, each portal is tried once; the caller learns at once that something is wrong.
        if (!_everLoggedIn) return ++_attempts < _portals.Count && !IsHopeless(fault);
        if (IsHopeless(fault) || Loop.NowNanoseconds >= _recoverUntil)
        {
            reason = new(
                IscsiFaultKind.NotRecovered, $"the session was lost and did not come back: {fault}", fault.Status);
            return false;
        }
        if (_attempts == 0 && TimeSpan.FromSeconds(_wantedPauseSeconds) > _options.RecoveryTime)
        {
            reason = new(
                IscsiFaultKind.NotRecovered,
                $"the session was lost, and the target wants no login for {_wantedPauseSeconds} s: {fault}");
            return false;
        }
        return true;
    }

    // What the standard says is of no use to try again, but that a target is not there: it may be restarting.
    private static bool IsHopeless(IscsiFault fault) => fault.Kind switch
    {
        IscsiFaultKind.LoginFailed => true,
        IscsiFaultKind.LoginRefused =>
            fault.Status.ClassOf() == LoginStatusClass.InitiatorError && fault.Status != LoginStatus.NotFound,
        _ => false,
    };

    private bool FollowRedirect(InitiatorConnection connection)
    {
        foreach (var address in connection.Redirects)
        {
            if (_visited.Count > _options.RedirectsMax || !_visited.Add((address.Host, address.Port))) continue;
            if (connection.MovedPermanently) _portals[_portal] = address;
            _redirect = address;
            Apply(SessionEvent.Redirected);
            return true;
        }
        return false;
    }

    private void Dial()
    {
        if (_redirect is null)
        {
            _visited.Clear();
            _visited.Add((Where.Host, Where.Port));
        }
        _dial = new SessionDial(this, new InitiatorLogin(LoginSettings(), _node.Entropy.Fill));
        Loop.Arm(_connectDeadline, _options.ConnectTimeout);
        _dialer.Dial(Where.Host, Where.Port, _dial);
    }

    private void ConnectTookTooLong()
    {
        _dial!.Abandon();
        Gone(new(IscsiFaultKind.ConnectFailed, $"no connection to {Where} within {_options.ConnectTimeout}"));
    }

    // The first attempt comes after what the target wants waited; each further one later, and not all at the same time.
    private void AwaitRetry()
    {
        var pause = TimeSpan.Zero;
        if (_everLoggedIn && _attempts > 0)
        {
            var grown = s_firstPause * Math.Pow(2, Math.Min(_attempts - 1, 16));
            pause = grown < _options.RetryDelayMax ? grown : _options.RetryDelayMax;
            Span<byte> jitter = stackalloc byte[1];
            _node.Entropy.Fill(jitter);
            pause *= 0.75 + (jitter[0] / 512.0);
        }
        else if (_everLoggedIn)
        {
            pause = TimeSpan.FromSeconds(_wantedPauseSeconds);
        }
        if (_everLoggedIn) _attempts++;
        Loop.Arm(_retry, pause);
    }

    private InitiatorLoginSettings LoginSettings() => new()
    {
        InitiatorName = _node.Name,
        InitiatorAlias = _node.Alias,
        TargetName = _options.TargetName,
        Isid = _isid,
        CmdSn = new CmdSn(1),
        Credentials = _options.Credentials,
        TargetCredentials = _options.TargetCredentials,
        MayGoUnauthenticated = _options.MayGoUnauthenticated,
        Algorithms = _options.Algorithms,
        Negotiation = new()
        {
            HeaderDigests = _options.HeaderDigests,
            DataDigests = _options.DataDigests,
            MaxRecvDataSegmentLength = _options.MaxRecvDataSegmentLength,
            InitialR2T = _options.InitialR2T,
            ImmediateData = _options.ImmediateData,
            MaxBurstLength = _options.MaxBurstLength,
            FirstBurstLength = _options.FirstBurstLength,
            DefaultTime2Wait = _options.Time2Wait,
            DefaultTime2Retain = _options.Time2Retain,
            MaxOutstandingR2T = _options.MaxOutstandingR2T,
            ProtocolLevel = _options.ProtocolLevel,
        },
    };

    private static long Nanoseconds(TimeSpan span) => (long)span.TotalMicroseconds * 1000;

    private sealed class SessionDial(SessionMachine machine, InitiatorLogin login) : StreamDial
    {
        protected override StreamHandler Connected(StreamConnection connection) =>
            new InitiatorConnection(machine, login, machine._options.LoginTimeout);

        protected override void Failed(string reason)
        {
            machine.Loop.Disarm(machine._connectDeadline);
            machine.Gone(new(IscsiFaultKind.ConnectFailed, reason));
        }
    }
}
