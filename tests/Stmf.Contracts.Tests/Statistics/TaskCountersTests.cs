using Lunette.Scsi;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Testing;

namespace Lunette.Stmf.Contracts.Tests.Statistics;

public sealed class TaskCountersTests
{
    [Fact]
    public void Count_MoreKindsOfErrorsThanAreToldApart_TheRestTogether()
    {
        var counters = new TaskCounters();
        for (var code = 0u; code < TaskCounters.ErrorsMax + 5; code++)
            counters.Count(new(TaskDirection.None, ScsiStatus.CheckCondition, 0x0205_2000 + code, 0, 1000));
        counters.Count(new(TaskDirection.None, ScsiStatus.CheckCondition, 0x0205_2000, 0, 1000));
        var sum = new TaskTotals();
        counters.AddTo(sum);
        Assert.Equal(TaskCounters.ErrorsMax, sum.Errors.Count);
        Assert.Equal((2, 5), (sum.Errors[0x0205_2000], sum.OtherErrors));
    }

    [Fact]
    public void Count_EachDirectionSeenOnce_AllocatesNothing()
    {
        var counters = new TaskCounters();
        var end = new TaskEnd(TaskDirection.In, ScsiStatus.Good, 0, 4096, 12_345);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 1000; i++) counters.Count(end);
        }));
    }

    [Theory]
    [InlineData(0, 1023 + 128)]
    [InlineData(1024, 1023 + 128)]
    [InlineData(1024 + 128, 1023 + 256)]
    [InlineData(1_000_000, 1_048_575)]
    [InlineData(long.MaxValue, (1L << 37) - 1)]
    public void Latency_AnyDuration_InTheBucketThatEndsNext(long nanoseconds, long end) =>
        Assert.Equal(end, LatencyHistogram.UpperBound(LatencyHistogram.BucketOf(nanoseconds)));

    [Fact]
    public void Percentile_OfCounts_TheBucketTheShareEndsIn()
    {
        var counts = new long[LatencyHistogram.Buckets];
        counts[LatencyHistogram.BucketOf(2_000)] = 99;
        counts[LatencyHistogram.BucketOf(1_000_000)] = 1;
        Assert.InRange(LatencyHistogram.Percentile(counts, 0.5), 2_000, 2_500);
        Assert.InRange(LatencyHistogram.Percentile(counts, 0.999), 1_000_000, 1_200_000);
        Assert.Equal(0, LatencyHistogram.Percentile(new long[LatencyHistogram.Buckets], 0.5));
    }

    [Theory]
    [InlineData(ScsiStatus.Good, "", 0u)]
    [InlineData(ScsiStatus.ConditionMet, "", 0u)]
    [InlineData(ScsiStatus.Busy, "", 0x0800_0000u)]
    [InlineData(ScsiStatus.CheckCondition, "70000500000000000000000024000000", 0x0205_2400u)]
    [InlineData(ScsiStatus.CheckCondition, "7205210000000000", 0x0205_2100u)]
    [InlineData(ScsiStatus.CheckCondition, "700003", 0x0200_0000u)]
    public void Error_OfStatusAndSense_BothFormats(ScsiStatus status, string sense, uint error) =>
        Assert.Equal(error, TaskError.Of(status, Convert.FromHexString(sense)));
}
