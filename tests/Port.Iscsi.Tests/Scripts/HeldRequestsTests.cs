using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Runtime.Buffers;

namespace Lunette.Port.Iscsi.Tests.Scripts;

public class HeldRequestsTests
{
    // RFC 7143 section 4.2.2.1: serial numbers wrap around, wherever the window lies.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(1000)]
    public void TryHold_WindowAcrossTheWrap_EachNumberHasItsPlace(int window)
    {
        using var buffers = new BufferPool(16 << 20);
        var held = new HeldRequests(window);
        var first = new CmdSn(0u - (uint)(window / 2));
        for (var i = 0u; i < window; i++)
            Assert.True(held.TryHold(first.Advance(i), BitConverter.GetBytes(i), buffers), $"number {i}");
        Assert.Equal(window, held.Count);
        Assert.False(held.TryHold(first, [0], buffers));
        for (var i = 0u; i < window; i++)
        {
            Assert.True(held.TryTake(first.Advance(i), out var pdu));
            Assert.Equal(i, BitConverter.ToUInt32(pdu.Span));
            pdu.Release();
        }
        Assert.Equal(0, held.Count);
        Assert.Equal(0, buffers.LeasedBytes);
    }
}
