using System.Numerics;

namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>
/// How long commands took, counted in buckets an eighth of a power of two wide, from a microsecond to two minutes; what
/// is shorter or longer is in the first or the last. What is here is arithmetic: the counts lie with their owner.
/// </summary>
public static class LatencyHistogram
{
    /// <summary>How many buckets there are.</summary>
    public const int Buckets = (LastPower - FirstPower) << Fine;

    private const int Fine = 3;
    private const int FirstPower = 10;
    private const int LastPower = 37;

    /// <summary>The bucket of a duration in nanoseconds.</summary>
    public static int BucketOf(long nanoseconds)
    {
        var value = (ulong)Math.Clamp(nanoseconds, 1L << FirstPower, (1L << LastPower) - 1);
        var power = BitOperations.Log2(value);
        return ((power - FirstPower) << Fine) + (int)((value >> (power - Fine)) & ((1 << Fine) - 1));
    }

    /// <summary>The longest duration of a bucket, in nanoseconds.</summary>
    public static long UpperBound(int bucket)
    {
        var power = (bucket >> Fine) + FirstPower;
        return (1L << power) + ((long)((bucket & ((1 << Fine) - 1)) + 1) << (power - Fine)) - 1;
    }

    /// <summary>The duration, in nanoseconds, that a share of the commands stayed within; 0 when there are
    /// none.</summary>
    /// <param name="counts">Counts by bucket.</param>
    /// <param name="share">0 to 1.</param>
    public static long Percentile(ReadOnlySpan<long> counts, double share)
    {
        var all = 0L;
        foreach (var count in counts) all += count;
        if (all == 0) return 0;
        var left = (long)Math.Ceiling(all * share);
        for (var i = 0; i < counts.Length; i++)
        {
            left -= counts[i];
            if (left <= 0) return UpperBound(i);
        }
        return UpperBound(counts.Length - 1);
    }
}
