using System.Net;
using System.Net.Sockets;

namespace Lunette.Admin.Iscsi;

/// <summary>A portal as administrators write it: an IP address, IPv6 in brackets where a port follows, and the
/// port.</summary>
public static class PortalText
{
    /// <summary>The port of iSCSI, where none is written.</summary>
    public const int PortDefault = 3260;

    /// <summary>Reads one. IPv4 is four decimal numbers: shorter, octal and hexadecimal forms, which systems read
    /// otherwise than their writers meant, are refused.</summary>
    public static bool TryParse(string text, out IPEndPoint portal)
    {
        // A bare IPv6 address reads as one with a port by its last group, and one in brackets as if it had no port.
        var hasPort = HasPort(text)
            && (text.StartsWith('[') ? text.Contains("]:", StringComparison.Ordinal) : text.Count(':') == 1);
        var found = hasPort
            ? IPEndPoint.TryParse(text, out var end) ? end : null
            : IPAddress.TryParse(text, out var address) ? new(address, PortDefault) : null;
        if (found is null || (found.AddressFamily == AddressFamily.InterNetwork && !IsAsShown(text, found.Address)))
        {
            portal = new(IPAddress.None, 0);
            return false;
        }
        portal = found;
        return true;
    }

    private static bool HasPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && colon < text.Length - 1 && text.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool IsAsShown(string text, IPAddress address) => text.Split(':')[0] == address.ToString();
}
