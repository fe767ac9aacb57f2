namespace Lunette.Iscsi;

/// <summary>How much a target puts up with before a login is over.</summary>
/// <param name="RequestsMax">Login Requests.</param>
/// <param name="TextLengthMax">Bytes of text in all of them.</param>
public sealed record LoginLimits(int RequestsMax = 32, int TextLengthMax = 65_536)
{
    /// <summary>
    /// The longest data segment in a login, in bytes: nobody has declared another yet (RFC 7143 section 13.12).
    /// </summary>
    public const int DataSegmentLengthMax = 8192;
}

/// <summary>Who logs in, and where to.</summary>
/// <param name="InitiatorName">The initiator's name.</param>
/// <param name="InitiatorAlias">What it calls itself; null when it did not say yet.</param>
/// <param name="TargetName">The target; null in a discovery session that names none.</param>
/// <param name="SessionType">The type of the session.</param>
/// <param name="Isid">The initiator's part of the session identifier.</param>
/// <param name="Tsih">The session to join; <see cref="Tsih.None"/> for a new one.</param>
/// <param name="Cid">The connection.</param>
/// <param name="CmdSn">The first CmdSN of a new session.</param>
public sealed record LoginIdentity(
    IscsiName InitiatorName, string? InitiatorAlias, IscsiName? TargetName, SessionType SessionType, Isid Isid,
    Tsih Tsih, Cid Cid, CmdSn CmdSn);

/// <summary>What a target wants of a login it lets go on.</summary>
public sealed record TargetLoginTerms
{
    /// <summary>What is negotiated from.</summary>
    public NegotiationTerms Negotiation { get; init; } = new();

    /// <summary>How the initiator proves itself.</summary>
    public TargetAuthenticationTerms Authentication { get; init; } = TargetAuthenticationTerms.None;

    /// <summary>The tag of the portal group the connection came in by.</summary>
    public int PortalGroupTag { get; init; } = 1;

    /// <summary>What the target is called; null for nothing.</summary>
    public string? TargetAlias { get; init; }
}

/// <summary>The caller's word on who may log in: terms, or a status and perhaps another place to go to.</summary>
public sealed record LoginDecision
{
    private LoginDecision(TargetLoginTerms? terms, LoginStatus status, PortalAddress? address) =>
        (Terms, Status, Address) = (terms, status, address);

    /// <summary>The terms; null when refused.</summary>
    public TargetLoginTerms? Terms { get; }

    /// <summary>The status a refused initiator is told.</summary>
    public LoginStatus Status { get; }

    /// <summary>Where a redirected initiator is to go; null when it is not redirected.</summary>
    public PortalAddress? Address { get; }

    /// <summary>The login goes on.</summary>
    public static LoginDecision Accept(TargetLoginTerms terms) => new(terms, LoginStatus.Success, null);

    /// <summary>The login ends.</summary>
    /// <exception cref="ArgumentException">Success refuses nobody.</exception>
    public static LoginDecision Refuse(LoginStatus status) => status == LoginStatus.Success
        ? throw new ArgumentException("no refusal", nameof(status))
        : new(null, status, null);

    /// <summary>The login is to be tried elsewhere.</summary>
    public static LoginDecision Redirect(PortalAddress address, bool permanently) => new(
        null, permanently ? LoginStatus.TargetMovedPermanently : LoginStatus.TargetMovedTemporarily, address);
}

/// <summary>
/// The caller's word on the session at the end of a login: its handle and command window, or a status.
/// </summary>
public sealed record LoginAdmission
{
    private LoginAdmission(LoginStatus status, Tsih tsih, CommandWindow window) =>
        (Status, Tsih, Window) = (status, tsih, window);

    /// <summary>Success, or what the initiator is told.</summary>
    public LoginStatus Status { get; }

    /// <summary>The session's handle.</summary>
    public Tsih Tsih { get; }

    /// <summary>The commands the session takes now.</summary>
    public CommandWindow Window { get; }

    /// <summary>The connection is part of the session.</summary>
    /// <exception cref="ArgumentException">A session's handle is not zero.</exception>
    public static LoginAdmission Accept(Tsih tsih, CommandWindow window) => tsih == Tsih.None
        ? throw new ArgumentException("zero names no session", nameof(tsih))
        : new(LoginStatus.Success, tsih, window);

    /// <summary>The login ends.</summary>
    /// <exception cref="ArgumentException">Success refuses nobody.</exception>
    public static LoginAdmission Refuse(LoginStatus status) => status == LoginStatus.Success
        ? throw new ArgumentException("no refusal", nameof(status))
        : new(status, Tsih.None, default);
}

/// <summary>What a login came to.</summary>
/// <param name="Identity">Who logged in.</param>
/// <param name="ProvenName">The CHAP name that was proven; null without authentication.</param>
/// <param name="Tsih">The session's handle.</param>
/// <param name="Session">What the session is run by; of a connection that joined one, only the type means
/// something.</param>
/// <param name="Connection">What the connection is run by.</param>
/// <param name="StatSn">The next StatSN of the connection.</param>
/// <param name="Negotiation">For text negotiations in full feature phase.</param>
public sealed record TargetLoginResult(
    LoginIdentity Identity, string? ProvenName, Tsih Tsih, SessionParameters Session, ConnectionParameters Connection,
    StatSn StatSn, Negotiation Negotiation);

/// <summary>What is to be done next.</summary>
public enum TargetLoginAction : byte
{
    /// <summary>Send the response and receive the next request.</summary>
    Respond,

    /// <summary>
    /// Find out whether <see cref="TargetLogin.Identity"/> may log in, and call <see cref="TargetLogin.Decide"/>.
    /// </summary>
    Identify,

    /// <summary>Have <see cref="TargetLogin.Proof"/> judged, and call <see cref="TargetLogin.Judge"/>.</summary>
    Judge,

    /// <summary>Find or make the session, and call <see cref="TargetLogin.Admit"/>.</summary>
    Admit,

    /// <summary>Send the response; full feature phase begins.</summary>
    Complete,

    /// <summary>Send the response, if there is one, and drop the connection.</summary>
    Fail,
}

/// <summary>One step of a target's login.</summary>
/// <param name="Action">What is to be done.</param>
/// <param name="Response">A whole PDU to send; empty when there is none. The receiver owns it.</param>
/// <param name="Fault">Why it failed.</param>
/// <param name="Status">What the initiator is told when it failed.</param>
/// <param name="Detail">For people, when it failed: which key, and what was wrong with it; null where no key is to
/// blame.</param>
public readonly record struct TargetLoginStep(
    TargetLoginAction Action, ReadOnlyMemory<byte> Response = default, LoginFault Fault = LoginFault.None,
    LoginStatus Status = LoginStatus.Success, string? Detail = null);
