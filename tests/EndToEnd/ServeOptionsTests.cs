using Lunette.Admin.Iscsi;

namespace Lunette.EndToEnd;

public sealed class ServeOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:3260")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("0.0.0.0:860", "0.0.0.0:860")]
    [InlineData("::1", "[::1]:3260")]
    [InlineData("[::]", "[::]:3260")]
    [InlineData("[2001:db8::1]:3261", "[2001:db8::1]:3261")]
    [InlineData("127.0.0.1:", null)]
    [InlineData("127.0.0.1:65536", null)]
    [InlineData("[::1", null)]
    [InlineData("localhost:3260", null)]
    [InlineData("192.0.2", null)]
    [InlineData("192.0.2:3260", null)]
    [InlineData("3260", null)]
    [InlineData("010.0.0.1", null)]
    [InlineData("0x7f.0.0.1:3260", null)]
    [InlineData("", null)]
    public void Portal_Text_AddressAndPort(string text, string? expected) =>
        Assert.Equal(expected, PortalText.TryParse(text, out var portal) ? portal.ToString() : null);
}
