using System.Net;

namespace Lunette.Port.Iscsi.Login;

/// <summary>
/// How many connections one address may make in a second: a bucket of permissions each that fills with time, so that
/// whoever knocks too often keeps nobody else out. The addresses heard of last are remembered. On the control loop.
/// </summary>
internal sealed class LoginRate(int perSecond)
{
    /// <summary>Addresses remembered; one that is forgotten begins anew, and the bounds of
    /// <see cref="PendingLogins"/> hold all the same.</summary>
    public const int AddressesMax = 4096;

    private readonly LinkedList<Bucket> _leastRecentFirst = [];
    private readonly Dictionary<IPAddress, LinkedListNode<Bucket>> _byAddress = [];

    public bool TryTake(IPAddress address, long nowNanoseconds)
    {
        if (_byAddress.TryGetValue(address, out var known)) _leastRecentFirst.Remove(known);
        else known = Remember(address, nowNanoseconds);
        _leastRecentFirst.AddLast(known);
        var bucket = known.Value;
        var earned = (nowNanoseconds - bucket.FilledAt) * 1e-9 * perSecond;
        bucket.FilledAt = nowNanoseconds;
        bucket.Permissions = Math.Min(2.0 * perSecond, bucket.Permissions + earned);
        if (bucket.Permissions < 1) return false;
        bucket.Permissions--;
        return true;
    }

    private LinkedListNode<Bucket> Remember(IPAddress address, long nowNanoseconds)
    {
        if (_byAddress.Count == AddressesMax)
        {
            _byAddress.Remove(_leastRecentFirst.First!.Value.Address);
            _leastRecentFirst.RemoveFirst();
        }
        var bucket = new Bucket(address) { Permissions = 2.0 * perSecond, FilledAt = nowNanoseconds };
        return _byAddress[address] = new(bucket);
    }

    private sealed class Bucket(IPAddress address)
    {
        public IPAddress Address => address;

        public double Permissions { get; set; }

        public long FilledAt { get; set; }
    }
}
