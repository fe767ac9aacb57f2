namespace Lunette.Iscsi.Tests;

public class SerialNumberTests
{
    [Theory]
    [InlineData(0u, 1u, true)]
    [InlineData(1u, 0u, false)]
    [InlineData(5u, 5u, false)]
    [InlineData(0xFFFF_FFFFu, 0u, true)]
    [InlineData(0u, 0xFFFF_FFFFu, false)]
    [InlineData(0u, 0x7FFF_FFFFu, true)]
    [InlineData(0u, 0x8000_0000u, false)]       // exactly half the circle: incomparable
    [InlineData(0x8000_0000u, 0u, false)]
    public void Precedes_AroundTheCircle(uint left, uint right, bool precedes)
    {
        Assert.Equal(precedes, new CmdSn(left).Precedes(new(right)));
        Assert.Equal(precedes, new StatSn(left).Precedes(new(right)));
        Assert.Equal(precedes, new DataSn(left).Precedes(new(right)));
        Assert.Equal(precedes, new R2TSn(left).Precedes(new(right)));
        Assert.Equal(precedes, new CmdSn(right).Follows(new(left)));
    }

    [Fact]
    public void Precedes_RandomPairs_AtMostOneWay()
    {
        var random = new Random(1982);
        for (var i = 0; i < 10_000; i++)
        {
            var left = new CmdSn((uint)random.NextInt64(1L << 32));
            var right = new CmdSn((uint)random.NextInt64(1L << 32));
            Assert.False(left.Precedes(right) && right.Precedes(left));
            Assert.True(left.Precedes(left.Next));
            Assert.Equal(right, left.Advance(right.DistanceFrom(left)));
        }
    }

    [Theory]
    [InlineData(10u, 9u, 0u, 10u, false)]           // closed
    [InlineData(10u, 10u, 1u, 10u, true)]
    [InlineData(10u, 41u, 32u, 41u, true)]
    [InlineData(10u, 41u, 32u, 42u, false)]
    [InlineData(10u, 41u, 32u, 9u, false)]
    [InlineData(0xFFFF_FFF0u, 0xFu, 32u, 3u, true)] // across the wrap
    [InlineData(10u, 5u, 0u, 10u, false)]           // unlawful pair
    public void CommandWindow_Contains(uint expected, uint max, uint size, uint cmdSn, bool inside)
    {
        var window = new CommandWindow(new(expected), new(max));
        Assert.Equal(size, window.Size);
        Assert.Equal(inside, window.Contains(new(cmdSn)));
    }

    [Fact]
    public void CommandWindow_Update_NumbersOnlyMoveForward()
    {
        var window = new CommandWindow(new(10), new(41));
        Assert.Equal(new(new(12), new(43)), window.Update(new(12), new(43)));
        Assert.Equal(window, window.Update(new(8), new(39)));                   // an older response
        Assert.Equal(window, window.Update(new(20), new(15)));                  // unlawful: both ignored
        Assert.Equal(new(new(10), new(50)), window.Update(new(9), new(50)));
    }
}
