namespace Lunette.Iscsi;

/// <summary>Which end of the connection is negotiating.</summary>
public enum NegotiationSide : byte
{
    /// <summary>The initiator.</summary>
    Initiator,

    /// <summary>The target.</summary>
    Target,
}

/// <summary>What a peer may not do in a negotiation. In a login each of these ends it; in full feature phase the
/// text exchange is rejected.</summary>
public enum NegotiationFault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A key was negotiated or declared again (RFC 7143 section 6.3).</summary>
    Renegotiation,

    /// <summary>A key of the other side, of another phase, or of a leading login.</summary>
    KeyNotAllowed,

    /// <summary>An answer that the offer does not allow.</summary>
    UnlawfulAnswer,

    /// <summary>A reserved answer to something nobody offered.</summary>
    AnswerWithoutOffer,

    /// <summary>What was agreed on is not what this side can do without.</summary>
    UnacceptableOutcome,
}

/// <summary>
/// The keys of one login, or of one text negotiation, on either side (RFC 7143 sections 6.2 and 13). Both sides
/// run the same machine: a key this side offered is answered by the peer, a key the peer offers is answered here. Owned
/// by its login; without I/O.
/// </summary>
public sealed class Negotiation
{
    private enum KeyState : byte { Untouched, Offered, Declared, Done }

    private readonly NegotiationSide _side;
    private readonly NegotiationTerms _terms;
    private readonly bool _leading;
    private readonly KeyState[] _own = new KeyState[Keys.Rows.Count];
    private readonly bool[] _peers = new bool[Keys.Rows.Count];
    private readonly int[] _outcomes = new int[Keys.Rows.Count];
    private readonly string?[] _declared = new string?[Keys.Rows.Count];

    /// <summary>Begins a negotiation.</summary>
    /// <param name="side">This side.</param>
    /// <param name="terms">What this side wants and can do.</param>
    /// <param name="leading">Whether this is the first connection of a session.</param>
    public Negotiation(NegotiationSide side, NegotiationTerms terms, bool leading)
    {
        _side = side;
        _terms = terms;
        _leading = leading;
        foreach (var key in Keys.Rows)
            _outcomes[key.Index] = DefaultOutcome(key);
    }

    /// <summary>Whether every offer of this side has been answered, or needs no answer.</summary>
    public bool IsSettled
    {
        get
        {
            foreach (var key in Keys.Rows)
                if (_own[key.Index] == KeyState.Offered && !IsForegone(key)) return false;
            return true;
        }
    }

    /// <summary>Full feature phase has begun: only what may change there is still taken.</summary>
    public bool InFullFeaturePhase { get; private set; }

    /// <summary>Begins a text negotiation in full feature phase: what was said before may be said again, and what was
    /// agreed on before stands until it is.</summary>
    public void BeginTextNegotiation()
    {
        InFullFeaturePhase = true;
        Array.Clear(_peers);
        Array.Clear(_own);
        _declared[Keys.SendTargets.Index] = null;
    }

    /// <summary>What the peer declared; null when it said nothing.</summary>
    public string? Declared(KeyDescriptor key) => _declared[key.Index];

    /// <summary>Whether the peer said anything about the key.</summary>
    public bool Heard(KeyDescriptor key) => _peers[key.Index];

    /// <summary>The type of the session: as declared; Normal when nobody said.</summary>
    public SessionType SessionType =>
        Declared(Keys.SessionType) == "Discovery" ? SessionType.Discovery : SessionType.Normal;

    /// <summary>Declares a key of this side.</summary>
    public void Declare(KeyDescriptor key, string value, TextBuilder to)
    {
        _own[key.Index] = KeyState.Declared;
        if (key == Keys.SessionType) _declared[key.Index] = value;
        to.Add(key.Name, value);
    }

    /// <summary>Declares the longest data segment this side takes, unless it did so before.</summary>
    public void DeclareMaxRecvDataSegmentLength(TextBuilder to)
    {
        if (_own[Keys.MaxRecvDataSegmentLength.Index] != KeyState.Untouched) return;
        _own[Keys.MaxRecvDataSegmentLength.Index] = KeyState.Declared;
        to.Add(Keys.MaxRecvDataSegmentLength.Name, _terms.MaxRecvDataSegmentLength);
    }

    /// <summary>Offers every key that can be negotiated here and that nobody has touched.</summary>
    public void OfferAll(TextBuilder to)
    {
        foreach (var key in Keys.Rows)
        {
            if (!key.IsNegotiated || !IsRelevant(key) || key.Use == KeyUse.LeadingOnly && !_leading) continue;
            if (_own[key.Index] != KeyState.Untouched || _peers[key.Index]) continue;
            // Keys younger than many targets are left out where they would only say the default.
            if ((key == Keys.TaskReporting || key == Keys.ISCSIProtocolLevel) && OwnValue(key) == key.Default) continue;
            _own[key.Index] = KeyState.Offered;
            to.Add(key.Name, OwnValue(key));
        }
    }

    /// <summary>The key at which the last fault was found; null where there was none.</summary>
    public string? FaultyKey { get; private set; }

    /// <summary>
    /// Takes what the peer said in one sequence and appends the answers. The order in which pairs stand is free:
    /// SessionType is judged first and FirstBurstLength last, since the one decides what is relevant and of the other
    /// others decide it.
    /// </summary>
    public NegotiationFault Receive(IReadOnlyList<TextPair> pairs, TextBuilder answers)
    {
        foreach (var rank in (ReadOnlySpan<int>)[0, 1, 2])
        {
            foreach (var pair in pairs)
            {
                if (Rank(pair) != rank) continue;
                if (Receive(pair, answers) is not (var fault and not NegotiationFault.None)) continue;
                FaultyKey = pair.Key;
                return fault;
            }
        }
        return NegotiationFault.None;
    }

    private static int Rank(TextPair pair) =>
        pair.Key == Keys.SessionType.Name ? 0 : pair.Key == Keys.FirstBurstLength.Name ? 2 : 1;

    /// <summary>Whether the outcomes are ones this side can live with: a digest it insists on was agreed on.</summary>
    public NegotiationFault CheckOutcome()
    {
        foreach (var key in Keys.Rows)
        {
            if (key.Kind != KeyKind.List || !IsRelevant(key)) continue;
            if (key.Use == KeyUse.LeadingOnly && !_leading) continue;
            if (_terms.Choices(key).Contains(_outcomes[key.Index])) continue;
            FaultyKey = key.Name;
            return NegotiationFault.UnacceptableOutcome;
        }
        return NegotiationFault.None;
    }

    /// <summary>What the session is run by.</summary>
    public SessionParameters Session
    {
        get
        {
            var maxBurstLength = _outcomes[Keys.MaxBurstLength.Index];
            return new()
            {
                SessionType = SessionType,
                MaxConnections = _outcomes[Keys.MaxConnections.Index],
                InitialR2T = _outcomes[Keys.InitialR2T.Index] != 0,
                ImmediateData = _outcomes[Keys.ImmediateData.Index] != 0,
                MaxBurstLength = maxBurstLength,
                FirstBurstLength = Math.Min(_outcomes[Keys.FirstBurstLength.Index], maxBurstLength),
                DefaultTime2Wait = _outcomes[Keys.DefaultTime2Wait.Index],
                DefaultTime2Retain = _outcomes[Keys.DefaultTime2Retain.Index],
                MaxOutstandingR2T = _outcomes[Keys.MaxOutstandingR2T.Index],
                DataPduInOrder = _outcomes[Keys.DataPduInOrder.Index] != 0,
                DataSequenceInOrder = _outcomes[Keys.DataSequenceInOrder.Index] != 0,
                ErrorRecoveryLevel = _outcomes[Keys.ErrorRecoveryLevel.Index],
                TaskReporting = (TaskReporting)_outcomes[Keys.TaskReporting.Index],
                ProtocolLevel = _outcomes[Keys.ISCSIProtocolLevel.Index],
            };
        }
    }

    /// <summary>What the connection is run by.</summary>
    public ConnectionParameters Connection => new()
    {
        HeaderDigest = _outcomes[Keys.HeaderDigest.Index] == (int)Digest.Crc32C,
        DataDigest = _outcomes[Keys.DataDigest.Index] == (int)Digest.Crc32C,
        MaxSendDataSegmentLength = _outcomes[Keys.MaxRecvDataSegmentLength.Index],
        MaxRecvDataSegmentLength = _terms.MaxRecvDataSegmentLength,
    };

    private NegotiationFault Receive(TextPair pair, TextBuilder answers)
    {
        if (Keys.Find(pair.Key) is not { } key)
        {
            // Private extensions and everything we have never heard of; an answer to it would be an answer to nothing.
            if (pair.IsReservedAnswer) return NegotiationFault.AnswerWithoutOffer;
            answers.Add(pair.Key, TextPair.NotUnderstood);
            return NegotiationFault.None;
        }
        if (_own[key.Index] == KeyState.Offered) return ReceiveAnswer(key, pair.Value);
        if (pair.IsReservedAnswer)
            return _own[key.Index] == KeyState.Declared ? NegotiationFault.None : NegotiationFault.AnswerWithoutOffer;
        if (!MayPeerSend(key)) return NegotiationFault.KeyNotAllowed;
        if (_peers[key.Index] && !key.MayRepeat)
            return IsSaidAgain(key, pair.Value) ? NegotiationFault.None : NegotiationFault.Renegotiation;
        if (_own[key.Index] == KeyState.Done) return NegotiationFault.Renegotiation;
        _peers[key.Index] = true;
        if (key.Kind == KeyKind.Declarative) ReceiveDeclaration(key, pair.Value, answers);
        else if (key.Kind == KeyKind.Obsolete) answers.Add(key.Name, ObsoleteAnswer(key));
        else answers.Add(key.Name, Answer(key, pair.Value));
        return NegotiationFault.None;
    }

    private bool MayPeerSend(KeyDescriptor key)
    {
        var peer = _side == NegotiationSide.Target ? KeySenders.Initiator : KeySenders.Target;
        if ((key.Senders & peer) == 0 || key.Kind == KeyKind.Security) return false;
        return InFullFeaturePhase
            ? key.Use is KeyUse.All or KeyUse.FullFeaturePhaseOnly
            : key.Use != KeyUse.FullFeaturePhaseOnly && (key.Use != KeyUse.LeadingOnly || _leading || Allowed(key));
    }

    // SessionType is for the leading login, and initiators state it in every login all the same; it changes nothing.
    private static bool Allowed(KeyDescriptor key) => key == Keys.SessionType;

    // Initiators (libiscsi, QEMU) name themselves anew in every stage; who they are does not change by it.
    private bool IsSaidAgain(KeyDescriptor key, string value) =>
        (key == Keys.InitiatorName || key == Keys.TargetName || key == Keys.SessionType || key == Keys.InitiatorAlias)
        && !InFullFeaturePhase && _declared[key.Index] == value;

    private void ReceiveDeclaration(KeyDescriptor key, string value, TextBuilder answers)
    {
        if (key.Maximum != 0)
        {
            if (NumericValue.TryParse(value, key.Minimum, key.Maximum, out var number))
                _outcomes[key.Index] = number;
            else
            {
                answers.Add(key.Name, TextPair.Reject);
                return;
            }
        }
        else if (key.Values.Count != 0 && !key.Values.Contains(value))
        {
            answers.Add(key.Name, TextPair.Reject);
            return;
        }
        _declared[key.Index] = value;
    }

    // RFC 7143 section 13.25: IFMarker and OFMarker may be answered with No; the intervals must be answered with
    // Reject. No is what every initiator of the older edition takes for an answer.
    private static string ObsoleteAnswer(KeyDescriptor key) =>
        key == Keys.IfMarker || key == Keys.OfMarker ? "No" : TextPair.Reject;

    // The responder's part: the outcome, or why there is none. After a Reject the default stands.
    private string Answer(KeyDescriptor key, string value)
    {
        if (!IsRelevant(key)) return TextPair.Irrelevant;
        if (key.Kind == KeyKind.List)
        {
            var own = _terms.Choices(key);
            foreach (var offered in value.Split(','))
            {
                var choice = IndexOf(key, offered);
                if (choice < 0 || !own.Contains(choice)) continue;
                _outcomes[key.Index] = choice;
                return offered;
            }
            return TextPair.Reject;
        }
        if (!TryNumber(key, value, out var number)) return TextPair.Reject;
        var outcome = Outcome(key, number, _terms.Number(key));
        if (key == Keys.FirstBurstLength) outcome = Math.Min(outcome, _outcomes[Keys.MaxBurstLength.Index]);
        _outcomes[key.Index] = outcome;
        return Format(key, outcome);
    }

    // The originator's part: an answer must be one that the offer allows.
    private NegotiationFault ReceiveAnswer(KeyDescriptor key, string value)
    {
        _own[key.Index] = KeyState.Done;
        if (value is TextPair.Reject or TextPair.Irrelevant or TextPair.NotUnderstood) return NegotiationFault.None;
        int outcome;
        if (key.Kind == KeyKind.List)
        {
            outcome = IndexOf(key, value);
            if (!_terms.Choices(key).Contains(outcome)) return NegotiationFault.UnlawfulAnswer;
        }
        else
        {
            if (!TryNumber(key, value, out outcome)) return NegotiationFault.UnlawfulAnswer;
            if (Outcome(key, outcome, _terms.Number(key)) != outcome) return NegotiationFault.UnlawfulAnswer;
        }
        _outcomes[key.Index] = outcome;
        return NegotiationFault.None;
    }

    private bool IsRelevant(KeyDescriptor key)
    {
        if (key.IrrelevantInDiscovery && SessionType == SessionType.Discovery) return false;
        // Section 13.14: nothing unsolicited, no first burst.
        return key != Keys.FirstBurstLength
            || _outcomes[Keys.InitialR2T.Index] == 0
            || _outcomes[Keys.ImmediateData.Index] != 0;
    }

    // RFC 7143 section 6.2.2: an offer whose outcome no answer can change need not be answered.
    private bool IsForegone(KeyDescriptor key) => key.Kind switch
    {
        KeyKind.BooleanAnd => _terms.Number(key) == 0,
        KeyKind.BooleanOr => _terms.Number(key) != 0,
        _ => false,
    };

    private string OwnValue(KeyDescriptor key) => key.Kind == KeyKind.List
        ? string.Join(',', _terms.Choices(key).Select(choice => key.Values[choice]))
        : Format(key, _terms.Number(key));

    private static int Outcome(KeyDescriptor key, int left, int right) => key.Kind switch
    {
        KeyKind.BooleanAnd or KeyKind.NumericalMinimum => Math.Min(left, right),
        _ => Math.Max(left, right),
    };

    private static bool TryNumber(KeyDescriptor key, string value, out int number)
    {
        if (key.Kind is KeyKind.NumericalMinimum or KeyKind.NumericalMaximum)
            return NumericValue.TryParse(value, key.Minimum, key.Maximum, out number);
        number = value == "Yes" ? 1 : 0;
        return value is "Yes" or "No";
    }

    private static string Format(KeyDescriptor key, int number) =>
        key.Kind is KeyKind.BooleanAnd or KeyKind.BooleanOr
            ? number != 0 ? "Yes" : "No"
            : number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static int IndexOf(KeyDescriptor key, string value)
    {
        for (var i = 0; i < key.Values.Count; i++)
            if (key.Values[i] == value) return i;
        return -1;
    }

    private static int DefaultOutcome(KeyDescriptor key) => key switch
    {
        { Default: null } => 0,
        { Kind: KeyKind.List } => IndexOf(key, key.Default),
        { Maximum: not 0 } => int.Parse(key.Default, System.Globalization.CultureInfo.InvariantCulture),
        _ => key.Default == "Yes" ? 1 : 0,
    };
}
