using System.Net;

namespace Lunette.Port.Iscsi.Login;

/// <summary>
/// How often something may come from one address: a bucket of permissions each that fills with time, so that whoever
/// comes too often keeps nobody else out. The addresses heard of last are remembered. On the control loop.
/// </summary>
/// <param name="perSecond">Permissions that come in a second.</param>
/// <param name="most">Permissions a bucket holds.</param>
internal sealed class AddressRate(double perSecond, double most)
{
    /// <summary>Addresses remembered; one that is forgotten begins anew, and the bounds of
    /// <see cref="PendingLogins"/> hold all the same.</summary>
    public const int AddressesMax = 4096;

    private readonly LinkedList<Bucket> _leastRecentFirst = [];
    private readonly Dictionary<IPAddress, LinkedListNode<Bucket>> _byAddress = [];

    /// <summary>Takes a permission; false when there is none.</summary>
    public bool TryTake(IPAddress address, long nowNanoseconds)
    {
        if (_byAddress.TryGetValue(address, out var known)) _leastRecentFirst.Remove(known);
        else known = Remember(address, nowNanoseconds);
        _leastRecentFirst.AddLast(known);
        var bucket = known.Value;
        Fill(bucket, nowNanoseconds);
        if (bucket.Permissions < 1) return false;
        bucket.Permissions--;
        return true;
    }

    /// <summary>Whether a permission could be taken now; it is not.</summary>
    public bool HasAny(IPAddress address, long nowNanoseconds)
    {
        if (!_byAddress.TryGetValue(address, out var known)) return most >= 1;
        Fill(known.Value, nowNanoseconds);
        return known.Value.Permissions >= 1;
    }

    private void Fill(Bucket bucket, long nowNanoseconds)
    {
        var earned = (nowNanoseconds - bucket.FilledAt) * 1e-9 * perSecond;
        bucket.FilledAt = nowNanoseconds;
        bucket.Permissions = Math.Min(most, bucket.Permissions + earned);
    }

    private LinkedListNode<Bucket> Remember(IPAddress address, long nowNanoseconds)
    {
        if (_byAddress.Count == AddressesMax)
        {
            _byAddress.Remove(_leastRecentFirst.First!.Value.Address);
            _leastRecentFirst.RemoveFirst();
        }
        var bucket = new Bucket(address) { Permissions = most, FilledAt = nowNanoseconds };
        return _byAddress[address] = new(bucket);
    }

    private sealed class Bucket(IPAddress address)
    {
        public IPAddress Address => address;

        public double Permissions { get; set; }

        public long FilledAt { get; set; }
    }
}
