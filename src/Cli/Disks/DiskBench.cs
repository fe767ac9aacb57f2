using System.Globalization;
using System.Runtime.InteropServices;
using Lunette.Runtime;

namespace Lunette.Cli.Disks;

/// <summary>Measures a disk: so many accesses at once, at random places or one after another, for some
/// seconds.</summary>
internal sealed class DiskBench(IBlocks disk, BenchPlan plan, TimeProvider time)
{
    // Counts by latency: sixteen steps for each doubling, from a microsecond up.
    private const int Steps = 16;
    private readonly long[] _latencies = new long[40 * Steps];
    private long _count;
    private long _next;

    public async Task<BenchResult> RunAsync()
    {
        var start = time.GetTimestamp();
        var end = start + (long)(plan.Seconds * time.TimestampFrequency);
        await Task.WhenAll(Enumerable.Range(0, plan.Depth).Select(worker => WorkAsync(worker, end)));
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return new(_count, seconds, _count / seconds, _count * (double)plan.Piece / seconds, Percentile(0.5),
            Percentile(0.99));
    }

    private async Task WorkAsync(int worker, long end)
    {
        var buffer = new byte[plan.Piece];
        SystemEntropy.Instance.Fill(buffer);
        var place = (ulong)worker + 1;
        SystemEntropy.Instance.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref place)));
        var places = disk.LengthBytes / plan.Piece;
        while (time.GetTimestamp() is var began && began < end)
        {
            // Knuth's 64-bit congruential step; its high bits are good enough to choose places.
            place = (place * 6364136223846793005) + 1442695040888963407;
            var at = plan.Sequential
                ? Interlocked.Increment(ref _next) % places
                : (long)((place >> 16) % (ulong)places);
            if (plan.Writes) await disk.WriteAsync(at * plan.Piece, buffer);
            else await disk.ReadAsync(at * plan.Piece, buffer);
            var microseconds = time.GetElapsedTime(began).TotalMicroseconds;
            var bucket = (int)(Math.Log2(Math.Max(1, microseconds)) * Steps);
            Interlocked.Increment(ref _latencies[Math.Min(bucket, _latencies.Length - 1)]);
            Interlocked.Increment(ref _count);
        }
    }

    private double Percentile(double share)
    {
        var below = 0L;
        for (var i = 0; i < _latencies.Length; i++)
        {
            below += _latencies[i];
            if (below >= share * _count) return Math.Pow(2, (i + 1.0) / Steps);
        }
        return 0;
    }
}

/// <summary>What is measured.</summary>
/// <param name="Piece">Bytes of one access.</param>
/// <param name="Depth">Accesses at once.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Writes">Writes, else reads.</param>
/// <param name="Sequential">One after another, else at random.</param>
internal sealed record BenchPlan(int Piece, int Depth, double Seconds, bool Writes, bool Sequential);

/// <summary>What was measured.</summary>
internal sealed record BenchResult(
    long Count, double Seconds, double CountPerSecond, double BytesPerSecond, double MedianMicroseconds,
    double TailMicroseconds)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{CountPerSecond:N0} IOPS  {BytesPerSecond / 1e6:N1} MB/s  p50 {MedianMicroseconds:N0} us  "
        + $"p99 {TailMicroseconds:N0} us  ({Count} in {Seconds:N1} s)");
}
