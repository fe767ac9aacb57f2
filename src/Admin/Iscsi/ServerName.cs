using System.Globalization;
using System.Net;

namespace Lunette.Admin.Iscsi;

/// <summary>Where a server is, as administrators write it: an address or a host's name, and perhaps a port.</summary>
/// <param name="Host">An IP address without brackets, or a host's name.</param>
/// <param name="Port">Its port.</param>
public readonly record struct ServerName(string Host, int Port)
{
    private const int HostLengthMax = 253;      // of a name in the DNS

    /// <summary>The address; null where a name is written.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>address</c>, <c>address:port</c>, IPv6 in brackets where a port
    /// follows.</summary>
    public static bool TryParse(string text, int portDefault, out ServerName server)
    {
        server = default;
        if (IPAddress.TryParse(text, out var bare) && !text.StartsWith('['))
        {
            server = new(bare.ToString(), portDefault);
            return true;
        }
        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']')) server = new(text, portDefault);
        else if (!TryPort(text[(colon + 1)..], out var port)) return false;
        else server = new(text[..colon], port);
        if (server.Host is ['[', .. var inner, ']'] && IPAddress.TryParse(inner, out var address))
        {
            server = server with { Host = address.ToString() };
            return true;
        }
        return server.Address is not null || IsHostName(server.Host);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        && port is > 0 and <= IPEndPoint.MaxPort;

    private static bool IsHostName(string host) =>
        host.Length is > 0 and <= HostLengthMax
        && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
        && !host.StartsWith('-') && !host.StartsWith('.');
}
