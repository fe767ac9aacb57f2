using System.Security.Cryptography;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Iscsi;
using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Login;

namespace Lunette.Daemon.Iscsi;

/// <summary>Who may log in, by what the administrator said of target and initiator.</summary>
public sealed class LoginAuthority : ILoginAuthority
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

    private static TargetAuthenticationTerms? TermsOf(IscsiCredentials known)
    {
        if (known.Authentication == IscsiAuthentication.None) return TargetAuthenticationTerms.None;
        // Without a secret to prove, and with a RADIUS server nobody asks, nobody can prove anything.
        if (known.Authentication != IscsiAuthentication.Chap || known.InitiatorSecret is null) return null;
        return new TargetAuthenticationTerms
        {
            Required = true,
            Initiator = new ChapCredentials(known.InitiatorUser, new ChapSecret(known.InitiatorSecret)),
            Target = known.TargetSecret is null
                ? null : new ChapCredentials(known.TargetUser, new ChapSecret(known.TargetSecret)),
        };
    }
}
