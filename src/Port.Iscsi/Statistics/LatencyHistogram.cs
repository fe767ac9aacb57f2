using System.Numerics;

namespace Lunette.Port.Iscsi.Statistics;

/// <summary>
/// How long commands took, in buckets an eighth of a power of two wide. One loop writes, anybody reads: a reader may be
/// a command behind, never torn.
/// </summary>
public sealed class LatencyHistogram
{
    private const int Fine = 3;
    private const int Count = (40 - Fine) << Fine;

    private readonly long[] _buckets = new long[Count];

    /// <summary>Counts commands of one duration in nanoseconds.</summary>
    public void Add(long nanoseconds, int commands = 1) => _buckets[BucketOf(nanoseconds)] += commands;

    /// <summary>Adds the counts to a sum, to be read by <see cref="Percentile"/>.</summary>
    public void AddTo(Span<long> sum)
    {
        for (var i = 0; i < Count; i++) sum[i] += Volatile.Read(ref _buckets[i]);
    }

    /// <summary>A sum with nothing in it.</summary>
    public static long[] EmptySum() => new long[Count];

    /// <summary>The duration, in nanoseconds, that a share of the commands stayed within; 0 when there are
    /// none.</summary>
    /// <param name="sum">Counts.</param>
    /// <param name="share">0 to 1.</param>
    public static long Percentile(ReadOnlySpan<long> sum, double share)
    {
        var all = 0L;
        foreach (var count in sum) all += count;
        if (all == 0) return 0;
        var left = (long)Math.Ceiling(all * share);
        for (var i = 0; i < sum.Length; i++)
        {
            left -= sum[i];
            if (left <= 0) return UpperBound(i);
        }
        return UpperBound(sum.Length - 1);
    }

    private static int BucketOf(long nanoseconds)
    {
        var value = (ulong)Math.Max(nanoseconds, 1 << Fine);
        var power = BitOperations.Log2(value);
        var bucket = ((power - Fine) << Fine) + (int)((value >> (power - Fine)) & ((1 << Fine) - 1));
        return Math.Min(bucket, Count - 1);
    }

    private static long UpperBound(int bucket)
    {
        var power = (bucket >> Fine) + Fine;
        return (1L << power) + ((long)((bucket & ((1 << Fine) - 1)) + 1) << (power - Fine)) - 1;
    }
}
