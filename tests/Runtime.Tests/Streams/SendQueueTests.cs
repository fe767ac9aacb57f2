using Lunette.Runtime.Buffers;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Tests.Streams;

public class SendQueueTests
{
    [Fact]
    public void TryAddHeader_HeadersInARow_OneVector()
    {
        using var buffers = new BufferPool(1 << 20);
        using var queue = new SendQueue(buffers, 1 << 16);
        for (var i = 0; i < 10; i++) Assert.True(queue.TryAddHeader(48, out _));
        Assert.Equal(1, queue.Count);
        Assert.Equal(480, queue.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sent_RandomPieces_NothingLostNothingKept(int seed)
    {
        var random = new Random(seed);
        using var buffers = new BufferPool(64 << 20);
        using (var queue = new SendQueue(buffers, 1 << 16))
        {
            var expected = new Queue<byte>();
            for (var step = 0; step < 5000; step++)
            {
                if (random.Next(2) == 0) Append(random, buffers, queue, expected);
                else Send(random, queue, expected);
                Assert.Equal(expected.Count, queue.Bytes);
                if (step % 500 == 499)
                {
                    while (queue.Bytes > 0) Send(random, queue, expected);
                    // Only the block the next header goes into is still leased.
                    Assert.InRange(buffers.LeasedBytes, 0, SendQueue.BlockBytes);
                }
            }
        }
        Assert.Equal(0, buffers.LeasedBytes);
    }

    private static void Append(Random random, BufferPool buffers, SendQueue queue, Queue<byte> expected)
    {
        var bytes = new byte[random.Next(1, 3000)];
        random.NextBytes(bytes);
        foreach (var b in bytes) expected.Enqueue(b);
        if (random.Next(2) == 0)
        {
            Assert.True(queue.TryAddHeader(bytes.Length, out var header));
            bytes.CopyTo(header);
            return;
        }
        Assert.True(buffers.TryLease(bytes.Length, "test", out var lease));
        bytes.CopyTo(lease.Span);
        Assert.True(queue.TryAdd(lease));
    }

    private static unsafe void Send(Random random, SendQueue queue, Queue<byte> expected)
    {
        if (queue.Bytes == 0) return;
        var sent = new byte[random.Next(1, (int)Math.Min(queue.Bytes, 9000) + 1)];
        var (vector, at) = (0, 0);
        for (var i = 0; i < sent.Length; i++)
        {
            for (; at == queue.First[vector].Length; at = 0) vector++;
            sent[i] = ((byte*)queue.First[vector].Address)[at++];
        }
        foreach (var b in sent) Assert.Equal(expected.Dequeue(), b);
        queue.Sent(sent.Length);
    }
}
