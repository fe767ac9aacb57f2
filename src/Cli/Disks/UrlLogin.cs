using System.Text;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;

namespace Lunette.Cli.Disks;

/// <summary>How this process logs in to targets.</summary>
internal sealed class UrlLogin
{
    private const string DefaultName = "iqn.2026-11.org.lunette:cli";
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(30);

    private readonly LoginWords _words;
    private readonly LoginSecrets _secrets;

    private UrlLogin(IscsiInitiatorOptions node, LoginWords words, LoginSecrets secrets)
    {
        Node = node;
        _words = words;
        _secrets = secrets;
    }

    public IscsiInitiatorOptions Node { get; }

    /// <summary>Takes what was said.</summary>
    /// <exception cref="DiskCommandException">It is not lawful.</exception>
    public static UrlLogin Make(string? initiatorName, LoginWords words, LoginSecrets secrets)
    {
        if (!IscsiName.TryParse(initiatorName ?? DefaultName, out var name))
            throw new DiskCommandException($"{initiatorName} is no iSCSI name");
        return new(new IscsiInitiatorOptions { Name = name }, words, secrets);
    }

    /// <summary>Where a URL's portal is.</summary>
    /// <exception cref="DiskCommandException">It is none.</exception>
    public static PortalAddress Portal(IscsiUrl url) => PortalAddress.TryParse(url.Portal, out var portal)
        ? portal!
        : throw new DiskCommandException($"{url.Portal} is no portal: host or host:port");

    /// <exception cref="DiskCommandException">The credentials contradict each other.</exception>
    public IscsiLoginOptions Discovery(IscsiUrl url)
    {
        var (own, target) = CredentialsFor(url);
        return new() { Credentials = own, TargetCredentials = target };
    }

    /// <exception cref="DiskCommandException">The URL names no target, or the credentials contradict each
    /// other.</exception>
    public IscsiSessionOptions Session(IscsiUrl url)
    {
        if (!IscsiName.TryParse(url.Target, out var target))
            throw new DiskCommandException($"{url.Target} is no iSCSI name");
        var (own, peer) = CredentialsFor(url);
        return new()
        {
            TargetName = target,
            Portals = [Portal(url)],
            Credentials = own,
            TargetCredentials = peer,
            MayGoUnauthenticated = url.User is null,
            HeaderDigests = Digests(_words.HeaderDigest),
            DataDigests = Digests(_words.DataDigest),
            RecoveryTime = s_recovery,
        };
    }

    private static Digest[] Digests(bool wanted) => wanted ? [Digest.Crc32C] : [Digest.None, Digest.Crc32C];

    private (ChapCredentials? Own, ChapCredentials? Target) CredentialsFor(IscsiUrl url)
    {
        var own = Credentials(url.User, _secrets.Initiator, "--chap-secret-file or -s");
        var target = Credentials(_words.TargetUser, _secrets.Target, "--target-chap-secret-file");
        if (target is null) return (own, null);
        if (own is null)
        {
            throw new DiskCommandException(
                "a target proves itself to whom it knows: name the user in the URL, iscsi://user@host/...");
        }
        return own.Secret.Matches(target.Secret)
            ? throw new DiskCommandException("the two directions of CHAP never share a secret")
            : (own, target);
    }

    private static ChapCredentials? Credentials(string? user, string? secret, string option)
    {
        if (user is null) return null;
        if (secret is null) throw new DiskCommandException($"CHAP as {user} needs a secret: {option}");
        var bytes = Encoding.UTF8.GetBytes(secret);
        if (bytes.Length is < ChapSecret.LengthMin or > ChapSecret.LengthMax)
            throw new DiskCommandException($"a secret has {ChapSecret.LengthMin} to {ChapSecret.LengthMax} bytes");
        return new ChapCredentials(user, new ChapSecret(bytes));
    }
}
