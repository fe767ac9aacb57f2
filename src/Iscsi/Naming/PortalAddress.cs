using System.Globalization;
using System.Net;

namespace Lunette.Iscsi;

/// <summary>
/// Where a portal is: the value of TargetAddress (RFC 7143 section 13.8), a host, a port and, in discovery, the tag of
/// its
/// portal group. An IPv6 address stands in brackets on the wire and without them in <see cref="Host"/>.
/// </summary>
/// <param name="Host">IPv4 or IPv6 address, or a host name.</param>
/// <param name="Port">TCP port.</param>
/// <param name="PortalGroupTag">Target portal group tag; null where none is stated.</param>
public sealed record PortalAddress(string Host, int Port, int? PortalGroupTag = null)
{
    /// <summary>The port assigned to iSCSI.</summary>
    public const int DefaultPort = 3260;

    /// <summary>Parses "host[:port][,tag]"; false when it is no such thing.</summary>
    public static bool TryParse(string? text, out PortalAddress? address)
    {
        address = null;
        if (text is null || text.Length is 0 or > TextLimits.OrdinaryValueLengthMax) return false;
        int? tag = null;
        if (text.IndexOf(',') is var comma and >= 0)
        {
            if (!NumericValue.TryParse(text[(comma + 1)..], 0, 0xFFFF, out var number)) return false;
            tag = number;
            text = text[..comma];
        }
        if (!TrySplit(text, out var host, out var portText)) return false;
        var port = DefaultPort;
        if (portText is not null && !NumericValue.TryParse(portText, 1, 0xFFFF, out port)) return false;
        address = new(host, port, tag);
        return true;
    }

    /// <summary>"host:port", and ",tag" where there is one.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':') ? $"[{Host}]" : Host;
        var tag = PortalGroupTag is { } number ? string.Create(CultureInfo.InvariantCulture, $",{number}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}{tag}");
    }

    private static bool TrySplit(string text, out string host, out string? port)
    {
        port = null;
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            host = end < 0 ? "" : text[1..end];
            if (!host.Contains(':') || !IPAddress.TryParse(host, out _)) return false;
            var rest = text[(end + 1)..];
            if (rest.Length == 0) return true;
            port = rest[1..];
            return rest[0] == ':';
        }
        var colon = text.IndexOf(':');
        host = colon < 0 ? text : text[..colon];
        if (colon >= 0) port = text[(colon + 1)..];
        return IsHost(host);
    }

    private static bool IsHost(string host)
    {
        if (host.Length == 0) return false;
        foreach (var c in host)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')) return false;
        return true;
    }
}
