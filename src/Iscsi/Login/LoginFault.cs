namespace Lunette.Iscsi;

/// <summary>Why a login ended badly; each is counted and named by whoever owns the connection.</summary>
public enum LoginFault : byte
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The first PDU is not a Login Request, or the answer is not a Login Response.</summary>
    NotALogin,

    /// <summary>Another PDU in the middle of a login.</summary>
    OtherPduDuringLogin,

    /// <summary>Additional headers, or more data than one login PDU may carry.</summary>
    BadLength,

    /// <summary>No version in common.</summary>
    UnsupportedVersion,

    /// <summary>ISID, TSIH, CID or task tag changed between the PDUs of one login.</summary>
    HeaderChanged,

    /// <summary>CSG, NSG, T and C do not go together, or with what was said before.</summary>
    BadStage,

    /// <summary>Too many PDUs, or too much text in all of them.</summary>
    Endless,

    /// <summary>The text is malformed; see <see cref="TextFault"/>.</summary>
    MalformedText,

    /// <summary>
    /// A key stands where it may not be, or was answered wrongly; see <see cref="NegotiationFault"/>.
    /// </summary>
    Negotiation,

    /// <summary>A name that every login must state is missing.</summary>
    MissingParameter,

    /// <summary>A name that is no iSCSI name.</summary>
    BadName,

    /// <summary>Authentication is wanted and was not offered, or not in a form that is taken.</summary>
    NoAuthenticationMethod,

    /// <summary>CHAP was not followed, or a response was wrong.</summary>
    AuthenticationFailed,

    /// <summary>Whoever has to judge the CHAP response could not be asked.</summary>
    NotJudged,

    /// <summary>Whoever decides about logins said no.</summary>
    Refused,

    /// <summary>The target answered with a status other than success.</summary>
    StatusOfTheTarget,
}
