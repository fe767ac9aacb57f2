using System.Globalization;

namespace Lunette.Iscsi;

/// <summary>
/// The target's part of one login (RFC 7143 sections 6.3 and 11.12), from the first Login Request to full feature
/// phase.
/// Without I/O: each request yields one step, and where only others know the answer (who may log in, which session this
/// is) the step is a question, so that the caller may wait for it. Owned by its connection; time limits are the
/// caller's.
/// </summary>
public sealed class TargetLogin
{
    private enum State : byte { AwaitsRequest, AwaitsDecision, AwaitsJudgement, AwaitsAdmission, Ended }

    private readonly LoginLimits _limits;
    private readonly EntropySource _entropy;
    private readonly TextAccumulator _text = new(TextLimits.Negotiation);
    private readonly TextBuilder _reply = new();
    private readonly byte[] _request = new byte[BasicHeaderSegment.Length];
    private State _state;
    private string? _detail;
    private StatSn _statSn;
    private int _requests;
    private int _textLength;
    private LoginStage _stage;
    private LoginStage _nextStage;
    private bool _transit;
    private IReadOnlyList<TextPair> _pairs = [];
    private IReadOnlyList<TextPair> _others = [];
    private TargetLoginTerms? _terms;
    private TargetAuthentication? _authentication;
    private Negotiation? _negotiation;
    private LoginAdmission? _admission;
    private bool _declaredPortalGroup;

    /// <summary>Begins a login on a fresh connection.</summary>
    /// <param name="limits">How much is put up with.</param>
    /// <param name="entropy">For challenges.</param>
    /// <param name="statSn">The connection's first StatSN.</param>
    public TargetLogin(LoginLimits limits, EntropySource entropy, StatSn statSn)
    {
        _limits = limits;
        _entropy = entropy;
        _statSn = statSn;
    }

    /// <summary>Who logs in; null until the initiator has said so.</summary>
    public LoginIdentity? Identity { get; private set; }

    /// <summary>What the login came to; null until it is complete.</summary>
    public TargetLoginResult? Outcome { get; private set; }

    /// <summary>What is to be judged; null but after <see cref="TargetLoginAction.Judge"/>.</summary>
    public ChapProof? Proof => _authentication?.Proof;

    private LoginRequest Request => LoginRequest.Over((ReadOnlySpan<byte>)_request);

    /// <summary>Takes one PDU.</summary>
    /// <param name="bhs">Its basic header segment.</param>
    /// <param name="data">Its data segment, without padding.</param>
    /// <exception cref="InvalidOperationException">A question is open, or the login is over: a mistake of the
    /// caller.</exception>
    public TargetLoginStep Receive(ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data)
    {
        Expect(State.AwaitsRequest);
        var fault = CheckHeader(bhs, data.Length);
        if (fault != LoginFault.None) return Fail(fault);
        if (_reply.Remaining != 0)
        {
            // A response with C is answered by an empty request, which fetches the rest.
            return data.IsEmpty && !Request.Continue ? Reply() : Fail(LoginFault.BadStage);
        }
        _transit = Request.Transit;
        _nextStage = Request.NextStage;
        if (_text.Append(data, Request.Continue, out var pairs) != TextFault.None)
            return Fail(LoginFault.MalformedText);
        if (Request.Continue) return Reply();
        if (Identity is not null) return Negotiate(pairs);
        fault = Identify(pairs, out var told);
        if (fault != LoginFault.None) return Fail(fault, told);
        _pairs = pairs;
        _state = State.AwaitsDecision;
        return new(TargetLoginAction.Identify);
    }

    /// <summary>Answers <see cref="TargetLoginAction.Identify"/>.</summary>
    public TargetLoginStep Decide(LoginDecision decision)
    {
        Expect(State.AwaitsDecision);
        _state = State.AwaitsRequest;
        if (decision.Terms is null)
        {
            if (decision.Address is { } address) _reply.Add(Keys.TargetAddress.Name, address.ToString());
            return Fail(LoginFault.Refused, decision.Status);
        }
        _terms = decision.Terms;
        _authentication = new(_terms.Authentication, _entropy);
        _negotiation = new(NegotiationSide.Target, _terms.Negotiation, leading: Identity!.Tsih == Tsih.None);
        if (_stage != LoginStage.SecurityNegotiation && _terms.Authentication.Required)
            return Fail(LoginFault.NoAuthenticationMethod);
        return Negotiate(_pairs);
    }

    /// <summary>Answers <see cref="TargetLoginAction.Judge"/>.</summary>
    public TargetLoginStep Judge(ChapJudgement judgement)
    {
        Expect(State.AwaitsJudgement);
        _state = State.AwaitsRequest;
        var fault = _authentication!.Judge(judgement.Outcome, _reply);
        return fault == LoginFault.None ? NegotiateOthers() : Fail(fault, detail: judgement.Reason);
    }

    /// <summary>Answers <see cref="TargetLoginAction.Admit"/>.</summary>
    public TargetLoginStep Admit(LoginAdmission admission)
    {
        Expect(State.AwaitsAdmission);
        _state = State.AwaitsRequest;
        if (admission.Status != LoginStatus.Success) return Fail(LoginFault.Refused, admission.Status);
        _admission = admission;
        return Reply();
    }

    private LoginFault CheckHeader(ReadOnlySpan<byte> bhs, int dataLength)
    {
        var header = new BasicHeaderSegment(bhs);
        var first = _requests++ == 0;
        if (header.OpCode != PduOpCode.LoginRequest)
            return first ? LoginFault.NotALogin : LoginFault.OtherPduDuringLogin;
        var request = LoginRequest.Over(header);
        if (first) _stage = request.CurrentStage;
        else if (request.Isid != Request.Isid || request.Tsih != Request.Tsih || request.Cid != Request.Cid)
            return LoginFault.HeaderChanged;
        bhs[..BasicHeaderSegment.Length].CopyTo(_request);
        _textLength += dataLength;
        if (_requests > _limits.RequestsMax || _textLength > _limits.TextLengthMax) return LoginFault.Endless;
        if (request.TotalAhsLength != 0 || dataLength > LoginLimits.DataSegmentLengthMax) return LoginFault.BadLength;
        if (request.VersionMin > LoginHeader.Version) return LoginFault.UnsupportedVersion;
        return request.CurrentStage == _stage && LoginHeader.IsLawful(
            request.Transit, request.Continue, request.CurrentStage, request.NextStage)
            ? LoginFault.None
            : LoginFault.BadStage;
    }

    // The first sequence says who is there (RFC 7143 section 6.3.1).
    private LoginFault Identify(IReadOnlyList<TextPair> pairs, out LoginStatus? told)
    {
        string? Find(KeyDescriptor key) => pairs.FirstOrDefault(pair => pair.Key == key.Name).Value;

        told = null;
        var type = Find(Keys.SessionType) ?? "Normal";
        var sessionType = type == "Discovery" ? SessionType.Discovery : SessionType.Normal;
        var targetName = Find(Keys.TargetName);
        if (Find(Keys.InitiatorName) is not { } initiatorName) return Missing(Keys.InitiatorName);
        if (targetName is null && sessionType == SessionType.Normal) return Missing(Keys.TargetName);
        IscsiName target = default;
        if (!IscsiName.TryParse(initiatorName, out var initiator)) told = LoginStatus.InitiatorError;
        else if (!Keys.SessionType.Values.Contains(type)) told = LoginStatus.SessionTypeNotSupported;
        else if (targetName is not null && !IscsiName.TryParse(targetName, out target)) told = LoginStatus.NotFound;
        if (told is not null) return LoginFault.BadName;
        Identity = new(
            initiator, Find(Keys.InitiatorAlias), targetName is null ? null : target, sessionType, Request.Isid,
            Request.Tsih, Request.Cid, Request.CmdSn);
        return LoginFault.None;
    }

    private TargetLoginStep Negotiate(IReadOnlyList<TextPair> pairs)
    {
        var security = pairs.Where(pair => TargetAuthentication.Owns(pair.Key)).ToList();
        var others = pairs.Where(pair => !TargetAuthentication.Owns(pair.Key)).ToList();
        var inSecurityStage = _stage == LoginStage.SecurityNegotiation;
        var misplaced = inSecurityStage
            ? others.FirstOrDefault(pair => Keys.Find(pair.Key)?.InSecurityStage == false)
            : security.FirstOrDefault();
        if (misplaced.Key is not null) return Fail(LoginFault.Negotiation, detail: misplaced.Key + " in " + _stage);
        var fault = _authentication!.Receive(security, _reply);
        if (fault != LoginFault.None) return Fail(fault);
        _others = others;
        if (_authentication.Proof is null) return NegotiateOthers();
        _state = State.AwaitsJudgement;
        return new(TargetLoginAction.Judge);
    }

    private TargetLoginStep NegotiateOthers()
    {
        var wrong = _negotiation!.Receive(_others, _reply);
        if (wrong != NegotiationFault.None) return FailNegotiation(wrong);
        Declare();
        return Leave();
    }

    // Section 13.9: the tag goes with the first response to a login that names a target.
    private void Declare()
    {
        if (!_declaredPortalGroup && Identity!.TargetName is not null)
        {
            _declaredPortalGroup = true;
            var tag = _terms!.PortalGroupTag.ToString(CultureInfo.InvariantCulture);
            _negotiation!.Declare(Keys.TargetPortalGroupTag, tag, _reply);
            if (_terms.TargetAlias is { } alias) _negotiation.Declare(Keys.TargetAlias, alias, _reply);
        }
        if (_stage == LoginStage.LoginOperationalNegotiation) _negotiation!.DeclareMaxRecvDataSegmentLength(_reply);
    }

    private TargetLoginStep Leave()
    {
        if (!_transit) return Reply();
        if (_stage == LoginStage.SecurityNegotiation && !_authentication!.MayLeave)
        {
            // Without a method under negotiation there is nothing left that could authenticate.
            if (_authentication.IsIdle) return Fail(LoginFault.NoAuthenticationMethod);
            _transit = false;
            return Reply();
        }
        if (_nextStage != LoginStage.FullFeaturePhase) return Reply();
        var outcome = _negotiation!.CheckOutcome();
        if (outcome != NegotiationFault.None) return FailNegotiation(outcome);
        _state = State.AwaitsAdmission;
        return new(TargetLoginAction.Admit);
    }

    private TargetLoginStep Reply()
    {
        var segment = _reply.Take(LoginLimits.DataSegmentLengthMax);
        var continues = _reply.Remaining != 0;
        var leaves = _transit && !continues && !Request.Continue;
        var completes = leaves && _admission is not null;
        var pdu = BeginResponse(segment, out var response);
        response.Transit = leaves;
        response.Continue = continues;
        response.CurrentStage = _stage;
        if (leaves)
        {
            _stage = _nextStage;
            response.NextStage = _nextStage;
        }
        if (!completes) return new(TargetLoginAction.Respond, pdu);
        response.Tsih = _admission!.Tsih;
        Outcome = new(
            Identity!, _authentication!.ProvenName, _admission.Tsih, _negotiation!.Session, _negotiation.Connection,
            _statSn, _negotiation);
        _state = State.Ended;
        return new(TargetLoginAction.Complete, pdu);
    }

    private LoginFault Missing(KeyDescriptor key)
    {
        _detail = key.Name;
        return LoginFault.MissingParameter;
    }

    private TargetLoginStep FailNegotiation(NegotiationFault fault) =>
        Fail(LoginFault.Negotiation, detail: $"{_negotiation!.FaultyKey}: {fault}");

    private TargetLoginStep Fail(LoginFault fault, LoginStatus? told = null, string? detail = null)
    {
        _state = State.Ended;
        // Section 6.3: what is not a login gets no answer, the connection is dropped.
        if (fault == LoginFault.NotALogin)
            return new(TargetLoginAction.Fail, default, fault, LoginStatus.InitiatorError);
        var status = told ?? StatusOf(fault);
        var text = fault == LoginFault.Refused ? _reply.Take(LoginLimits.DataSegmentLengthMax) : default;
        var pdu = BeginResponse(text, out var response);
        response.Status = status;
        return new(TargetLoginAction.Fail, pdu, fault, status, detail ?? _detail);
    }

    private byte[] BeginResponse(ReadOnlySpan<byte> text, out LoginResponse response)
    {
        var pdu = LoginHeader.Begin(text, out response);
        response.VersionMax = LoginHeader.Version;
        response.VersionActive = LoginHeader.Version;
        response.Isid = Request.Isid;
        response.Tsih = Request.Tsih;
        response.InitiatorTaskTag = Request.InitiatorTaskTag;
        response.StatSn = _statSn;
        response.ExpCmdSn = _admission?.Window.ExpCmdSn ?? Request.CmdSn;
        response.MaxCmdSn = _admission?.Window.MaxCmdSn ?? Request.CmdSn;
        _statSn = _statSn.Next;
        return pdu;
    }

    private static LoginStatus StatusOf(LoginFault fault) => fault switch
    {
        LoginFault.OtherPduDuringLogin => LoginStatus.InvalidDuringLogin,
        LoginFault.UnsupportedVersion => LoginStatus.UnsupportedVersion,
        LoginFault.MissingParameter => LoginStatus.MissingParameter,
        LoginFault.NotJudged => LoginStatus.TargetError,
        LoginFault.NoAuthenticationMethod or LoginFault.AuthenticationFailed => LoginStatus.AuthenticationFailure,
        _ => LoginStatus.InitiatorError,
    };

    private void Expect(State state)
    {
        if (_state != state) throw new InvalidOperationException($"the login is in state {_state}, not {state}");
    }
}
