using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Sessions;

/// <summary>
/// Names a session at one target: initiator port (name and ISID) and portal group (RFC 7143 section 4.4.3). A second
/// login with the same key reinstates the session.
/// </summary>
/// <param name="InitiatorName">The initiator's name.</param>
/// <param name="Isid">The initiator's part of the session identifier.</param>
/// <param name="PortalGroupTag">Tag of the portal group.</param>
public readonly record struct SessionKey(IscsiName InitiatorName, Isid Isid, ushort PortalGroupTag);
