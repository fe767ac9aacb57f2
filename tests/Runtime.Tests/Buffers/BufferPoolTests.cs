using Lunette.Runtime.Buffers;

namespace Lunette.Runtime.Tests.Buffers;

public class BufferPoolTests
{
    [Fact]
    public void TryLease_BoundReached_SaysNoAndReleaseMakesRoom()
    {
        using var pool = new BufferPool(8192);
        Assert.True(pool.TryLease(4096, "a", out var first));
        Assert.True(pool.TryLease(1, "b", out var second));
        Assert.False(pool.TryLease(1, "c", out _));
        Assert.Equal(new Dictionary<string, int> { ["a"] = 1, ["b"] = 1 }, pool.DescribeLeases());
        first.Release();
        Assert.True(pool.TryLease(4000, "c", out var third));
        second.Release();
        third.Release();
        Assert.Equal(0, pool.LeasedBytes);
    }

    [Fact]
    public void TryLease_IdleBuffersOfAnotherSizeFillTheBound_TheyMakeRoom()
    {
        using var pool = new BufferPool(1 << 20);
        var small = new LeaseList();
        while (pool.TryLease(4096, "small", out var lease)) small.Add(lease);
        Assert.Equal(256, small.Count);
        small.Release();
        Assert.True(pool.TryLease(1 << 20, "large", out var large));
        Assert.False(pool.TryLease(1, "small", out _));
        large.Release();
        Assert.True(pool.TryLease(1, "small", out var last));
        last.Release();
        Assert.InRange(pool.AllocatedBytes, 1, 1 << 20);
    }

    [Fact]
    public void Release_Twice_IsNoticed()
    {
        using var pool = new BufferPool(1 << 20);
        Assert.True(pool.TryLease(10, "once", out var lease));
        lease.Release();
        Assert.Throws<InvariantException>(() => lease.Release());
    }

    [Fact]
    public void TryLease_TransferLargerThanTheRest_AllOrNothing()
    {
        using var pool = new BufferPool(2 << 20);
        var list = new LeaseList();
        Assert.False(pool.TryLease((2 << 20) + 1, "transfer", list));
        Assert.Equal((0, 0L), (list.Count, pool.LeasedBytes));
        Assert.True(pool.TryLease(1_500_000, "transfer", list));
        Assert.Equal(1_500_000, list.Length);
        list.Release();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void LeaseList_RandomWritesAndReads_SameAsAnArray(int seed)
    {
        var random = new Random(seed);
        using var pool = new BufferPool(4 << 20);
        var list = new LeaseList();
        for (var i = 0; i < 20; i++)
        {
            Assert.True(pool.TryLease(random.Next(1, 500), "piece", out var lease));
            lease.Span.Clear();
            list.Add(lease);
        }
        var oracle = new byte[list.Length];
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(0, 900)];
            random.NextBytes(bytes);
            var at = random.Next(0, list.Length);
            var fits = Math.Min(bytes.Length, list.Length - at);
            Assert.Equal(fits, list.Write(at, bytes));
            bytes.AsSpan(0, fits).CopyTo(oracle.AsSpan(at));
            var back = new byte[random.Next(0, list.Length)];
            var from = random.Next(0, list.Length);
            var read = list.Read(from, back);
            Assert.True(oracle.AsSpan(from, read).SequenceEqual(back.AsSpan(0, read)), $"seed {seed}, step {i}");
        }
        list.Release();
    }
}
