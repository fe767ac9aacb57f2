using System.Security.Cryptography;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Iscsi;
using Lunette.Daemon.Radius;
using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Login;

namespace Lunette.Daemon.Iscsi;

/// <summary>Who may log in, by what the administrator said of target and initiator.</summary>
/// <param name="radius">Asks the RADIUS server.</param>
internal sealed class LoginAuthority(RadiusClient radius) : ILoginAuthority
{
    /// <summary>Where the administrator's word is kept; nobody logs in before it is set.</summary>
    public IscsitProvider? Provider { get; set; }

    /// <inheritdoc/>
    public ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
        LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop)
    {
        // A discovery session only hears names; it proves nothing, as in COMSTAR.
        if (target is null) return new(TargetAuthenticationTerms.None);
        var known = Provider?.FindCredentials(target.Name, identity.InitiatorName.Value);
        if (known is null) return new((TargetAuthenticationTerms?)null);
        try
        {
            return new(TermsOf(known));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(known.InitiatorSecret);
            CryptographicOperations.ZeroMemory(known.TargetSecret);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ChapJudgement> JudgeAsync(ChapProof proof, CancellationToken stop)
    {
        var (server, secret) = Provider?.FindRadius() ?? ("", null);
        if (server.Length == 0 || secret is null)
            return new(ChapOutcome.Unknown, "authentication is radius, and server or secret is not set");
        try
        {
            return await radius.AskAsync(server, secret, proof, stop);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <inheritdoc/>
    public void Forget(TargetAuthenticationTerms terms)
    {
        terms.Initiator?.Secret.Dispose();
        terms.Target?.Secret.Dispose();
    }

    private static TargetAuthenticationTerms? TermsOf(IscsiCredentials known)
    {
        if (known.Authentication == IscsiAuthentication.None) return TargetAuthenticationTerms.None;
        var isJudged = known.Authentication == IscsiAuthentication.Radius;
        // Without a secret to prove, nobody can prove anything.
        if (!isJudged && known.InitiatorSecret is null) return null;
        return new TargetAuthenticationTerms
        {
            Required = true,
            // The server knows users, not initiators: which is which is said here, or each user could be each of them.
            JudgedName = isJudged ? known.InitiatorUser : null,
            Initiator = isJudged
                ? null : new ChapCredentials(known.InitiatorUser, new ChapSecret(known.InitiatorSecret)),
            Target = known.TargetSecret is null
                ? null : new ChapCredentials(known.TargetUser, new ChapSecret(known.TargetSecret)),
        };
    }
}
