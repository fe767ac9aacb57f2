using System.Net;
using Lunette.Runtime.Streams;

namespace Lunette.Port.Iscsi.Portals;

/// <summary>A network portal (RFC 7143 section 4.2.5): an address the target node listens at, in a portal group. All
/// targets of the group are reached through it.</summary>
public sealed class IscsiPortal
{
    private readonly StreamListener _listener;

    internal IscsiPortal(StreamListener listener, ushort portalGroupTag)
    {
        _listener = listener;
        PortalGroupTag = portalGroupTag;
    }

    /// <summary>Where it listens; a port asked for as 0 is known here.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>Tag of the portal group it is in.</summary>
    public ushort PortalGroupTag { get; }

    internal void Close() => _listener.Dispose();
}
