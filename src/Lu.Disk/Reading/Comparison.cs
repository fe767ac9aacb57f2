using Lunette.Runtime;
using Lunette.Runtime.Buffers;

namespace Lunette.Lu.Disk.Reading;

/// <summary>Compares bytes in segments without copying them.</summary>
internal static class Comparison
{
    /// <summary>Where two ranges first differ, counted from their beginnings; -1 where they are the same.</summary>
    public static int FirstDifference(LeaseList one, int oneAt, LeaseList other, int otherAt, int length)
    {
        for (var done = 0; done < length;)
        {
            var left = From(one, oneAt + done);
            var right = From(other, otherAt + done);
            var take = Math.Min(Math.Min(left.Length, right.Length), length - done);
            Invariant.That(take > 0, "both sides of a comparison hold what is compared");
            var same = left[..take].CommonPrefixLength(right[..take]);
            if (same < take) return done + same;
            done += take;
        }
        return -1;
    }

    private static ReadOnlySpan<byte> From(LeaseList list, int at)
    {
        foreach (ref readonly var segment in list.Segments)
        {
            if (at < segment.Length) return segment.Span[at..];
            at -= segment.Length;
        }
        return default;
    }
}
