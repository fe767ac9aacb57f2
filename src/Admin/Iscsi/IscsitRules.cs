using System.Globalization;
using System.Net;
using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Admin.Iscsi;

/// <summary>What may be said of iSCSI: names, portals, tags, authentication and secrets.</summary>
internal static class IscsitRules
{
    /// <summary>iSNS servers at most.</summary>
    public const int IsnsServersMax = 8;

    private const int NameBytesMax = 255;
    private const int SecretBytesMin = 12;
    private const int SecretBytesMax = 255;

    public static bool TryName(string text, out string name)
    {
        var parsed = Devid.TryParse(text, out var devid) && !devid.Name.StartsWith("wwn.", StringComparison.Ordinal);
        name = devid.Name;
        return parsed && !name.AsSpan().ContainsAny(" /\t\r\n");
    }

    public static StmfResult BadName(string name) =>
        new(StmfStatus.InvalidArg, $"{name} is no iSCSI name: iqn., eui. or naa. and what follows, 223 bytes at most");

    public static bool TryPortal(string text, out IPEndPoint end)
    {
        var parsed = PortalText.TryParse(text, out end);
        if (parsed && end.Port == 0) end.Port = PortalText.PortDefault;
        return parsed;
    }

    /// <summary>The portals of a group as they are kept, or what is wrong with the group.</summary>
    public static StmfResult<IReadOnlyList<string>> JudgePortalGroup(string name, IReadOnlyList<string> portals)
    {
        var canonical = new List<string>();
        foreach (var portal in portals)
        {
            if (!TryPortal(portal, out var end))
                return new StmfResult(StmfStatus.InvalidArg, $"{portal} is no portal: an IP address and a port");
            canonical.Add(end.ToString());
        }
        return Encoding.UTF8.GetByteCount(name) is 0 or > NameBytesMax || canonical.Count == 0 || name == "default"
            ? new StmfResult(StmfStatus.InvalidArg, "a portal group has a name, and one portal at least")
            : canonical;
    }

    /// <summary>An all-digit name is its own tag; any other gets the lowest free one from 2 on.</summary>
    public static ushort? ChooseTag(IscsitConfiguration configuration, string name)
    {
        var taken = configuration.PortalGroups.Values.Select(group => group.Tag).ToHashSet();
        if (name.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return ushort.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var own)
                && own >= 2 && !taken.Contains(own) ? own : null;
        }
        for (var tag = 2; tag <= ushort.MaxValue; tag++)
            if (!taken.Contains((ushort)tag)) return (ushort)tag;
        return null;
    }

    /// <summary>
    /// Reads how initiators prove who they are; null is as before, <c>default</c> follows the default.
    /// </summary>
    public static bool TryAuthentication(string? word, IscsiAuthentication? old, out IscsiAuthentication? chosen)
    {
        chosen = word switch
        {
            null => old,
            "none" => IscsiAuthentication.None,
            "chap" => IscsiAuthentication.Chap,
            "radius" => IscsiAuthentication.Radius,
            _ => null,
        };
        return word is null or "none" or "chap" or "radius" or "default";
    }

    /// <summary>What is wrong with the servers of the defaults; null for nothing.</summary>
    public static StmfResult? FindMistake(string? radiusServer, IReadOnlyList<string>? isnsServers)
    {
        if (radiusServer is { Length: > 0 } && !ServerName.TryParse(radiusServer, portDefault: 0, out _))
        {
            return new StmfResult(StmfStatus.InvalidArg,
                $"{radiusServer} is no RADIUS server: an address or a host's name, and perhaps a port");
        }
        if (isnsServers is { Count: > IsnsServersMax })
            return new StmfResult(StmfStatus.InvalidArg, $"{IsnsServersMax} iSNS servers at most");
        var wrong = isnsServers?.FirstOrDefault(
            text => !ServerName.TryParse(text, portDefault: 0, out var server) || server.Address is null);
        return wrong is null
            ? null
            : new StmfResult(StmfStatus.InvalidArg, $"{wrong} is no iSNS server: an IP address, and perhaps a port");
    }

    /// <summary>What is wrong with a secret; null for nothing.</summary>
    public static StmfResult? FindMistake(string secret) =>
        Encoding.UTF8.GetByteCount(secret) is < SecretBytesMin or > SecretBytesMax
            ? new StmfResult(StmfStatus.InvalidArg, $"a secret has {SecretBytesMin} to {SecretBytesMax} bytes")
            : null;
}
