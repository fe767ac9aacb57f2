using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Login;

namespace Lunette.Target.Iscsi;

/// <summary>The same proof of every initiator.</summary>
internal sealed class OptionsAuthority(IscsiTargetOptions options) : ILoginAuthority
{
    public ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
        LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop) => new(
            target is null || options.Initiator is null
                ? TargetAuthenticationTerms.None
                : new TargetAuthenticationTerms
                {
                    Required = true,
                    Initiator = options.Initiator,
                    Target = options.Target,
                });
}
