namespace Lunette.Cli.Disks;

/// <summary>What is copied or compared.</summary>
/// <param name="Skip">Where it begins in the source, in bytes.</param>
/// <param name="Seek">Where it begins in the destination.</param>
/// <param name="Length">How much.</param>
/// <param name="Piece">Bytes moved by one step.</param>
/// <param name="Depth">Steps under way at once.</param>
internal sealed record CopyPlan(long Skip, long Seek, long Length, int Piece, int Depth);

/// <summary>Copies and compares blocks, many pieces at once; memory is bounded by depth and piece.</summary>
internal static class BlockCopy
{
    /// <summary>Copies; the last block of a destination is filled up with zeros.</summary>
    /// <exception cref="IOException">Something failed.</exception>
    public static async Task CopyAsync(IBlocks from, IBlocks to, CopyPlan plan, Progress progress)
    {
        await EachAsync(plan, async (offset, length, buffers) =>
        {
            var padded = RoundUp(length, to.BlockLengthBytes);
            var unit = Math.Max(from.BlockLengthBytes, to.BlockLengthBytes);
            var buffer = buffers.First.AsMemory(0, RoundUp(length, unit));
            buffer.Span[length..].Clear();
            await from.ReadAsync(plan.Skip + offset, buffer[..length]);
            var isHole = to.IsZeroed && !buffer.Span[..length].ContainsAnyExcept((byte)0);
            if (!isHole) await to.WriteAsync(plan.Seek + offset, buffer[..padded]);
            progress.Add(length);
        });
        await to.FlushAsync();
    }

    /// <summary>Compares; where the first difference is, or -1.</summary>
    /// <exception cref="IOException">Something failed.</exception>
    public static async Task<long> CompareAsync(IBlocks left, IBlocks right, CopyPlan plan, Progress progress)
    {
        var gate = new Lock();
        var first = long.MaxValue;
        await EachAsync(plan, async (offset, length, buffers) =>
        {
            // What does not fill a block on one side is read with the rest of that block.
            var one = buffers.First.AsMemory(0, RoundUp(length, left.BlockLengthBytes));
            var other = buffers.Second.AsMemory(0, RoundUp(length, right.BlockLengthBytes));
            var reading = left.ReadAsync(plan.Skip + offset, one);
            await right.ReadAsync(plan.Seek + offset, other);
            await reading;
            var same = one.Span[..length].CommonPrefixLength(other.Span[..length]);
            if (same < length)
            {
                lock (gate) first = Math.Min(first, offset + same);
            }
            progress.Add(length);
        });
        return first == long.MaxValue ? -1 : first;
    }

    private static async Task EachAsync(CopyPlan plan, Func<long, int, (byte[] First, byte[] Second), Task> step)
    {
        var next = -1L;
        var failed = false;
        var pieces = (plan.Length + plan.Piece - 1) / plan.Piece;
        var workers = Enumerable.Range(0, (int)Math.Min(plan.Depth, pieces)).Select(_ => WorkAsync()).ToArray();
        await Task.WhenAll(workers);

        async Task WorkAsync()
        {
            var buffers = (new byte[plan.Piece], new byte[plan.Piece]);
            while (!Volatile.Read(ref failed) && Interlocked.Increment(ref next) is var piece && piece < pieces)
            {
                var offset = piece * plan.Piece;
                try
                {
                    await step(offset, (int)Math.Min(plan.Piece, plan.Length - offset), buffers);
                }
                catch
                {
                    Volatile.Write(ref failed, true);
                    throw;
                }
            }
        }
    }

    private static int RoundUp(int length, int unit) => (length + unit - 1) / unit * unit;
}
