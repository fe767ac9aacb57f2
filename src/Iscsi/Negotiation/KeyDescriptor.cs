namespace Lunette.Iscsi;

/// <summary>How the outcome of a key is found (RFC 7143 section 6.2).</summary>
public enum KeyKind : byte
{
    /// <summary>One side states it; there is no answer.</summary>
    Declarative,

    /// <summary>Yes only where both sides say Yes.</summary>
    BooleanAnd,

    /// <summary>Yes where one side says Yes.</summary>
    BooleanOr,

    /// <summary>The smaller number.</summary>
    NumericalMinimum,

    /// <summary>The larger number.</summary>
    NumericalMaximum,

    /// <summary>The first of the originator's values that the responder takes.</summary>
    List,

    /// <summary>Belongs to authentication; not negotiated by the terms of a session.</summary>
    Security,

    /// <summary>Obsoleted: answered, and without effect (RFC 7143 section 13.25).</summary>
    Obsolete,
}

/// <summary>When a key may be used (RFC 7143 section 13).</summary>
public enum KeyUse : byte
{
    /// <summary>IO: in any login.</summary>
    InitializeOnly,

    /// <summary>LO: in the login of a session's first connection.</summary>
    LeadingOnly,

    /// <summary>FFPO: in full feature phase.</summary>
    FullFeaturePhaseOnly,

    /// <summary>ALL: at any time.</summary>
    All,
}

/// <summary>Who may send a key first.</summary>
[Flags]
public enum KeySenders : byte
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>The initiator.</summary>
    Initiator = 1,

    /// <summary>The target.</summary>
    Target = 2,

    /// <summary>Either.</summary>
    Both = Initiator | Target,
}

/// <summary>What a key is about.</summary>
public enum KeyScope : byte
{
    /// <summary>CO: the connection.</summary>
    Connection,

    /// <summary>SW: the session.</summary>
    Session,
}

/// <summary>
/// What the standard says about one text key: a row from which checks, answers and pages are derived.
/// </summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Section">Section of RFC 7143 that describes it.</param>
/// <param name="Kind">How its outcome is found.</param>
/// <param name="Use">When it may be used.</param>
/// <param name="Senders">Who may send it first.</param>
/// <param name="Scope">What it is about.</param>
public sealed record KeyDescriptor(
    string Name, string Section, KeyKind Kind, KeyUse Use, KeySenders Senders, KeyScope Scope)
{
    /// <summary>The value when nobody says anything; null where there is none.</summary>
    public string? Default { get; init; }

    /// <summary>The least number lawful.</summary>
    public int Minimum { get; init; }

    /// <summary>The greatest number lawful; 0 where the key has no number.</summary>
    public int Maximum { get; init; }

    /// <summary>The values a list may name; empty where the key has none.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Without meaning in a discovery session.</summary>
    public bool IrrelevantInDiscovery { get; init; }

    /// <summary>May be used in the security negotiation stage (RFC 7143 section 12).</summary>
    public bool InSecurityStage { get; init; }

    /// <summary>May be stated again in the same login.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>Whether two sides agree on it, rather than one stating it.</summary>
    public bool IsNegotiated => Kind is not (KeyKind.Declarative or KeyKind.Security or KeyKind.Obsolete);

    internal int Index { get; init; }
}
