using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Serving;

/// <summary>Who may use an administrators' socket, and for what.</summary>
/// <param name="Verbs">The verbs it offers: all, or those that only look.</param>
/// <param name="Group">Whose members may use it, beside the superuser and the daemon's own user.</param>
public sealed record SocketAccess(VerbAccess Verbs, uint Group)
{
    private const uint Superuser = 0;

    /// <summary>For every verb, and the group the daemon runs in.</summary>
    public static SocketAccess ForOwnGroup() => new(VerbAccess.Change, Ownership.Group);

    /// <summary>Whether somebody may use the socket. Where the system does not tell who it is, the file's mode has
    /// decided already.</summary>
    public bool Admits(PeerCredentials? peer) =>
        peer is null || peer.User == Superuser || peer.User == Ownership.User || peer.IsIn(Group);

    /// <summary>Whether the socket offers a verb.</summary>
    public bool Offers(AdminVerb verb) => Verbs == VerbAccess.Change || verb.Access == VerbAccess.Read;
}
