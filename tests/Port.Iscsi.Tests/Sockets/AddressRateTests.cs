using System.Net;
using Lunette.Port.Iscsi.Login;

namespace Lunette.Port.Iscsi.Tests.Sockets;

public class AddressRateTests
{
    private const long Second = 1_000_000_000;

    private static readonly IPAddress s_flood = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void TryTake_OneAddressTooFast_OthersAreTaken()
    {
        var rate = new AddressRate(perSecond: 10, most: 20);
        var taken = Enumerable.Range(0, 100).Count(_ => rate.TryTake(s_flood, Second));
        Assert.Equal(20, taken);
        Assert.True(rate.TryTake(s_other, Second));
        Assert.False(rate.TryTake(s_flood, Second + (Second / 20)));
        Assert.True(rate.TryTake(s_flood, Second + (Second / 5)));
    }

    [Fact]
    public void TryTake_MoreAddressesThanAreRemembered_TheLeastRecentBeginsAnew()
    {
        var rate = new AddressRate(perSecond: 1, most: 2);
        Assert.True(rate.TryTake(s_flood, 0) && rate.TryTake(s_flood, 0) && !rate.TryTake(s_flood, 0));
        for (uint i = 0; i < AddressRate.AddressesMax; i++) Assert.True(rate.TryTake(new IPAddress(i), 0));
        Assert.True(rate.TryTake(s_flood, 0));
    }
}
