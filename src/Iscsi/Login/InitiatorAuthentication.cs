namespace Lunette.Iscsi;

/// <summary>
/// The security negotiation stage of an initiator (RFC 7143 section 12): offers methods, follows CHAP, and where it
/// wants
/// to know the target challenges it in turn.
/// </summary>
internal sealed class InitiatorAuthentication(InitiatorLoginSettings settings, EntropySource entropy)
{
    private enum State : byte { Untouched, AwaitsMethod, AwaitsChallenge, AwaitsProof, Done }

    private State _state;
    private ChapAuthenticator? _authenticator;

    /// <summary>Whether this side has said all it has to say in the stage.</summary>
    public bool MayLeave => _state is State.Done or State.AwaitsProof;

    /// <summary>Whether the target may leave the stage now.</summary>
    public bool IsDone => _state == State.Done;

    /// <summary>Whether the target proved itself.</summary>
    public bool TargetProven { get; private set; }

    private bool WantsProof => settings.TargetCredentials is not null;

    private bool MayGoWithout => settings.Credentials is null || settings.MayGoUnauthenticated && !WantsProof;

    public void Begin(TextBuilder offers)
    {
        var methods = settings.Credentials is null ? "None" : MayGoWithout ? "CHAP,None" : "CHAP";
        offers.Add(Keys.AuthMethod.Name, methods);
        _state = settings.Credentials is null ? State.Done : State.AwaitsMethod;
    }

    public LoginFault Receive(IReadOnlyList<TextPair> pairs, TextBuilder answers)
    {
        var keys = new SecurityKeys(pairs);
        var fault = LoginFault.None;
        if (keys.AuthMethod is { } method) fault = ReceiveMethod(method, answers);
        if (fault != LoginFault.None) return fault;
        if (keys.Algorithms is { } algorithm) return ReceiveChallenge(algorithm, keys, answers);
        return keys.HasResponse ? ReceiveProof(keys) : LoginFault.None;
    }

    private LoginFault ReceiveMethod(string method, TextBuilder answers)
    {
        if (settings.Credentials is null)
            return method == "None" ? LoginFault.None : LoginFault.NoAuthenticationMethod;
        if (_state != State.AwaitsMethod) return LoginFault.AuthenticationFailed;
        switch (method)
        {
            case "CHAP":
                _state = State.AwaitsChallenge;
                answers.Add(Keys.ChapAlgorithm.Name, ChapAlgorithms.Offer(settings.Algorithms));
                return LoginFault.None;
            case "None" when MayGoWithout:
                _state = State.Done;
                return LoginFault.None;
            default:
                return LoginFault.NoAuthenticationMethod;
        }
    }

    private LoginFault ReceiveChallenge(string chosen, SecurityKeys keys, TextBuilder answers)
    {
        if (_state != State.AwaitsChallenge) return LoginFault.AuthenticationFailed;
        if (!ChapAlgorithms.TryChoose(chosen, settings.Algorithms, out var algorithm))
            return LoginFault.AuthenticationFailed;
        if (!ChapPeer.TryRespond(algorithm, keys.Identifier, keys.Challenge, settings.Credentials!, null, answers))
            return LoginFault.AuthenticationFailed;
        _state = State.Done;
        if (!WantsProof) return LoginFault.None;
        _authenticator = new(algorithm, entropy);
        _state = State.AwaitsProof;
        answers.Add(Keys.ChapIdentifier.Name, _authenticator.Identifier);
        answers.Add(Keys.ChapChallenge.Name, BinaryValue.Encode(_authenticator.Challenge));
        return LoginFault.None;
    }

    private LoginFault ReceiveProof(SecurityKeys keys)
    {
        if (_state != State.AwaitsProof || keys.Name is null || keys.Response is null || keys.IsChallenge)
            return LoginFault.AuthenticationFailed;
        if (!BinaryValue.TryDecode(keys.Response, BinaryValue.LengthMax, out var response))
            return LoginFault.AuthenticationFailed;
        if (_authenticator!.Verify(settings.TargetCredentials!, keys.Name, response) != ChapVerdict.Accepted)
            return LoginFault.AuthenticationFailed;
        TargetProven = true;
        _state = State.Done;
        return LoginFault.None;
    }
}
