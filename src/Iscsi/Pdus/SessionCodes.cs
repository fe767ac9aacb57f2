namespace Lunette.Iscsi;

/// <summary>Login stages: CSG and NSG (RFC 7143 section 11.12.3). 2 is reserved.</summary>
public enum LoginStage : byte
{
    /// <summary>Who are you.</summary>
    SecurityNegotiation = 0,

    /// <summary>Terms of the session and the connection.</summary>
    LoginOperationalNegotiation = 1,

    /// <summary>The login is over.</summary>
    FullFeaturePhase = 3,
}

/// <summary>Status-Class in the high byte, Status-Detail in the low one (RFC 7143 section 11.13.5).</summary>
public enum LoginStatus : ushort
{
    /// <summary>Success: the login goes on, or is over.</summary>
    Success = 0x0000,

    /// <summary>Target moved temporarily: TargetAddress says where to.</summary>
    TargetMovedTemporarily = 0x0101,

    /// <summary>Target moved permanently: TargetAddress says where to.</summary>
    TargetMovedPermanently = 0x0102,

    /// <summary>Initiator error, not otherwise told.</summary>
    InitiatorError = 0x0200,

    /// <summary>Authentication failure.</summary>
    AuthenticationFailure = 0x0201,

    /// <summary>Authorization failure: known, and not allowed.</summary>
    AuthorizationFailure = 0x0202,

    /// <summary>Not found.</summary>
    NotFound = 0x0203,

    /// <summary>Target removed: it will not come back here.</summary>
    TargetRemoved = 0x0204,

    /// <summary>Unsupported version.</summary>
    UnsupportedVersion = 0x0205,

    /// <summary>Too many connections.</summary>
    TooManyConnections = 0x0206,

    /// <summary>Missing parameter.</summary>
    MissingParameter = 0x0207,

    /// <summary>Can't include in session: the session does not take another connection.</summary>
    CannotIncludeInSession = 0x0208,

    /// <summary>Session type not supported.</summary>
    SessionTypeNotSupported = 0x0209,

    /// <summary>Session does not exist.</summary>
    SessionDoesNotExist = 0x020A,

    /// <summary>Invalid request during login.</summary>
    InvalidDuringLogin = 0x020B,

    /// <summary>Target error, not otherwise told.</summary>
    TargetError = 0x0300,

    /// <summary>Service unavailable: worth another try.</summary>
    ServiceUnavailable = 0x0301,

    /// <summary>Out of resources.</summary>
    OutOfResources = 0x0302,
}

/// <summary>Status-Class (RFC 7143 section 11.13.5).</summary>
public enum LoginStatusClass : byte
{
    /// <summary>Success.</summary>
    Success = 0,

    /// <summary>Redirection.</summary>
    Redirection = 1,

    /// <summary>Initiator error: trying the same again is of no use.</summary>
    InitiatorError = 2,

    /// <summary>Target error: it may be of use.</summary>
    TargetError = 3,
}

/// <summary>Reason of a Logout Request (RFC 7143 section 11.14.1).</summary>
public enum LogoutReason : byte
{
    /// <summary>Close the session.</summary>
    CloseSession = 0,

    /// <summary>Close the connection.</summary>
    CloseConnection = 1,

    /// <summary>Remove the connection for recovery.</summary>
    RemoveConnectionForRecovery = 2,
}

/// <summary>Response of a Logout Response (RFC 7143 section 11.15.1).</summary>
public enum LogoutResponseCode : byte
{
    /// <summary>Connection or session closed.</summary>
    Closed = 0,

    /// <summary>CID was not found.</summary>
    CidNotFound = 1,

    /// <summary>Connection recovery is not supported.</summary>
    ConnectionRecoveryNotSupported = 2,

    /// <summary>Cleanup failed.</summary>
    CleanupFailed = 3,
}

/// <summary>Type of a SNACK Request (RFC 7143 section 11.16.1).</summary>
public enum SnackType : byte
{
    /// <summary>Data or R2T SNACK.</summary>
    DataOrR2T = 0,

    /// <summary>Status SNACK.</summary>
    Status = 1,

    /// <summary>DataACK: Data-In has arrived.</summary>
    DataAck = 2,

    /// <summary>R-Data SNACK: Data-In again, cut anew.</summary>
    RData = 3,
}

/// <summary>Reason of a Reject (RFC 7143 section 11.17.1).</summary>
public enum RejectReason : byte
{
    /// <summary>Data (payload) digest error; the original PDU may be resent.</summary>
    DataDigestError = 0x02,

    /// <summary>SNACK reject.</summary>
    SnackReject = 0x03,

    /// <summary>Protocol error.</summary>
    ProtocolError = 0x04,

    /// <summary>Command not supported.</summary>
    CommandNotSupported = 0x05,

    /// <summary>Immediate command reject: too many of them.</summary>
    ImmediateCommandReject = 0x06,

    /// <summary>Task in progress.</summary>
    TaskInProgress = 0x07,

    /// <summary>Invalid data ACK.</summary>
    InvalidDataAck = 0x08,

    /// <summary>Invalid PDU field.</summary>
    InvalidPduField = 0x09,

    /// <summary>Long op reject: no Target Transfer Tag left to give.</summary>
    LongOperationReject = 0x0A,

    /// <summary>Negotiation reset; deprecated, representable.</summary>
    DeprecatedNegotiationReset = 0x0B,

    /// <summary>Waiting for logout.</summary>
    WaitingForLogout = 0x0C,
}

/// <summary>AsyncEvent of an Asynchronous Message (RFC 7143 section 11.9.1).</summary>
public enum AsyncEvent : byte
{
    /// <summary>A SCSI asynchronous event; sense data follows.</summary>
    ScsiAsynchronousEvent = 0,

    /// <summary>The target asks for a logout within Parameter3 seconds.</summary>
    LogoutRequest = 1,

    /// <summary>The target drops the connection that Parameter1 names.</summary>
    ConnectionDrop = 2,

    /// <summary>The target drops every connection of the session.</summary>
    SessionDrop = 3,

    /// <summary>The target asks for a parameter negotiation within Parameter3 seconds.</summary>
    NegotiationRequest = 4,

    /// <summary>Every active task of the logical unit is being ended (RFC 7143 section 4.2.3.4).</summary>
    TaskTermination = 5,

    /// <summary>Vendor specific; AsyncVCode tells.</summary>
    VendorSpecific = 255,
}

/// <summary>Parts of codes.</summary>
public static class SessionCodes
{
    /// <summary>Status-Class of a login status; a value without a member is representable.</summary>
    public static LoginStatusClass ClassOf(this LoginStatus status) => (LoginStatusClass)((ushort)status >> 8);
}
