using System.Net;
using Lunette.Port.Iscsi.Connections;

namespace Lunette.Port.Iscsi.Login;

/// <summary>
/// The connections that have not logged in, oldest first, all and by address. Past a bound the oldest goes, so that a
/// real initiator gets in however many idle connections somebody holds open. On the control loop.
/// </summary>
internal sealed class PendingLogins(int max, int perAddressMax)
{
    private readonly LinkedList<LoginConnection> _all = [];
    private readonly Dictionary<IPAddress, LinkedList<LoginConnection>> _byAddress = [];

    public int Count => _all.Count;

    /// <summary>Takes one more; what is returned has to go for it, for the reason that is said.</summary>
    public LoginConnection? Add(LoginConnection login, out DropReason reason)
    {
        reason = DropReason.PendingLoginEvicted;
        if (!_byAddress.TryGetValue(login.Address, out var ofAddress))
            _byAddress[login.Address] = ofAddress = [];
        LoginConnection? evicted = null;
        if (ofAddress.Count >= perAddressMax)
        {
            evicted = ofAddress.First!.Value;
            reason = DropReason.PendingLoginOfAddressEvicted;
        }
        else if (_all.Count >= max)
        {
            evicted = _all.First!.Value;
        }
        if (evicted is not null) Remove(evicted);
        // The list of the address may have gone with its last member.
        if (!_byAddress.TryGetValue(login.Address, out ofAddress)) _byAddress[login.Address] = ofAddress = [];
        login.InAll = _all.AddLast(login);
        login.OfAddress = ofAddress.AddLast(login);
        return evicted;
    }

    public void Remove(LoginConnection login)
    {
        if (login.InAll is null) return;
        _all.Remove(login.InAll);
        var ofAddress = login.OfAddress!.List!;
        ofAddress.Remove(login.OfAddress);
        if (ofAddress.Count == 0) _byAddress.Remove(login.Address);
        login.InAll = login.OfAddress = null;
    }

    public LoginConnection[] ToArray() => [.. _all];
}
