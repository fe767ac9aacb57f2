namespace Lunette.Iscsi;

/// <summary>What an initiator wants of a login.</summary>
public sealed record InitiatorLoginSettings
{
    /// <summary>The initiator's name.</summary>
    public required IscsiName InitiatorName { get; init; }

    /// <summary>What it calls itself; null for nothing.</summary>
    public string? InitiatorAlias { get; init; }

    /// <summary>The target; null only in a discovery session.</summary>
    public IscsiName? TargetName { get; init; }

    /// <summary>The type of the session.</summary>
    public SessionType SessionType { get; init; } = SessionType.Normal;

    /// <summary>The initiator's part of the session identifier.</summary>
    public required Isid Isid { get; init; }

    /// <summary>The session to join; <see cref="Tsih.None"/> for a new one.</summary>
    public Tsih Tsih { get; init; }

    /// <summary>The connection.</summary>
    public Cid Cid { get; init; }

    /// <summary>The session's next CmdSN.</summary>
    public CmdSn CmdSn { get; init; } = new(1);

    /// <summary>The task tag of the login; not the reserved one.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get; init; }

    /// <summary>What is negotiated from.</summary>
    public NegotiationTerms Negotiation { get; init; } = new();

    /// <summary>What the initiator answers a challenge with; null when it does no CHAP.</summary>
    public ChapCredentials? Credentials { get; init; }

    /// <summary>What the target has to prove; null when it need not.</summary>
    public ChapCredentials? TargetCredentials { get; init; }

    /// <summary>Whether a target that wants no authentication is good enough; with mutual CHAP it never is.</summary>
    public bool MayGoUnauthenticated { get; init; } = true;

    /// <summary>The algorithms offered, the liked one first.</summary>
    public IReadOnlyList<ChapAlgorithm> Algorithms { get; init; } = ChapAlgorithms.All;
}

/// <summary>What a login came to.</summary>
/// <param name="Tsih">The session's handle.</param>
/// <param name="Session">What the session is run by; of a connection that joined one, only the type means
/// something.</param>
/// <param name="Connection">What the connection is run by.</param>
/// <param name="PortalGroupTag">The target's portal group; null when it did not say.</param>
/// <param name="TargetAlias">What the target calls itself; null when it did not say.</param>
/// <param name="TargetProven">Whether the target proved itself by CHAP.</param>
/// <param name="ExpStatSn">The next StatSN expected on the connection.</param>
/// <param name="Window">The commands the target takes.</param>
/// <param name="Negotiation">For text negotiations in full feature phase.</param>
public sealed record InitiatorLoginResult(
    Tsih Tsih, SessionParameters Session, ConnectionParameters Connection, int? PortalGroupTag, string? TargetAlias,
    bool TargetProven, StatSn ExpStatSn, CommandWindow Window, Negotiation Negotiation);

/// <summary>What is to be done next.</summary>
public enum InitiatorLoginAction : byte
{
    /// <summary>Send the request and receive the response.</summary>
    Request,

    /// <summary>Full feature phase has begun.</summary>
    Complete,

    /// <summary>The target moved: try the addresses instead.</summary>
    Redirect,

    /// <summary>Drop the connection.</summary>
    Fail,
}

/// <summary>One step of an initiator's login.</summary>
/// <param name="Action">What is to be done.</param>
/// <param name="Request">A whole PDU to send; empty when there is none. The receiver owns it.</param>
/// <param name="Fault">Why it failed.</param>
/// <param name="Status">What the target said.</param>
public readonly record struct InitiatorLoginStep(
    InitiatorLoginAction Action, ReadOnlyMemory<byte> Request = default, LoginFault Fault = LoginFault.None,
    LoginStatus Status = LoginStatus.Success);
