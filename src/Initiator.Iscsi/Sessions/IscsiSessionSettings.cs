using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>What a session runs by since its last login.</summary>
/// <param name="Portal">Where it is connected to.</param>
/// <param name="Isid">Our part of the session identifier.</param>
/// <param name="Tsih">The target's part.</param>
/// <param name="Session">What was agreed on for the session.</param>
/// <param name="Connection">What was agreed on for the connection.</param>
/// <param name="PortalGroupTag">The target's portal group; null when it did not say.</param>
/// <param name="TargetAlias">What the target calls itself; null when it did not say.</param>
/// <param name="TargetProven">Whether the target proved itself by CHAP.</param>
/// <param name="Logins">How often the session was established, this time included.</param>
public sealed record IscsiSessionSettings(
    PortalAddress Portal, Isid Isid, Tsih Tsih, SessionParameters Session, ConnectionParameters Connection,
    int? PortalGroupTag, string? TargetAlias, bool TargetProven, int Logins);
