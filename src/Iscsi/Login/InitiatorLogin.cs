namespace Lunette.Iscsi;

/// <summary>
/// The initiator's part of one login (RFC 7143 sections 6.3 and 11.12): the mirror of <see cref="TargetLogin"/>.
/// Without
/// I/O; each response yields the next request, or the end. Owned by its connection; time limits are the caller's.
/// </summary>
public sealed class InitiatorLogin
{
    /// <summary>Login Responses taken before the target is held to be without end.</summary>
    public const int ResponsesMax = 64;

    private readonly InitiatorLoginSettings _settings;
    private readonly TextAccumulator _text = new(TextLimits.Negotiation with { KeysMayRepeat = true });
    private readonly TextBuilder _request = new();
    private readonly InitiatorAuthentication _authentication;
    private readonly Negotiation _negotiation;
    private readonly List<PortalAddress> _redirects = [];
    private LoginStage _stage = LoginStage.SecurityNegotiation;
    private LoginStage _nextStage = LoginStage.LoginOperationalNegotiation;
    private StatSn _expStatSn;
    private bool _transit;
    private bool _ended = true;
    private int _responses;

    /// <summary>Prepares a login; <see cref="Start"/> begins it.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves: no target for a normal session, a proof
    /// of the target without credentials of its own, or one secret for both directions (RFC 7143 section
    /// 12.1.3).</exception>
    public InitiatorLogin(InitiatorLoginSettings settings, EntropySource entropy)
    {
        if (settings.TargetName is null && settings.SessionType == SessionType.Normal)
            throw new ArgumentException("a normal session names its target", nameof(settings));
        if (settings.TargetCredentials is { } target)
        {
            if (settings.Credentials is not { } own)
                throw new ArgumentException("mutual CHAP needs credentials of the initiator too", nameof(settings));
            if (own.Secret.Matches(target.Secret))
                throw new ArgumentException("the two directions of CHAP never share a secret", nameof(settings));
        }
        _settings = settings;
        _authentication = new(settings, entropy);
        _negotiation = new(NegotiationSide.Initiator, settings.Negotiation, leading: settings.Tsih == Tsih.None);
    }

    /// <summary>What the login came to; null until it is complete.</summary>
    public InitiatorLoginResult? Outcome { get; private set; }

    /// <summary>Where a redirected login is to be tried.</summary>
    public IReadOnlyList<PortalAddress> Redirects => _redirects;

    /// <summary>The first request: who this is and what it is here for.</summary>
    public InitiatorLoginStep Start()
    {
        _ended = false;
        _negotiation.Declare(Keys.InitiatorName, _settings.InitiatorName.Value, _request);
        if (_settings.InitiatorAlias is { } alias) _negotiation.Declare(Keys.InitiatorAlias, alias, _request);
        _negotiation.Declare(Keys.SessionType, _settings.SessionType.ToString(), _request);
        if (_settings.TargetName is { } name) _negotiation.Declare(Keys.TargetName, name.Value, _request);
        _authentication.Begin(_request);
        _transit = _authentication.MayLeave;
        return Request();
    }

    /// <summary>Takes one PDU.</summary>
    /// <param name="bhs">Its basic header segment.</param>
    /// <param name="data">Its data segment, without padding.</param>
    /// <exception cref="InvalidOperationException">The login has not begun, or is over: a mistake of the
    /// caller.</exception>
    public InitiatorLoginStep Receive(ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data)
    {
        if (_ended) throw new InvalidOperationException("no login is under way");
        var header = new BasicHeaderSegment(bhs);
        if (header.OpCode != PduOpCode.LoginResponse) return Fail(LoginFault.NotALogin);
        var response = LoginResponse.Over(header);
        // Section 11.13.5: in a refusal the status is what counts. tgt 1.0.85 leaves the ISID out of it.
        if (response.Status != LoginStatus.Success) return Refused(response.Status, data);
        var fault = CheckHeader(response, data.Length);
        if (fault != LoginFault.None) return Fail(fault);
        _expStatSn = response.StatSn.Next;
        if (CheckStage(response) is var bad and not LoginFault.None) return Fail(bad);
        if (_request.Remaining != 0)
            return data.IsEmpty && !response.Continue && !response.Transit ? Request() : Fail(LoginFault.BadStage);
        if (_text.Append(data, response.Continue, out var pairs) != TextFault.None)
            return Fail(LoginFault.MalformedText);
        if (response.Continue)
        {
            // An empty request fetches the rest.
            _transit = false;
            return Request();
        }
        return Negotiate(response, pairs);
    }

    private LoginFault CheckHeader(LoginResponse response, int dataLength)
    {
        if (++_responses > ResponsesMax) return LoginFault.Endless;
        if (dataLength > LoginLimits.DataSegmentLengthMax) return LoginFault.BadLength;
        if (response.InitiatorTaskTag != _settings.InitiatorTaskTag || response.Isid != _settings.Isid)
            return LoginFault.HeaderChanged;
        return response.VersionActive == LoginHeader.Version ? LoginFault.None : LoginFault.UnsupportedVersion;
    }

    // The target leaves a stage only when asked to, and only for the stage that was asked for.
    private LoginFault CheckStage(LoginResponse response)
    {
        if (response.CurrentStage != _stage) return LoginFault.BadStage;
        if (!response.Transit) return LoginFault.None;
        return _transit && !response.Continue && response.NextStage == _nextStage
            ? LoginFault.None
            : LoginFault.BadStage;
    }

    private InitiatorLoginStep Negotiate(LoginResponse response, IReadOnlyList<TextPair> pairs)
    {
        var security = pairs.Where(pair => TargetAuthentication.Owns(pair.Key)).ToList();
        var others = pairs.Where(pair => !TargetAuthentication.Owns(pair.Key)).ToList();
        var inSecurityStage = _stage == LoginStage.SecurityNegotiation;
        if (!inSecurityStage && security.Count != 0) return Fail(LoginFault.Negotiation);
        var fault = _authentication.Receive(security, _request);
        if (fault != LoginFault.None) return Fail(fault);
        if (_negotiation.Receive(others, _request) != NegotiationFault.None) return Fail(LoginFault.Negotiation);
        if (response.Transit) return Leave(response);
        _transit = inSecurityStage ? _authentication.MayLeave : _negotiation.IsSettled;
        return Request();
    }

    private InitiatorLoginStep Leave(LoginResponse response)
    {
        if (_stage == LoginStage.SecurityNegotiation)
        {
            if (!_authentication.IsDone) return Fail(LoginFault.AuthenticationFailed);
            _stage = LoginStage.LoginOperationalNegotiation;
            _nextStage = LoginStage.FullFeaturePhase;
            _negotiation.DeclareMaxRecvDataSegmentLength(_request);
            _negotiation.OfferAll(_request);
            _transit = true;
            return Request();
        }
        if (!_negotiation.IsSettled || _negotiation.CheckOutcome() != NegotiationFault.None)
            return Fail(LoginFault.Negotiation);
        // A target that leaves while it waits for an answer would never learn the outcome. That a key of its own was
        // not understood it may miss.
        if (OwesAnswers()) return Fail(LoginFault.Negotiation);
        if (response.Tsih == Tsih.None) return Fail(LoginFault.MissingParameter);
        return Complete(response);
    }

    private bool OwesAnswers() =>
        TextFormat.Parse(_request.Take(int.MaxValue), TextLimits.Negotiation, out var pairs) != TextFault.None
        || pairs.Any(pair => pair.Value != TextPair.NotUnderstood);

    private InitiatorLoginStep Complete(LoginResponse response)
    {
        _ended = true;
        int? tag = int.TryParse(_negotiation.Declared(Keys.TargetPortalGroupTag), out var number) ? number : null;
        Outcome = new(
            response.Tsih, _negotiation.Session, _negotiation.Connection, tag, _negotiation.Declared(Keys.TargetAlias),
            _authentication.TargetProven, _expStatSn, new(response.ExpCmdSn, response.MaxCmdSn), _negotiation);
        return new(InitiatorLoginAction.Complete);
    }

    private InitiatorLoginStep Refused(LoginStatus status, ReadOnlySpan<byte> data)
    {
        _ended = true;
        if (status.ClassOf() == LoginStatusClass.Redirection
            && TextFormat.Parse(data, TextLimits.Discovery, out var pairs) == TextFault.None)
        {
            foreach (var (key, value) in pairs)
            {
                if (key != Keys.TargetAddress.Name || !PortalAddress.TryParse(value, out var address)) continue;
                _redirects.Add(address!);
            }
        }
        return _redirects.Count != 0
            ? new(InitiatorLoginAction.Redirect, default, LoginFault.None, status)
            : new(InitiatorLoginAction.Fail, default, LoginFault.StatusOfTheTarget, status);
    }

    private InitiatorLoginStep Request()
    {
        var segment = _request.Take(LoginLimits.DataSegmentLengthMax);
        var continues = _request.Remaining != 0;
        var pdu = LoginHeader.Begin<LoginRequest>(segment, out var request);
        request.Continue = continues;
        request.CurrentStage = _stage;
        if (_transit && !continues)
        {
            request.Transit = true;
            request.NextStage = _nextStage;
        }
        request.VersionMax = LoginHeader.Version;
        request.VersionMin = LoginHeader.Version;
        request.Isid = _settings.Isid;
        request.Tsih = _settings.Tsih;
        request.InitiatorTaskTag = _settings.InitiatorTaskTag;
        request.Cid = _settings.Cid;
        request.CmdSn = _settings.CmdSn;
        request.ExpStatSn = _expStatSn;
        return new(InitiatorLoginAction.Request, pdu);
    }

    private InitiatorLoginStep Fail(LoginFault fault)
    {
        _ended = true;
        return new(InitiatorLoginAction.Fail, default, fault);
    }
}
