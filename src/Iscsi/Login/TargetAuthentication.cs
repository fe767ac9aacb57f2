namespace Lunette.Iscsi;

/// <summary>How a target wants to know an initiator.</summary>
public sealed record TargetAuthenticationTerms
{
    /// <summary>Anybody may come.</summary>
    public static TargetAuthenticationTerms None { get; } = new();

    private static readonly ChapAlgorithm[] s_judged = [ChapAlgorithm.Md5];

    /// <summary>Whether the login fails without authentication.</summary>
    public bool Required { get; init; }

    /// <summary>What the initiator has to prove; null when CHAP is not possible.</summary>
    public ChapCredentials? Initiator { get; init; }

    /// <summary>The name whose response somebody else judges, in place of <see cref="Initiator"/>; null when nobody
    /// does. Then the algorithm is MD5, since RADIUS carries no other.</summary>
    public string? JudgedName { get; init; }

    /// <summary>What the target answers a challenge with; null when it cannot.</summary>
    public ChapCredentials? Target { get; init; }

    /// <summary>The algorithms that are taken.</summary>
    public IReadOnlyList<ChapAlgorithm> Algorithms { get; init; } = ChapAlgorithms.All;

    internal bool TakesChap => Initiator is not null || JudgedName is not null;

    internal IReadOnlyList<ChapAlgorithm> Takes => JudgedName is null ? Algorithms : s_judged;

    // RFC 7143 section 12.1.3: the two directions never share a secret; a target would else answer its own challenge.
    internal bool SharesSecret =>
        Initiator is not null && Target is not null && Initiator.Secret.Matches(Target.Secret);
}

/// <summary>
/// The security negotiation stage of a target (RFC 7143 section 12): AuthMethod, then CHAP. Each step takes the keys of
/// one sequence; a key out of turn is a failure, since an honest initiator has no reason for it.
/// </summary>
internal sealed class TargetAuthentication(TargetAuthenticationTerms terms, EntropySource entropy)
{
    private enum State : byte { AwaitsMethod, AwaitsAlgorithm, AwaitsResponse, AwaitsJudgement, Done, Failed }

    private State _state;
    private ChapAuthenticator? _authenticator;
    private SecurityKeys _answered;

    /// <summary>Whether the initiator may leave the stage.</summary>
    public bool MayLeave => _state == State.Done || _state == State.AwaitsMethod && !terms.Required;

    /// <summary>Whether no method has been negotiated yet.</summary>
    public bool IsIdle => _state == State.AwaitsMethod;

    /// <summary>What somebody else has to judge before the login goes on; null for nothing.</summary>
    public ChapProof? Proof { get; private set; }

    /// <summary>The name the initiator proved; null when it proved none.</summary>
    public string? ProvenName { get; private set; }

    /// <summary>Whether the key belongs here.</summary>
    public static bool Owns(string key) => Keys.Find(key)?.Kind == KeyKind.Security;

    public LoginFault Receive(IReadOnlyList<TextPair> pairs, TextBuilder answers)
    {
        var keys = new SecurityKeys(pairs);
        var fault = LoginFault.None;
        if (keys.AuthMethod is { } methods) fault = ReceiveMethods(methods, answers);
        if (fault == LoginFault.None && keys.Algorithms is { } offer) fault = ReceiveAlgorithms(offer, answers);
        if (fault == LoginFault.None && keys.HasResponse) fault = ReceiveResponse(keys, answers);
        if (fault != LoginFault.None) _state = State.Failed;
        return fault;
    }

    private LoginFault ReceiveMethods(string methods, TextBuilder answers)
    {
        if (_state != State.AwaitsMethod) return LoginFault.AuthenticationFailed;
        foreach (var method in methods.Split(','))
        {
            if (method == "CHAP" && terms.TakesChap) _state = State.AwaitsAlgorithm;
            else if (method == "None" && !terms.Required) _state = State.Done;
            else continue;
            answers.Add(Keys.AuthMethod.Name, method);
            return LoginFault.None;
        }
        return LoginFault.NoAuthenticationMethod;
    }

    private LoginFault ReceiveAlgorithms(string offer, TextBuilder answers)
    {
        if (_state != State.AwaitsAlgorithm) return LoginFault.AuthenticationFailed;
        if (!ChapAlgorithms.TryChoose(offer, terms.Takes, out var algorithm))
            return LoginFault.NoAuthenticationMethod;
        _authenticator = new(algorithm, entropy);
        _state = State.AwaitsResponse;
        answers.Add(Keys.ChapAlgorithm.Name, (int)algorithm);
        answers.Add(Keys.ChapIdentifier.Name, _authenticator.Identifier);
        answers.Add(Keys.ChapChallenge.Name, BinaryValue.Encode(_authenticator.Challenge));
        return LoginFault.None;
    }

    private LoginFault ReceiveResponse(SecurityKeys keys, TextBuilder answers)
    {
        if (_state != State.AwaitsResponse || keys.Name is null || keys.Response is null)
            return LoginFault.AuthenticationFailed;
        if (!BinaryValue.TryDecode(keys.Response, BinaryValue.LengthMax, out var response))
            return LoginFault.AuthenticationFailed;
        if (terms.JudgedName is { } name) return AskForJudgement(keys, name, response);
        if (_authenticator!.Verify(terms.Initiator!, keys.Name, response) != ChapVerdict.Accepted)
            return LoginFault.AuthenticationFailed;
        return Prove(keys, answers);
    }

    private LoginFault AskForJudgement(SecurityKeys keys, string name, byte[] response)
    {
        if (response.Length != _authenticator!.Algorithm.DigestLength()) return LoginFault.AuthenticationFailed;
        if (!string.Equals(keys.Name, name, StringComparison.Ordinal)) return LoginFault.AuthenticationFailed;
        // A response that the target's own secret would give, too, says that both have the same.
        if (terms.Target is not null
            && _authenticator.Verify(terms.Target with { Name = name }, name, response) == ChapVerdict.Accepted)
        {
            return LoginFault.AuthenticationFailed;
        }
        _answered = keys;
        Proof = new(name, _authenticator.Identifier, _authenticator.Challenge.ToArray(), response);
        _state = State.AwaitsJudgement;
        return LoginFault.None;
    }

    /// <summary>Takes the judgement that <see cref="Proof"/> asked for.</summary>
    public LoginFault Judge(ChapOutcome outcome, TextBuilder answers)
    {
        Proof = null;
        var fault = outcome switch
        {
            ChapOutcome.Accepted => Prove(_answered, answers),
            ChapOutcome.Refused => LoginFault.AuthenticationFailed,
            _ => LoginFault.NotJudged,
        };
        if (fault != LoginFault.None) _state = State.Failed;
        return fault;
    }

    // The initiator has proved itself; where it asks, the target does.
    private LoginFault Prove(SecurityKeys keys, TextBuilder answers)
    {
        if (keys.IsChallenge)
        {
            if (terms.Target is null || terms.SharesSecret) return LoginFault.AuthenticationFailed;
            var responded = ChapPeer.TryRespond(
                _authenticator!.Algorithm, keys.Identifier, keys.Challenge, terms.Target, _authenticator, answers);
            if (!responded) return LoginFault.AuthenticationFailed;
        }
        ProvenName = keys.Name;
        _state = State.Done;
        return LoginFault.None;
    }
}

/// <summary>The keys of authentication in one sequence of text.</summary>
internal readonly struct SecurityKeys
{
    public SecurityKeys(IReadOnlyList<TextPair> pairs)
    {
        foreach (var (key, value) in pairs)
        {
            if (key == Keys.AuthMethod.Name) AuthMethod = value;
            else if (key == Keys.ChapAlgorithm.Name) Algorithms = value;
            else if (key == Keys.ChapIdentifier.Name) Identifier = value;
            else if (key == Keys.ChapChallenge.Name) Challenge = value;
            else if (key == Keys.ChapName.Name) Name = value;
            else if (key == Keys.ChapResponse.Name) Response = value;
        }
    }

    public string? AuthMethod { get; }

    public string? Algorithms { get; }

    public string? Identifier { get; }

    public string? Challenge { get; }

    public string? Name { get; }

    public string? Response { get; }

    public bool IsChallenge => Identifier is not null || Challenge is not null;

    public bool HasResponse => Name is not null || Response is not null || IsChallenge;
}
