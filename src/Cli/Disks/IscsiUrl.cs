using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Lunette.Cli.Disks;

/// <summary>
/// Where an iSCSI target is: <c>iscsi://[user@]host[:port][/target[/lun]]</c>, as libiscsi and QEMU write it. A
/// password
/// in it is refused: every user of the machine could read it.
/// </summary>
/// <param name="User">The CHAP user name; null for no CHAP.</param>
/// <param name="Portal"><c>host</c> or <c>host:port</c>.</param>
/// <param name="Target">The target's name; null where only the portal is meant.</param>
/// <param name="Lun">The logical unit number; null where none is named.</param>
internal sealed record IscsiUrl(string? User, string Portal, string? Target, int? Lun)
{
    private const string Scheme = "iscsi://";

    public static bool IsOne(string word) => word.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

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

    public override string ToString() => Scheme + (User is null ? "" : User + "@") + Portal
        + (Target is null ? "" : "/" + Target)
        + (Lun is { } lun ? string.Create(CultureInfo.InvariantCulture, $"/{lun}") : "");
}
