using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Where an iSCSI target is: <c>iscsi://[user@]host[:port][/target[/lun]]</c>, as libiscsi and QEMU write it. A
/// password in it is refused: URLs stand in listings and logs.
/// </summary>
/// <param name="User">The CHAP user name; null for no CHAP.</param>
/// <param name="Portal"><c>host</c> or <c>host:port</c>.</param>
/// <param name="Target">The target's name; null where only the portal is meant.</param>
/// <param name="Lun">The logical unit number; null where none is named.</param>
public sealed record IscsiUrl(string? User, string Portal, string? Target, int? Lun)
{
    private const string Scheme = "iscsi://";

    /// <summary>Whether a word is meant to be one.</summary>
    public static bool IsOne(string word) => word.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IscsiUrl Parse(string word) => TryParse(word, out var url)
        ? url
        : throw new FormatException(
            $"{word} is not iscsi://[user@]host[:port][/target[/lun]], without a password");

    /// <summary>Reads one; false when it is none.</summary>
    public static bool TryParse(string? word, [NotNullWhen(true)] out IscsiUrl? url)
    {
        url = null;
        if (word is null || !IsOne(word)) return false;
        var parts = word[Scheme.Length..].TrimEnd('/').Split('/');
        var at = parts[0].LastIndexOf('@');
        var user = at < 0 ? null : parts[0][..at];
        var portal = parts[0][(at + 1)..];
        var hasPassword = user?.Contains('%', StringComparison.Ordinal) == true;
        if (parts.Length > 3 || portal.Length == 0 || user is "" || hasPassword) return false;
        int? lun = null;
        if (parts.Length == 3)
        {
            const int LunMax = 16383;
            if (!int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number > LunMax) return false;
            lun = number;
        }
        if (parts.Length > 1 && parts[1].Length == 0) return false;
        url = new(user, portal, parts.Length > 1 ? parts[1] : null, lun);
        return true;
    }

    /// <summary>A session with the target, everything else as it is unless said otherwise. The user's secret is not in
    /// a URL: <see cref="IscsiLoginOptions.Credentials"/> has it.</summary>
    /// <exception cref="FormatException">No target is named, or portal or name are not lawful.</exception>
    public IscsiSessionOptions ToSession() => new()
    {
        TargetName = IscsiName.TryParse(Target, out var name)
            ? name : throw new FormatException(
                Target is null ? $"{this} names no target" : $"'{Target}' in {this} is no iSCSI name"),
        Portals = PortalAddress.TryParse(Portal, out var portal)
            ? [portal!] : throw new FormatException($"'{Portal}' in {this} is no portal: host or host:port"),
    };

    /// <summary>As it is written.</summary>
    public override string ToString() => Scheme + (User is null ? "" : User + "@") + Portal
        + (Target is null ? "" : "/" + Target)
        + (Lun is { } lun ? string.Create(CultureInfo.InvariantCulture, $"/{lun}") : "");
}
