namespace Lunette.Port.Iscsi.Connections;

/// <summary>Why a connection was let go. Each is counted; the first one is kept.</summary>
public enum DropReason : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The initiator logged out.</summary>
    LoggedOut,

    /// <summary>The initiator closed the connection without logging out.</summary>
    PeerClosed,

    /// <summary>The network or the initiator broke it.</summary>
    Reset,

    /// <summary>The login took too long.</summary>
    LoginTimedOut,

    /// <summary>The login was refused or failed.</summary>
    LoginFailed,

    /// <summary>It had not logged in and was the oldest when there were too many of its kind.</summary>
    PendingLoginEvicted,

    /// <summary>The same, of those of its address.</summary>
    PendingLoginOfAddressEvicted,

    /// <summary>More connections came from its address in a second than are accepted.</summary>
    LoginRateExceeded,

    /// <summary>Too many logins from its address failed at proving who they are.</summary>
    LoginFailuresExceeded,

    /// <summary>There are as many connections as there may be.</summary>
    ConnectionLimit,

    /// <summary>A header digest was wrong: where the next PDU begins cannot be known (RFC 7143 section 7.7).</summary>
    HeaderDigestError,

    /// <summary>A PDU had more data than we said we take.</summary>
    OversizedPdu,

    /// <summary>The initiator did not answer when it was asked whether it is there.</summary>
    PingTimedOut,

    /// <summary>The initiator was asked to log out and did not in time.</summary>
    LogoutTimedOut,

    /// <summary>The same initiator port logged in anew (RFC 7143 section 6.3.5).</summary>
    SessionReinstated,

    /// <summary>TARGET COLD RESET.</summary>
    TargetColdReset,

    /// <summary>The administrator or the framework ended the session.</summary>
    Ended,

    /// <summary>No buffer was left.</summary>
    NoBuffer,

    /// <summary>A fault of ours.</summary>
    Fault,
}
